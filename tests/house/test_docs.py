"""What README and the guide list is compared with the code, and where they point is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from mockserver.cli import COMMANDS, main
from mockserver.cli.guide import INDEX, pages
from mockserver.options import OPTIONS
from tests.house.docs import DOCUMENTS, README, renewed
from tests.house.source import CHECKOUT

SHOWN = "http://127.0.0.1:4080"
TEXT = README.read_text("utf-8")
# Options of the programs the pages use beside ours.
OTHERS = {"--fail", "--retry", "--retry-connrefused", "--tb"}

every_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(CHECKOUT)))


def test_the_first_screen_shows_the_two_commands_and_a_request() -> None:
    first = "\n".join(TEXT.splitlines()[:24])
    assert all(word in first for word in ("make serve", "make test", f"curl {SHOWN}/", "Bearer test_me"))


@every_document
def test_the_generated_parts_are_as_make_docs_writes_them(document: Path) -> None:
    text = document.read_text("utf-8")
    assert renewed(text) == text


def test_readme_can_be_read_at_one_sitting() -> None:
    open_lines = re.sub(r"<details>.*?</details>\n\n?", "", TEXT, flags=re.DOTALL)
    assert open_lines.count("\n") <= 220
    assert len(TEXT.encode()) <= 16_000


def test_readme_names_every_command() -> None:
    assert {name for name in COMMANDS if f"`mockserver {name}" in TEXT or f"mockserver {name} " in TEXT} == set(
        COMMANDS
    )


@every_document
def test_no_option_is_named_that_does_not_exist(document: Path) -> None:
    known = {option.argument for option in OPTIONS.values()} | OTHERS
    sources = (path.read_text() for path in (CHECKOUT / "mockserver" / "cli").rglob("*.py"))
    known |= {flag for source in sources for flag in re.findall(r'"(--[a-z][a-z-]+)"', source)}
    plugin = (CHECKOUT / "mockserver/pytest_plugin.py").read_text()
    known |= {f"--{name}" for name in re.findall(r'"(mock-[a-z-]+)"', plugin)}
    lines = [line for line in document.read_text("utf-8").splitlines() if not line.startswith("docker ")]
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", "\n".join(lines))) <= known


@every_document
def test_links_lead_somewhere(document: Path) -> None:
    for file, anchor in re.findall(r"\]\((?!https?:)([\w./-]*)(?:#([\w-]+))?\)", document.read_text("utf-8")):
        target = document.parent / file if file else document
        assert target.is_file(), f"{document.name}: {file}"
        assert not anchor or anchor in headings(target), f"{document.name}: {file}#{anchor}"


def headings(document: Path) -> Iterator[str]:
    """As code hosts name them in a link."""
    for line in document.read_text("utf-8").splitlines():
        if line.startswith("#"):
            yield re.sub(r"[^\w -]", "", line.lstrip("# ")).lower().replace(" ", "-")


def test_the_index_of_the_guide_lists_every_page_once() -> None:
    index = (README.parent / "mockserver" / "guide" / INDEX).read_text("utf-8")
    listed = [page.path.name for page in pages().values()]
    assert sorted(listed) == sorted(path.name for path in DOCUMENTS if path.name != INDEX)
    assert len(listed) == index.count("](")
    assert {page.name for page in pages().values()} == {page.path.stem for page in pages().values()}


def test_readme_links_to_every_page_of_the_guide() -> None:
    assert {page.name for page in pages().values() if f"(mockserver/guide/{page.path.name})" not in TEXT} == set()


@every_document
def test_every_page_begins_with_its_title_and_has_no_line_too_long_to_read(document: Path) -> None:
    lines = document.read_text("utf-8").splitlines()
    assert re.match(r"# \w", lines[0])
    code = False
    for line in lines:
        code ^= line.lstrip().startswith("```")
        assert code or len(line) <= 120 or line.startswith(("|", "- `", "- restream:", "- livepeer:")), line


def test_help_of_serve_mentions_every_setting(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "500")
    main(["serve", "--help"])
    said = " ".join(capsys.readouterr().out.split())
    assert [option.name for option in OPTIONS.values() if option.about not in said] == []
