from __future__ import annotations

import pytest

from tests.plugin.conftest import Run

READY = """
def test_a_clip_becomes_ready(livepeer_mock):
    asset = clip(livepeer_mock).json()["asset"]["id"]
    livepeer_mock.clock.settle()
    assert livepeer_mock.calls.last.operation == "createClip"
    assert livepeer_mock.calls.count() == 1
"""


def test_three_lines_give_a_private_account(run: Run) -> None:
    run(READY).assert_outcomes(passed=1)


def test_each_test_has_a_world_of_its_own_that_does_not_change_with_the_run(
    run: Run, pytester: pytest.Pytester
) -> None:
    test = """
@pytest.mark.parametrize("turn", [1, 2])
def test_it(livepeer_mock, turn):
    assert len(livepeer_mock.calls) == 0
    body = {"playbackId": STREAM, "startTime": 1, "endTime": 10}
    got = http.post(f"{livepeer_mock.url}/clip", json=body, headers=livepeer_mock.headers).json()
    with open("seen", "a") as seen:
        print(livepeer_mock.key, got["asset"]["id"], file=seen)
"""
    for _ in range(2):
        run(test, "-q").assert_outcomes(passed=2)
    seen = (pytester.path / "seen").read_text().splitlines()
    assert seen[:2] == seen[2:]
    assert len(set(seen)) == 2


def test_both_providers_serve_one_test(run: Run) -> None:
    test = """
def test_it(livepeer_mock, restream_mock, monkeypatch):
    assert clip(livepeer_mock).status_code == files(restream_mock).status_code == 200
    assert [call.operation for call in restream_mock.calls] == ["listStorageFiles"]
    assert restream_mock.env() == {"RESTREAM_API_URL": restream_mock.url, "RESTREAM_API_KEY": restream_mock.key}
"""
    run(test).assert_outcomes(passed=1)


def test_asynchronous_tests_use_the_same_fixtures(run: Run) -> None:
    pytest.importorskip("pytest_asyncio")
    test = """
import httpx

async def listed(mock):
    async with httpx.AsyncClient(base_url=mock.url, headers=mock.headers) as client:
        assert (await client.get("/user/storage/files")).status_code == 200
    mock.clock.advance("1h")
    assert mock.calls.count() == 1

@pytest.mark.asyncio
async def test_asyncio(restream_mock):
    await listed(restream_mock)

@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_anyio(restream_mock):
    await listed(restream_mock)
"""
    run(test).assert_outcomes(passed=2)


def test_a_unittest_class_takes_the_fixture_too(run: Run) -> None:
    test = """
import unittest

class TestIt(unittest.TestCase):
    @pytest.fixture(autouse=True)
    def world(self, livepeer_mock):
        self.mock = livepeer_mock

    def test_fine(self):
        assert clip(self.mock).status_code == 200

    def test_broken(self):
        clip(self.mock, startTime="soon")
"""
    result = run(test)
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*C201 body /startTime: expected a number*"])


def test_fixtures_of_the_project_build_on_ours(run: Run) -> None:
    test = """
@pytest.fixture
def client(restream_mock):
    return lambda: files(restream_mock)

def test_it(client, restream_mock):
    restream_mock.add_file("Just uploaded.mp4", durationSeconds=900)
    assert any(file["title"] == "Just uploaded.mp4" for file in client().json()["files"])
"""
    run(test).assert_outcomes(passed=1)


def test_a_world_goes_wrong_as_the_test_wants(run: Run) -> None:
    test = """
def test_it(livepeer_mock):
    livepeer_mock.faults.add(status={"code": 503}, calls={"operation": "createClip"}, turns={"first": 1})
    assert [clip(livepeer_mock).status_code for _ in range(2)] == [503, 200]
    with livepeer_mock.replying("createClip", {"task": {"id": "drawn"}}):
        assert clip(livepeer_mock).json() == {"task": {"id": "drawn"}}

def test_next(livepeer_mock):
    livepeer_mock.webhooks.register("asset.ready")
    clip(livepeer_mock)
    livepeer_mock.clock.settle()
    (ready,) = livepeer_mock.webhooks.of("asset.ready")
    assert ready.signed
"""
    run(test).assert_outcomes(passed=2)


def test_a_fresh_world_for_each_example_of_hypothesis(run: Run) -> None:
    test = """
from hypothesis import given, settings, strategies as st

@settings(max_examples=15, database=None, deadline=None)
@given(seconds=st.integers(1, 100))
def test_it(livepeer_mocks, seconds):
    with livepeer_mocks.fresh() as mock:
        assert len(mock.calls) == 0
        assert clip(mock).status_code == 200
"""
    result = run(test)
    result.assert_outcomes(passed=1, warnings=0)
    assert "HealthCheck" not in result.stdout.str()


def test_what_breaks_the_contract_in_an_example_is_shrunk(run: Run) -> None:
    test = """
from hypothesis import given, settings, strategies as st

@settings(database=None, deadline=None)
@given(name=st.integers(0, 100))
def test_it(livepeer_mocks, name):
    with livepeer_mocks.fresh() as mock:
        clip(mock, name=str(name) if name < 7 else name)
"""
    result = run(test, apart=True)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*C201 body /name: expected text, got 7*", "*name=7,*"])


def test_the_fixture_of_one_world_inside_given_names_the_other(run: Run) -> None:
    test = """
from hypothesis import given, strategies as st

@given(st.integers())
def test_it(livepeer_mock, number): ...
"""
    result = run(test)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*take `livepeer_mocks`*", "*with livepeer_mocks.fresh() as mock*"])
