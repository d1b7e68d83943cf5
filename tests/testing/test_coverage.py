from __future__ import annotations

import pytest

from mockserver.core.text import Json
from mockserver.testing import Server, coverage, serve
from mockserver.testing.page import page
from mockserver.testing.reports import summary, too_little
from tests.testing.conftest import ask, clip


def met(*starts: object) -> Json:
    """The coverage of a client that asks for clips from there, and for one list."""
    with serve() as server, server.world("livepeer", allow="*") as mock:
        for start in starts:
            clip(mock, startTime=start)
        ask(mock, "GET", "/asset")
        told: Json = server.driver.ask("GET", "coverage")["providers"]
        return told


@pytest.fixture(scope="module")
def fine() -> Json:
    return met(1)


@pytest.fixture(scope="module")
def broken() -> Json:
    return met(1, "soon")


def tried(told: Json, operation: str) -> Json:
    return next(each for each in told["livepeer"]["tried"] if each["operation"] == operation)


def test_two_runs_together_met_what_either_did(fine: Json, broken: Json) -> None:
    both = coverage.merged(fine, broken)
    clips = tried(both, "createClip")
    assert (clips["calls"], clips["statuses"], clips["violations"]) == (3, {"200": 2, "422": 1}, {"C201": 1})
    assert {"200", "422"} <= set(clips["met"])
    assert both["livepeer"]["statuses"]["met"] == broken["livepeer"]["statuses"]["met"]
    assert (both["livepeer"]["calls"], both["livepeer"]["operations"]["called"]) == (5, 2)


def test_together_with_nothing_it_is_itself(fine: Json) -> None:
    assert coverage.merged({}, fine) == coverage.merged(fine, {}) == fine


def test_what_came_after_an_earlier_look_is_the_difference(fine: Json, broken: Json) -> None:
    later = coverage.merged(fine, broken)
    assert coverage.less(later, fine)["livepeer"]["calls"] == broken["livepeer"]["calls"]
    assert tried(coverage.less(later, fine), "createClip") == tried(broken, "createClip")
    assert not coverage.called(coverage.less(fine, fine))


def test_the_summary_is_short_unless_more_is_wanted(fine: Json) -> None:
    line, lived = summary(fine, ["term"], None)
    assert lived == "  0 of 18 kinds of faults met"
    assert line.startswith("livepeer: 2 of ") and line.endswith(", 2 calls")
    more = list(summary(fine, ["term-missing"], None))
    assert any(each.split()[0] == "createClip" and "422" in each for each in more)
    assert not list(summary(fine, ["none"], None))


def test_the_share_is_of_what_was_called_at_all(fine: Json) -> None:
    statuses = fine["livepeer"]["statuses"]
    assert coverage.percentage(fine) == 100 * statuses["met"] / statuses["of"]
    assert coverage.percentage({}) == 100


@pytest.mark.parametrize(("least", "expected"), [(None, False), ("0.1", False), ("99", True)])
def test_too_little_is_less_than_was_asked_for(fine: Json, least: str | None, expected: bool) -> None:
    assert too_little(fine, least) is expected
    assert any("FAIL" in line for line in summary(fine, ["none"], least)) is expected


def test_who_asks_for_some_and_calls_nothing_has_too_little() -> None:
    assert too_little({}, "1")
    assert not too_little({}, "0")


def test_the_page_shows_what_was_met_and_what_never(here: Server, fine: Json) -> None:
    html = page({"coverage": 1.0, "providers": fine})
    assert "<h2>livepeer</h2>" in html and "<h2>restream</h2>" not in html
    assert "<span class=met>200</span>" in html and "<span class=never>422</span>" in html
    assert "No mock was called" in page({"coverage": 100, "providers": {}})


def test_the_kinds_of_faults_a_client_met_are_told_and_those_it_never_did() -> None:
    with serve() as server, server.world("livepeer") as mock:
        mock.faults.add(status={"code": 503}, turns={"first": 1})
        mock.faults.add(deliveries={"event": "asset.created"}, duplicate=1)
        mock.webhooks.register("asset.created")
        assert clip(mock).status_code == 503
        clip(mock)
        told = server.driver.ask("GET", "coverage")["providers"]["livepeer"]["faults"]
    assert told["met"] == {"status": 1, "deliveries.duplicate": 1}
    assert "reset" in told["never"] and "status" not in told["never"]
