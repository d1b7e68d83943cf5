from __future__ import annotations

import unittest

import pytest

from mockserver.core.text import Json
from mockserver.errors import RefusedError, UnreachableError, UsageError
from mockserver.server.thread import ThreadedServer
from mockserver.settings import Settings
from mockserver.testing import ContractBroken, live, serve
from mockserver.testing.serving import keyed
from tests.testing.conftest import ask, clip


def test_a_script_has_a_server_and_a_world_in_one_line() -> None:
    with serve(pace=0, seed=7) as server, server.world("livepeer") as mock:
        asset = clip(mock).json()["asset"]["id"]
        mock.clock.advance("1h")
        assert ask(mock, "GET", f"/asset/{asset}").json()["status"]["phase"] == "ready"


def test_the_same_seed_and_name_give_the_same_ids() -> None:
    found = []
    for seed in (1, 1, 2):
        with serve(seed=seed) as server, server.world("livepeer", "mine") as mock:
            found.append(clip(mock).json()["asset"]["id"])
    assert found[0] == found[1] != found[2]


def test_a_unittest_case_enters_a_world() -> None:
    class Case(unittest.TestCase):
        def setUp(self) -> None:
            self.server = self.enterContext(serve())

        def test_broken(self) -> None:
            with self.assertRaisesRegex(ContractBroken, "C201"), self.server.world("livepeer") as mock:
                clip(mock, startTime="soon")

    result = unittest.TestResult()
    Case("test_broken").run(result)
    assert (result.testsRun, result.wasSuccessful()) == (1, True)


def test_a_running_server_wants_its_token() -> None:
    with ThreadedServer(Settings(port=0, admin_token="let me in")) as running:
        with pytest.raises(RefusedError, match="wants its token"), live(running.url, "wrong"):
            pass
        with live(running.url, "let me in") as server:
            assert server.url == running.url


def test_where_no_server_runs_that_is_said() -> None:
    with pytest.raises(UnreachableError, match="no mockserver answers"), live("http://127.0.0.1:1"):
        pass


@pytest.mark.parametrize(
    ("name", "key"),
    [("plain", "plain"), ("tests/a.py::test[b c]", "tests-a.py-test-b-c"), ("", "world"), ("ü", "world")],
)
def test_any_name_can_be_part_of_a_key(name: str, key: str) -> None:
    assert keyed(name) == key


def test_of_a_long_name_the_end_is_kept() -> None:
    assert keyed("x" * 500 + "-the-end").endswith("x-the-end")
    with serve() as server, server.world("livepeer", "x" * 500) as mock, mock.fresh() as inner:
        assert ask(inner, "GET", "/asset").status_code == 200
        assert len(inner.calls) == 1


def test_options_are_said_as_everywhere_else() -> None:
    with serve(pace="inf") as server, server.world("livepeer") as mock:
        asset = clip(mock).json()["asset"]["id"]
        assert ask(mock, "GET", f"/asset/{asset}").json()["status"]["phase"] == "ready"


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ({"pace": "fast"}, "serve: pace: expected"),
        ({"store": "mysql://x"}, "serve: store: expected memory:, sqlite:FILE or redis://"),
        ({"sead": 1}, 'no option "sead"; did you mean "seed'),
    ],
)
def test_an_option_that_is_none_is_refused(option: Json, said: str) -> None:
    with pytest.raises(UsageError, match=said), serve(**option):
        pass
