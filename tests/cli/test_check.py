from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from mockserver.cli import main
from mockserver.settings import Settings
from tests.servers.defects import DEFECTS
from tests.servers.serving import served

SECRET = "test_very_secret"


@pytest.fixture(scope="module")
def healthy() -> Iterator[str]:
    with served(None, Settings(port=0, pace=600, log=False)) as server:
        yield server.url


@pytest.fixture(scope="module")
def broken() -> Iterator[str]:
    with served(DEFECTS["accepts-wrong-type"], Settings(port=0, pace=600, log=False)) as server:
        yield server.url


def check(*words: str) -> int:
    return main(["check", *words])


def test_a_server_that_keeps_the_contract_ends_with_0(healthy: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert check("restream", "--url", healthy, "--key", "test_a", "--only", "head,valid-list*", "--examples", "1") == 0
    said = capfd.readouterr()
    assert "3 of 3 checks kept" in said.out
    assert "kept    head" in said.err


def test_a_server_that_breaks_it_ends_with_1(broken: str, capfd: pytest.CaptureFixture[str]) -> None:
    words = ("restream", "--url", broken, "--key", "test_a", "--only", "invalid-createClipProject")
    assert check(*words) == 1
    said = capfd.readouterr().out
    assert "accepts-body/title:type" in said
    assert "#/components/schemas/CreateClipProject/properties/title/type" in said
    assert "how to see each again: --reproductions FOLDER" in said


def test_the_fake_is_started_and_judged_when_no_url_is_given(capfd: pytest.CaptureFixture[str]) -> None:
    assert check("restream", "--only", "valid-listStorageFiles", "--quick") == 0
    assert "http://127.0.0.1:" in capfd.readouterr().out


def test_the_key_of_the_environment_is_in_no_output(
    broken: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MOCKSERVER_CHECK_KEY", SECRET)
    report = tmp_path / "report.json"
    words = ("--url", broken, "--only", "invalid-createClipProject", "--report", f"json={report}")
    assert check("restream", *words, "--reproductions", str(tmp_path / "shown")) == 1
    texts = [path.read_text() for path in tmp_path.rglob("*") if path.is_file()]
    assert len(texts) == 3
    assert all(SECRET not in text for text in (*capfd.readouterr(), *texts))
    assert json.loads(report.read_text())["seed"] == 0


def test_list_says_what_there_is_and_calls_nobody(capfd: pytest.CaptureFixture[str]) -> None:
    assert check("livepeer", "--url", "http://127.0.0.1:9", "--only", "schemathesis-*", "--list") == 0
    assert capfd.readouterr().out.count("schemathesis-") == 4


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("livepear",), 'did you mean "livepeer"?'),
        (("livepeer", "--only", "conflct"), 'no check "conflct"'),
        (("livepeer", "--url", "nowhere"), "is no URL of a server"),
        (("livepeer", "--quick", "--thorough"), "give one of them"),
        (("livepeer", "--examples", "0"), "count of 1 or more"),
        (("livepeer", "--key-for", "my-secret"), "--key-for is written revoked=KEY"),
        (("livepeer", "--key", "my-secret", "--only", "head"), "does not take the key"),
        (("livepeer", "--report", "pdf=x"), 'no format "pdf"'),
        (("livepeer", "--url", "https://livepeer.studio/api"), "Say --yes if that is meant, or --read-only"),
    ],
)
def test_what_is_not_understood_ends_with_2(
    words: tuple[str, ...], said: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert check(*words) == 2
    told = capfd.readouterr().err
    assert said in told
    assert "my-secret" not in told


def test_a_document_without_a_url_is_not_understood(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps({"openapi": "3.1.0", "info": {"title": "x", "version": "1"}, "paths": {}}))
    assert check(str(path)) == 2
    assert "where is the server that is to keep openapi.json?" in capfd.readouterr().err


def test_any_document_will_do(healthy: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["spec", "restream"]) == 0
    path = tmp_path / "mine.yaml"
    path.write_text(capfd.readouterr().out)
    assert check(str(path), "--url", healthy, "--key", "test_b", "--only", "head,valid-*", "--quick") == 0
    said = capfd.readouterr().out
    assert "against mine.yaml v2" in said


def test_a_server_that_does_not_answer_ends_with_3(capfd: pytest.CaptureFixture[str]) -> None:
    assert check("livepeer", "--url", "http://127.0.0.1:9", "--key", "k") == 3
    assert "no server answers at http://127.0.0.1:9" in capfd.readouterr().err


def test_a_run_that_is_stopped_removes_what_it_made(healthy: str) -> None:
    """The webhooks of an account that is not thrown away."""
    words = ["check", "livepeer", "--url", healthy, "--key", "main", "--only", "invalid-createWebhook,schemathesis-*"]
    run = subprocess.Popen(
        [sys.executable, "-m", "mockserver", *words], stderr=subprocess.PIPE, text=True, env=dict(os.environ)
    )
    assert run.stderr is not None
    watchdog = threading.Timer(60, run.kill)
    watchdog.start()
    for line in run.stderr:
        if "invalid-createWebhook" in line:
            run.send_signal(signal.SIGTERM)
            break
    said = run.stderr.read()
    watchdog.cancel()
    assert run.wait() == 130
    assert "stopped; what was made is removed" in said
    assert "left behind, since no call removes it: stream" in said
