"""Projects as users write them, run by a pytest of their own."""

from __future__ import annotations

from collections.abc import Callable

import pytest

# Kept from here on: a run inside this process forgets what it was the first to import.
import mockserver.testing.choices
import mockserver.testing.outcomes
import mockserver.testing.reports
import mockserver.testing.session  # noqa: F401

CLIENT = """
import httpx

STREAM = "eaw4nk06ts2d0mzb"
http = httpx.Client()

def clip(mock, **changed):
    now = mock.clock.now
    body = {"playbackId": STREAM, "startTime": now - 60_000, "endTime": now - 30_000, **changed}
    return http.post(f"{mock.url}/clip", json=body, headers=mock.headers)

def files(mock):
    return http.get(f"{mock.url}/user/storage/files", headers=mock.headers)
"""

Run = Callable[..., pytest.RunResult]


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a test file beside a small client, with these words; `-p no:` keeps this suite's own plugins out of it."""
    for name in ("PYTEST_ADDOPTS", "PYTEST_XDIST_WORKER", "PYTEST_XDIST_WORKER_COUNT", "PYTEST_XDIST_TESTRUNUID"):
        monkeypatch.delenv(name, raising=False)
    pytester.makepyfile(client=CLIENT)

    def run(test: str, *words: str, apart: bool = False) -> pytest.RunResult:
        pytester.makepyfile(test_it="import pytest\nfrom client import clip, files, http, STREAM\n" + test)
        usual = ("-p", "no:schemathesis", "-p", "no:cacheprovider")
        if apart:
            return pytester.runpytest_subprocess(*usual, *words)
        return pytester.runpytest_inprocess(*usual, "-p", "no:xdist", *words)

    return run
