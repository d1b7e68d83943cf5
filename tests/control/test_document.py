from __future__ import annotations

import pytest

from mockserver import resources
from mockserver.cli import main
from mockserver.contract.document import effective
from mockserver.contract.lint import lint, lint_file
from mockserver.contract.yaml_out import dump_yaml
from mockserver.contract.yaml_text import load_yaml
from mockserver.control.document import described, document
from mockserver.control.table import ANSWERS
from mockserver.providers import registry

WHOLE = document(registry.find(registry.names()))


def test_the_linter_finds_nothing_in_it() -> None:
    assert lint_file(resources.specs("admin") / "openapi.yaml") == ()


def test_the_linter_finds_nothing_in_what_is_handed_out() -> None:
    assert lint(dump_yaml(WHOLE)) == ()


def test_every_operation_has_an_answer_and_every_answer_an_operation() -> None:
    assert set(ANSWERS) == set(described().contract.operations)


def test_every_operation_says_what_it_is_for() -> None:
    assert [each.id for each in described().contract.operations.values() if not each.summary] == []


def test_spec_admin_prints_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["spec", "admin"]) == 0
    assert load_yaml(capsys.readouterr().out, "printed").value == WHOLE


def test_lint_admin_reads_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint", "admin"]) == 0
    assert capsys.readouterr().out == "0 errors, 0 warnings, 0 notes\n"


def test_it_says_what_each_verb_of_each_provider_takes() -> None:
    body = WHOLE["paths"]["/worlds/{provider}/{world}/verbs/{verb}"]["post"]["requestBody"]
    (schema,) = [media["schema"] for media in body["content"].values()]
    assert {"$ref": "#/components/schemas/livepeer.go-live"} in schema["anyOf"]
    assert WHOLE["components"]["schemas"]["livepeer.go-live"]["required"] == ["stream"]


def test_what_it_is_compiled_from_is_left_as_it_is_written() -> None:
    described()
    assert "anyOf" not in str(effective("admin").value["paths"]["/worlds/{provider}/{world}/verbs/{verb}"]["post"])
