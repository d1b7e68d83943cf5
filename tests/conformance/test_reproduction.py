from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from mockserver.conformance.conforming import judge_of
from mockserver.conformance.finding import Finding, Report, Step
from mockserver.conformance.reproduction import curl, pytest_file, write
from mockserver.conformance.reproduction.claims import claims
from mockserver.core.http import Headers, Reply, Request
from mockserver.settings import Settings
from tests.servers.defects import DEFECTS
from tests.servers.serving import served

needs_jq = pytest.mark.skipif(not (shutil.which("jq") and shutil.which("curl")), reason="curl or jq is not installed")
# By what is special of the calls that show them: a body, two at once, a value of an earlier reply.
SHOWN = (
    ("restream", "accepts-wrong-type", "invalid-createClipProject"),
    ("restream", "two-projects-in-a-race", "race"),
    ("livepeer", "update-is-lost", "asset-writes"),
)


@contextmanager
def broken(provider: str, defect: str, check: str) -> Iterator[tuple[str, Report]]:
    """The URL of a server with a defect, and what a check says of it."""
    with served(DEFECTS[defect], Settings(port=0, pace=600, log=False)) as server:
        with judge_of(server.url, provider, key="test_shown", only=check, examples=2) as judge:
            report = judge.run()
        assert report.broken
        yield server.url, report


def run(words: list[str], url: str, **more: str) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "MOCKSERVER_CHECK_URL": url, "MOCKSERVER_CHECK_KEY": "test_again", **more}
    return subprocess.run(words, env=environ, capture_output=True, text=True, timeout=60)


def ran(tests: str | Path, url: str) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:clip_mockserver", str(tests)]
    return run(words, url)


@pytest.mark.parametrize(("provider", "defect", "check"), SHOWN)
def test_the_test_fails_on_the_defect_and_passes_on_a_server_without(
    provider: str, defect: str, check: str, tmp_path: Path
) -> None:
    with broken(provider, defect, check) as (url, report):
        write(report, tmp_path)
        failed = ran(tmp_path, url)
        assert f"{len(list(report.findings))} failed" in failed.stdout, failed.stdout
        assert "Error" not in failed.stdout.replace("AssertionError", "").split("short test summary")[1]
    with served(None, Settings(port=0, pace=600, log=False)) as healthy:
        passed = ran(tmp_path, healthy.url)
    assert passed.returncode == 0, passed.stdout


@needs_jq
@pytest.mark.parametrize(("provider", "defect", "check"), SHOWN)
def test_the_script_shows_the_same_statuses(provider: str, defect: str, check: str) -> None:
    with broken(provider, defect, check) as (url, report):
        finding = next(iter(report.findings))
        done = run(["sh", "-c", curl(finding)], url)
    said = [line.split()[1] for line in done.stdout.splitlines() if line[:1].isdigit() and line[1:2] == "."]
    assert done.returncode == 0, done.stderr
    seen = [str(step.reply.status) for step in finding.steps if step.reply is not None]
    # Programs that are started at once don't always meet: who wins such a race is for the test to show.
    assert len(said) == len(seen) if defect == "two-projects-in-a-race" else said == seen


def finding(*steps: Step) -> Finding:
    return Finding("rule", "server", 'a "title"\n\x1b[0m', "", "anOperation", steps=steps, must=("re.match('', 'x')",))


ODD = Request(
    "POST",
    "/login",
    "a=%20&b=$x`y",
    Headers.of([("X-Odd", 'a"b$c`d\\e'), ("X-Empty", "")]),
    b"@\xff\x00'\"$(touch x)`\\%s\n{}",
    origin="http://127.0.0.1:1",
)


@needs_jq
def test_nothing_of_a_call_is_run_by_the_shell(tmp_path: Path) -> None:
    script = curl(finding(Step(ODD, Reply(404))))
    done = subprocess.run(["sh", "-n", "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    run(["sh", "-c", f"cd {tmp_path} && {script}"], "http://127.0.0.1:1")
    assert list(tmp_path.iterdir()) == []


def test_odd_bytes_arrive_as_they_were(tmp_path: Path) -> None:
    compile(pytest_file(finding(Step(ODD, Reply(404)))), "test", "exec")
    assert "touch" in pytest_file(finding(Step(ODD, None, trouble="connection reset")))


def test_an_id_of_that_run_is_read_from_the_replies_of_this_one() -> None:
    made = Step(Request("POST", "/a"), Reply.json(201, {"clips": [{"clipId": "0123456789"}], "name": "as it was sent"}))
    asked = Step(Request("GET", "/a", "name=as it was sent"), Reply.json(200, {"clips": []}))
    seen = replace(
        finding(made, asked), must=("'0123456789' in replies[1].text", "'as it was sent' in replies[1].text")
    )
    assert claims(seen) == (
        "replies[0].json()['clips'][0]['clipId'] in replies[1].text",
        "'as it was sent' in replies[1].text",
    )


def test_what_replies_don_t_show_has_no_test() -> None:
    seen = replace(finding(Step(ODD, Reply(200))), must=())
    assert pytest_file(seen) == ""
    assert "curl" in curl(seen)


def test_a_finding_without_calls_has_nothing_to_run() -> None:
    assert (curl(finding()), pytest_file(finding())) == ("", "")
