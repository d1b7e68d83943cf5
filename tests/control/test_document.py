from __future__ import annotations

import pytest

from mockserver import resources
from mockserver.cli import main
from mockserver.contract.lint import lint, lint_file
from mockserver.contract.yaml_out import dump_yaml
from mockserver.contract.yaml_text import load_yaml
from mockserver.control.document import described, document
from mockserver.control.table import ANSWERS


def test_the_linter_finds_nothing_in_it() -> None:
    assert lint_file(resources.specs("admin") / "openapi.yaml") == ()


def test_the_linter_finds_nothing_in_what_is_handed_out() -> None:
    assert lint(dump_yaml(document())) == ()


def test_every_operation_has_an_answer_and_every_answer_an_operation() -> None:
    assert set(ANSWERS) == set(described().contract.operations)


def test_every_operation_says_what_it_is_for() -> None:
    assert [each.id for each in described().contract.operations.values() if not each.summary] == []


def test_spec_admin_prints_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["spec", "admin"]) == 0
    assert load_yaml(capsys.readouterr().out, "printed").value == document()


def test_lint_admin_reads_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint", "admin"]) == 0
    assert capsys.readouterr().out == "0 errors, 0 warnings, 0 notes\n"
