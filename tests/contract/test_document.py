"""Documents found, read and overlaid."""

from __future__ import annotations

from pathlib import Path

import pytest

from mockserver.contract.document import effective, published, read_document
from mockserver.errors import DocumentError


@pytest.mark.parametrize("provider", ["livepeer", "restream"])
def test_a_built_in_provider_has_a_document(provider: str) -> None:
    assert published(provider).value["openapi"].startswith("3.")
    assert effective(provider).value["paths"]


def test_a_document_is_read_once() -> None:
    assert effective("livepeer") is effective("livepeer")


def test_the_document_as_published_is_not_touched_by_its_overlay() -> None:
    effective("livepeer")
    assert list(published("livepeer").value["paths"]) == ["/clip"]


def test_a_folder_without_overlay_gives_the_document_as_published(tmp_path: Path) -> None:
    (tmp_path / "openapi.yaml").write_text("openapi: 3.1.0\n")
    assert effective("mine", tmp_path) is published("mine", tmp_path)


def test_a_folder_with_overlay_gives_both(tmp_path: Path) -> None:
    (tmp_path / "openapi.yaml").write_text("openapi: 3.1.0\npaths: {}\n")
    (tmp_path / "overlay.yaml").write_text(
        "overlay: 1.0.0\ninfo: {title: t, version: '1'}\nactions:\n  - target: $\n    update: {x-mine: 1}\n"
    )
    document = effective("ours", tmp_path)
    assert document.value["x-mine"] == 1
    assert (document.place("/x-mine").source, document.line("/x-mine")) == (str(tmp_path / "overlay.yaml"), 5)
    assert document.place("/paths").source == str(tmp_path / "openapi.yaml")


def test_messages_name_our_own_files_shortly() -> None:
    assert published("livepeer").source == "specs/livepeer/openapi.yaml"


def test_a_provider_without_documents_is_named() -> None:
    with pytest.raises(DocumentError, match="no documents for `nobody`"):
        published("nobody")


@pytest.mark.parametrize(
    ("text", "said"),
    [("[1]", "1: a mapping must stand here, not a list"), ("hello", "1: a mapping must stand here, not `'hello'`")],
)
def test_a_file_that_is_no_mapping_is_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(text)
    with pytest.raises(DocumentError) as caught:
        read_document(path)
    assert said in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"nope.yaml: there is no such file"):
        read_document(tmp_path / "nope.yaml")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="this is a folder"):
        read_document(tmp_path)
