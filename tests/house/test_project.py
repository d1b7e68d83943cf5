"""The files around the code: Makefile, CI, licence, changelog, metadata."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib

from mockserver.contract.yaml_text import load_yaml
from mockserver.core.text import Json
from mockserver.providers import registry
from tests.house.source import CHECKOUT


def text(name: str) -> str:
    return (CHECKOUT / name).read_text("utf-8")


def metadata() -> Json:
    return tomllib.loads(text("pyproject.toml"))


def test_make_prints_a_line_of_help_for_every_target_people_call() -> None:
    phony = set(re.findall(r"^\.PHONY: (.*)", text("Makefile"), re.MULTILINE)[0].split())
    done = subprocess.run(["make", "--no-print-directory"], cwd=CHECKOUT, capture_output=True, text=True, check=True)
    listed = [line.split() for line in done.stdout.splitlines()]
    assert all(words[0] == "make" and len(words) > 3 for words in listed)
    assert {words[1] for words in listed} == phony


def test_ci_is_make_lint_and_make_test() -> None:
    assert os.access(CHECKOUT / ".ci" / "run", os.X_OK)
    assert text(".ci/run").splitlines()[-2:] == ["make lint", "make test"]


def test_the_workflow_runs_ci_on_every_python_we_name() -> None:
    job = load_yaml(text(".github/workflows/ci.yml"), "ci.yml").value["jobs"]["check"]
    versions = re.findall(r"Python :: (3\.\d+)", "\n".join(metadata()["project"]["classifiers"]))
    assert job["strategy"]["matrix"]["python"] == versions
    assert job["steps"][-1] == {"run": ".ci/run"}


def test_the_providers_that_come_with_it_are_registered_like_any_other() -> None:
    points = metadata()["project"]["entry-points"][registry.GROUP]
    assert points == {name: f"mockserver.providers.{name}:provider" for name in registry.names()}


def test_the_licence_is_mit() -> None:
    assert text("LICENSE").startswith("MIT License\n\nCopyright (c) 2026 The mockserver authors\n")


def test_the_changelog_tells_what_is_not_released_yet() -> None:
    unreleased = text("CHANGELOG.md").partition("## Unreleased\n")[2].partition("\n## ")[0]
    assert re.findall(r"^- .*[.]$", unreleased.replace("\n  ", " "), re.MULTILINE)
