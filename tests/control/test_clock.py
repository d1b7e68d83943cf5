from __future__ import annotations

import pytest

from mockserver.core.text import Json
from tests.control.asking import control, refused, told
from tests.engine import tiny
from tests.engine.asking import create, notes

NOW = tiny.NOW
ISO = "2026-11-22T11:51:40.000Z"


def test_the_clock_tells_the_instant_twice() -> None:
    assert told(control(), "GET", "/clock") == {"now": NOW, "nowIso": ISO, "frozen": False, "pace": 1, "of": "server"}


@pytest.mark.parametrize(
    ("by", "ms"), [(250, 250), ("5m", 300_000), ("90s", 90_000), ("1h30m", 5_400_000), ("1.5s", 1_500), ("0s", 0)]
)
def test_a_jump_takes_milliseconds_or_words(by: Json, ms: int) -> None:
    assert told(control(), "POST", "/clock/advance", {"by": by})["now"] == NOW + ms


def test_a_jump_lets_happen_what_falls_due() -> None:
    driven = control()
    create(driven.desk.engine, "a")
    told(driven, "POST", "/clock/advance", {"by": "1s"})
    assert notes(driven.desk.engine)[-1]["state"] == "ripe"


@pytest.mark.parametrize("to", [NOW + 60_000, "2026-11-22T11:52:40Z", "2026-11-22T12:52:40+01:00", str(NOW + 60_000)])
def test_a_jump_to_an_instant_takes_milliseconds_or_text(to: Json) -> None:
    assert told(control(), "POST", "/clock/set", {"to": to})["now"] == NOW + 60_000


def test_the_clock_never_goes_back() -> None:
    problem = refused(control(), "POST", "/clock/set", {"to": "2026-11-22T11:50:00Z"})
    assert (problem["status"], problem["pointer"], problem["rule"]) == (409, "/to", "clock")
    assert "is 1m40s before its now" in problem["detail"]


@pytest.mark.parametrize("to", ["noon", "2026-11-22", "2026-11-22T11:52:40", 1_795_348_300])
def test_an_instant_that_is_none_is_refused(to: Json) -> None:
    problem = refused(control(), "POST", "/clock/set", {"to": to})
    assert (problem["status"], problem["pointer"]) == (422, "/to")


def test_nothing_lies_beyond_the_year_9999() -> None:
    driven = control()
    told(driven, "POST", "/clock/set", {"to": "9999-12-31T23:59:59Z"})
    assert refused(driven, "POST", "/clock/advance", {"by": "1d"})["rule"] == "maximum"


def test_it_runs_and_freezes_as_often_as_one_likes() -> None:
    driven = control()
    for act, frozen in (("run", False), ("run", False), ("freeze", True), ("freeze", True)):
        assert told(driven, "POST", f"/clock/{act}")["frozen"] is frozen


def test_it_freezes_at_an_instant() -> None:
    driven = control()
    told(driven, "POST", "/clock/run")
    clock = told(driven, "POST", "/clock/freeze", {"at": NOW + 86_400_000})
    assert (clock["now"], clock["frozen"]) == (NOW + 86_400_000, True)


def test_settling_jumps_until_nothing_is_due() -> None:
    driven = control()
    create(driven.desk.engine, "a")
    assert told(driven, "POST", "/clock/settle")["now"] == NOW + 3_000
    assert notes(driven.desk.engine)[-1]["state"] == "done"


def test_a_world_gets_a_clock_of_its_own_with_the_first_jump() -> None:
    driven = control()
    clock = told(driven, "POST", "/worlds/tiny/test_me/clock/advance", {"by": "1h"})
    assert (clock["now"], clock["of"]) == (NOW + 3_600_000, "world")
    assert told(driven, "GET", "/worlds/tiny/test_me/clock") == clock
    assert told(driven, "GET", "/clock")["now"] == NOW


@pytest.mark.parametrize("act", ["freeze", "run", "settle"])
def test_every_act_on_a_world_is_on_its_own_clock(act: str) -> None:
    driven = control()
    assert told(driven, "POST", f"/worlds/tiny/test_me/clock/{act}")["of"] == "world"
    assert told(driven, "GET", "/clock")["of"] == "server"


def test_a_world_that_is_ahead_waits_for_the_server() -> None:
    driven = control()
    told(driven, "POST", "/worlds/tiny/test_me/clock/set", {"to": NOW + 60_000})
    problem = refused(driven, "DELETE", "/worlds/tiny/test_me/clock")
    assert (problem["status"], "1m ahead" in problem["detail"]) == (409, True)
    told(driven, "POST", "/clock/advance", {"by": "1m"})
    assert told(driven, "DELETE", "/worlds/tiny/test_me/clock")["of"] == "server"


def test_a_world_that_was_behind_catches_up() -> None:
    driven = control()
    told(driven, "POST", "/worlds/tiny/test_me/clock/freeze")
    create(driven.desk.engine, "a", "test_me")
    told(driven, "POST", "/clock/advance", {"by": "1m"})
    told(driven, "DELETE", "/worlds/tiny/test_me/clock")
    assert told(driven, "GET", "/worlds/tiny/test_me")["due"] is None


def test_the_pace_holds_where_none_of_its_own_does() -> None:
    driven = control()
    told(driven, "PUT", "/worlds/tiny/test_me/clock/pace", {"pace": 7})
    assert told(driven, "PUT", "/clock/pace", {"pace": "inf"})["pace"] == "inf"
    paces = {name: told(driven, "GET", f"/worlds/tiny/{name}/clock")["pace"] for name in ("default", "test_me")}
    assert paces == {"default": "inf", "test_me": 7}


def test_at_pace_0_the_clock_stands() -> None:
    driven = control()
    told(driven, "POST", "/clock/run")
    assert told(driven, "PUT", "/clock/pace", {"pace": 0})["frozen"]
    assert told(driven, "PUT", "/worlds/tiny/test_me/clock/pace", {"pace": 0})["of"] == "world"


@pytest.mark.parametrize("pace", [-1, "fast", None, "nan", True])
def test_a_pace_that_is_none_is_refused(pace: Json) -> None:
    assert refused(control(), "PUT", "/clock/pace", {"pace": pace})["pointer"] == "/pace"
