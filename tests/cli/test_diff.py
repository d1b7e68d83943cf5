"""`mockserver diff OLD NEW`: from names and files to a verdict, an exit code and reports."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest

from mockserver.cli import main
from mockserver.contract.document import published
from mockserver.contract.yaml_out import dump_yaml
from mockserver.core.text import Json
from tests.conformance.diff.cases import OLD, listing


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write("old.yaml", OLD)
    return tmp_path


def write(name: str, document: Json) -> None:
    Path(name).write_text(dump_yaml(document), "utf-8")


def changed(**edits: Json) -> None:
    new = copy.deepcopy(OLD)
    listing(new)["parameters"][0].update(edits)
    write("new.yaml", new)


def test_a_breaking_change_is_told_with_its_place_and_ends_with_1(capsys: pytest.CaptureFixture[str]) -> None:
    changed(required=True)
    assert main(["diff", "old.yaml", "new.yaml"]) == 1
    said = capsys.readouterr().out
    assert "listItems query parameter `limit`: it is required now." in said
    assert "breaking for clients: they may leave it out." in said
    assert "new.yaml:" in said and "1 breaking change" in said


def test_what_is_no_change_ends_with_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", "old.yaml", "old.yaml"]) == 0
    assert "no changes; 9 of 9 checks kept" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "code"),
    [([], 1), (["--for", "servers"], 0), (["--fail-on", "none"], 0), (["--fail-on", "risky"], 1)],
    ids=("default", "for servers", "on none", "on risky"),
)
def test_it_fails_on_what_is_asked_for(words: list[str], code: int) -> None:
    changed(required=True)
    assert main(["diff", "old.yaml", "new.yaml", *words]) == code


def test_a_risky_change_fails_only_when_asked_to() -> None:
    changed(schema={**listing(OLD)["parameters"][0]["schema"], "default": 20})
    assert main(["diff", "old.yaml", "new.yaml"]) == 0
    assert main(["diff", "old.yaml", "new.yaml", "--fail-on", "risky"]) == 1


def test_reports_are_written_with_names_seen_from_here() -> None:
    changed(required=True)
    main(["diff", "old.yaml", "new.yaml", "--report", "json=out.json", "--report", "sarif=out.sarif"])
    (finding,) = json.loads(Path("out.json").read_text())["checks"][1]["findings"]
    assert finding["document"]["file"] == "new.yaml" and finding["before"]["file"] == "old.yaml"
    (result,) = json.loads(Path("out.sarif").read_text())["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "new.yaml"


def test_the_published_document_and_ours_are_known_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", "restream", "restream"]) == 0
    main(["diff", "published:livepeer", "livepeer"])
    assert "operation-added" in capsys.readouterr().out


def test_a_new_version_of_a_provider_s_document_gets_our_repairs(capsys: pytest.CaptureFixture[str]) -> None:
    write("newer.yaml", published("livepeer").value)
    assert main(["diff", "livepeer", "newer.yaml", "--fail-on", "risky"]) == 0
    assert "no changes; 10 of 10 checks kept" in capsys.readouterr().out


def test_repairs_that_match_nothing_any_more_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    newer = copy.deepcopy(published("livepeer").value)
    del newer["components"]["schemas"]["transcode-profile"]["properties"]["gop"]
    write("newer.yaml", newer)
    assert main(["diff", "published:livepeer", "newer.yaml", "--fail-on", "none"]) == 0
    said = capsys.readouterr().out
    assert "overlay-action-unmatched" in said
    assert (
        "specs/livepeer/overlay.yaml can't be carried out any more: $.components.schemas['transcode-profile']" in said
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["old.yaml", "livepear"], 'no provider "livepear"; did you mean "livepeer"?'),
        (["published:old.yaml", "old.yaml"], 'no provider "old.yaml"'),
        (["old.yaml"], "the following arguments are required: NEW"),
        (["old.yaml", "old.yaml", "--for", "client"], 'no choice "client"; did you mean "clients"?'),
        (["old.yaml", "old.yaml", "--fail-on", "brake"], "--fail-on: no choice"),
        (["old.yaml", "old.yaml", "--report", "pdf=x"], 'no format "pdf"'),
    ],
)
def test_what_is_not_understood_is_told(words: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", *words]) == 2
    assert message in capsys.readouterr().err


def test_a_file_that_is_no_document_ends_with_1(capsys: pytest.CaptureFixture[str]) -> None:
    Path("bad.yaml").write_text("- a list")
    assert main(["diff", "old.yaml", "bad.yaml"]) == 1
    assert main(["diff", "old.yaml", "gone.yaml"]) == 1
    assert "gone.yaml: there is no such file" in capsys.readouterr().err
