from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mockserver.server.thread import ThreadedServer
from mockserver.settings import Settings
from tests.house.source import CHECKOUT
from tests.plugin.conftest import Run
from tests.server.workers import sqlite_at, workers

ID = """
def test_it(livepeer_mock):
    print("\\nmade", clip(livepeer_mock).json()["asset"]["id"])
    print("pace", livepeer_mock.clock.pace)
"""


def printed(result: pytest.RunResult) -> list[str]:
    return [line for line in result.outlines if line.startswith(("made", "pace"))]


def test_seed_and_pace_come_from_options_and_ini_keys_alike(run: Run) -> None:
    usual = printed(run(ID, "-s"))
    other = printed(run(ID, "-s", "--mock-seed=7", "--mock-pace=5"))
    assert (usual[1], other[1]) == ("pace 60.0", "pace 5.0")
    assert usual[0] != other[0]
    assert printed(run(ID, "-s", "-o", "mock_seed=7", "-o", "mock_pace=5")) == other


def test_settings_of_the_project_hold_for_its_tests_too(run: Run, pytester: pytest.Pytester) -> None:
    (pytester.path / "mockserver.toml").write_text("pace = 3\n")
    assert printed(run(ID, "-s"))[1] == "pace 3.0"


def test_worlds_are_kept_where_it_is_said(run: Run, pytester: pytest.Pytester) -> None:
    run(ID, f"--mock-store=sqlite:{pytester.path / 'worlds.db'}").assert_outcomes(passed=1)
    assert (pytester.path / "worlds.db").exists()


def test_what_is_no_seed_is_refused(run: Run) -> None:
    result = run(ID, "--mock-seed=x")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*expected a whole number, got 'x'*"])


def test_a_running_server_is_used_instead(run: Run) -> None:
    with ThreadedServer(Settings(port=0)) as server:
        test = f"""
def test_it(livepeer_mock):
    assert livepeer_mock.origin == "{server.url}"
    livepeer_mock.clock.advance("1h")
    clip(livepeer_mock, startTime="soon")

def test_fine(restream_mock):
    files(restream_mock)
"""
        result = run(test, f"--mock-url={server.url}")
        worlds = [home.world.name for home in server.engine.worlds.homes()]
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*C201 body /startTime*", "livepeer: 1 of *1 call", "restream: 1 of *1 call"])
    assert worlds == ["default", "default"]


def test_a_running_server_of_several_workers_is_used_as_one(run: Run, pytester: pytest.Pytester) -> None:
    test = """
def test_it(livepeer_mock):
    for _ in range(4):
        clip(livepeer_mock)
    livepeer_mock.clock.advance("1h")
    assert len(livepeer_mock.calls) == 4
    serials = [call.serial for call in livepeer_mock.calls]
    assert serials == sorted(set(serials))

def test_another(livepeer_mock):
    assert len(livepeer_mock.calls) == 0
"""
    with workers(2, sqlite_at(pytester.path)) as running:
        result = run(test, f"--mock-url={running.url}")
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["livepeer: 1 of *4 calls"])


def test_a_server_that_isnt_there_is_told_in_a_sentence(run: Run) -> None:
    result = run(ID, "--mock-url=http://127.0.0.1:1")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*no mockserver answers at http://127.0.0.1:1*"])
    assert "Traceback" not in result.stdout.str()


def test_help_and_markers_are_told(run: Run) -> None:
    told = run("", "--help").stdout.str()
    assert all(f"--mock-{name}" in told for name in ("url", "seed", "pace", "store", "report", "cover-fail-under"))
    run("", "--markers").stdout.fnmatch_lines(["@pytest.mark.mock_allows_violations*", "@pytest.mark.outcomes*"])


UNUSED = """
import sys
import pytest

class Looks:
    def pytest_sessionfinish(self):
        print("loaded", sorted(name for name in sys.modules if name.split(".")[0] in ("mockserver", "aiohttp")))

sys.exit(pytest.main(["-q", "-s", "-p", "no:schemathesis", "-p", "no:cacheprovider", sys.argv[1]], [Looks()]))
"""


def test_a_run_that_uses_no_mock_loads_nothing_of_us_but_the_plugin(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text("def test_it(): ...\n")
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join([str(CHECKOUT), os.environ.get("PYTHONPATH", "")])}
    words = [sys.executable, "-c", UNUSED, str(tmp_path)]
    done = subprocess.run(words, cwd=tmp_path, env=environ, capture_output=True, text=True, check=True)
    assert "loaded ['mockserver', 'mockserver.pytest_judge', 'mockserver.pytest_plugin']" in done.stdout


def test_another_project_of_our_name_is_warned_of(run: Run, pytester: pytest.Pytester) -> None:
    (pytester.path / "mockserver_client-5.0.dist-info").mkdir()
    pytester.syspathinsert(pytester.path)
    result = run(ID)
    result.assert_outcomes(passed=1, warnings=1)
    result.stdout.fnmatch_lines(["*mockserver-client is installed too*"])
