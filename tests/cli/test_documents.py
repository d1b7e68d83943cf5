"""`lint`, `spec` and `explain`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mockserver.cli import main
from mockserver.cli.meanings import meanings
from mockserver.contract.document import effective
from mockserver.contract.lint import LINT_CODES
from mockserver.contract.readings import load_readings
from mockserver.contract.yaml_text import load_yaml
from mockserver.engine.cards import cards
from mockserver.providers import registry

Capture = pytest.CaptureFixture[str]

PUBLISHED = "specs/livepeer/openapi.yaml"
CLEAN = "openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths: {}\n"


def said(capsys: Capture, *words: str, code: int = 0) -> str:
    assert main(words) == code
    return capsys.readouterr().out


class TestLint:
    def test_the_published_livepeer_document_has_three_corrupted_spots_and_two_bad_examples(
        self, capsys: Capture
    ) -> None:
        lines = said(capsys, "lint", "livepeer", code=1).splitlines()
        places = [line.split(": error ")[0] for line in lines[:-1]]
        assert places == [
            f"specs/livepeer/openapi.yaml:{place}" for place in ("240:17", "262:17", "300:17", "496:13", "599:11")
        ]
        assert lines[-1] == "5 errors, 0 warnings, 0 notes"

    def test_a_defect_for_programs_has_line_pointer_code_and_remedy(self, capsys: Capture) -> None:
        first = json.loads(said(capsys, "lint", "livepeer", "--json", code=1))[0]
        assert (first["line"], first["code"]) == (240, "L201")
        assert first["pointer"].endswith("/source/oneOf/0/properties/encryption")
        assert first["remedy"]

    def test_a_file_without_errors_is_fine(self, tmp_path: Path, capsys: Capture) -> None:
        (tmp_path / "api.yaml").write_text(CLEAN)
        assert said(capsys, "lint", str(tmp_path / "api.yaml")).endswith("0 errors, 0 warnings, 0 notes\n")

    def test_a_file_named_like_nothing_else_is_found_in_the_folder(
        self, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "api").write_text(CLEAN)
        monkeypatch.chdir(tmp_path)
        assert "0 errors" in said(capsys, "lint", "api")

    def test_what_is_neither_provider_nor_file_is_refused_with_the_nearest(self, capsys: Capture) -> None:
        assert main(["lint", "livepear"]) == 2
        assert 'no provider "livepear"; did you mean "livepeer"?' in capsys.readouterr().err

    def test_a_file_that_is_not_there_is_said_to_be_missing(self, capsys: Capture) -> None:
        assert main(["lint", "nowhere/api.yaml"]) == 1
        assert "nowhere/api.yaml: there is no such file" in capsys.readouterr().err


class TestSpec:
    @pytest.mark.parametrize("provider", ["livepeer", "restream"])
    def test_it_prints_the_effective_document_as_yaml(self, provider: str, capsys: Capture) -> None:
        assert load_yaml(said(capsys, "spec", provider), "printed").value == effective(provider).value

    def test_it_prints_json_on_request(self, capsys: Capture) -> None:
        assert json.loads(said(capsys, "spec", "livepeer", "--json")) == effective("livepeer").value

    @pytest.mark.parametrize("provider", ["livepeer", "restream"])
    def test_what_it_prints_has_no_defects(self, provider: str, tmp_path: Path, capsys: Capture) -> None:
        (tmp_path / "printed.yaml").write_text(said(capsys, "spec", provider))
        assert said(capsys, "lint", str(tmp_path / "printed.yaml")).endswith("0 errors, 0 warnings, 0 notes\n")


class TestExplain:
    @pytest.mark.parametrize(
        ("word", "says"),
        [
            ("createClip", "POST /api/clip"),
            ("createclip", "POST /api/clip"),
            ("C204", "property missing"),
            ("c204", "property missing"),
            ("L201", LINT_CODES["L201"].title),
            ("restream.usage-limit", "--reading restream.usage-limit=402"),
            ("already-processed", "409 from createClipProject of restream"),
            ("the-documentation-example", "422 from createClip of livepeer"),
            ("the-documentation-example", "201 from createClipProject of restream"),
        ],
    )
    def test_it_knows_operations_codes_readings_and_outcomes(self, word: str, says: str, capsys: Capture) -> None:
        assert says in said(capsys, "explain", word)

    def test_an_unknown_word_is_refused_with_the_nearest(self, capsys: Capture) -> None:
        assert main(["explain", "createClop"]) == 2
        assert 'did you mean "createClip"' in capsys.readouterr().err

    def test_every_word_of_the_lists_can_be_explained(self) -> None:
        known = meanings(registry.find(registry.names()))
        for reading in (*load_readings("livepeer"), *load_readings("restream")):
            assert known[reading.full_name]().startswith(reading.full_name)
        for card in cards({name: effective(name).value for name in ("livepeer", "restream")}):
            assert card.about in known[card.name]()


def test_spec_tells_the_shape_of_a_json_report(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["spec", "report", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["required"][0] == "format"
