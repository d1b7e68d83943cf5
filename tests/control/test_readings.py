from __future__ import annotations

from mockserver.control.control import Control
from mockserver.server.assemble import build_engine
from mockserver.settings import Settings
from tests.control.asking import control, refused, told

PATH = "/worlds/restream/test_me/readings"


def restream(**readings: str) -> Control:
    chosen = {f"restream.{name.replace('_', '-')}": option for name, option in readings.items()}
    return control(build_engine(Settings(providers=("restream",), readings=chosen)))


def test_readings_tell_what_the_server_chose() -> None:
    readings = told(restream(usage_limit="402"), "GET", "/readings")["readings"]
    (limit,) = [each for each in readings if each["reading"] == "restream.usage-limit"]
    assert (limit["default"], limit["chosen"], sorted(limit["options"])) == ("403", "402", ["402", "403", "429"])


def test_a_world_may_read_otherwise_under_either_name() -> None:
    driven = restream()
    for name in ("usage-limit", "restream.usage-limit"):
        changed = told(driven, "PATCH", PATH, {name: "429"})["readings"]
        assert changed["restream.usage-limit"] == "429"
        assert told(driven, "GET", PATH)["readings"] == changed


def test_a_world_tells_where_it_reads_otherwise() -> None:
    driven = restream()
    told(driven, "PATCH", PATH, {"usage-limit": "429"})
    assert told(driven, "GET", "/worlds/restream/test_me")["readings"] == {"restream.usage-limit": "429"}


def test_null_gives_back_what_the_server_reads() -> None:
    driven = restream(usage_limit="402")
    told(driven, "PATCH", PATH, {"usage-limit": "429"})
    assert told(driven, "PATCH", PATH, {"usage-limit": None})["readings"]["restream.usage-limit"] == "402"


def test_what_is_not_known_is_refused_whole_with_the_nearest() -> None:
    driven = restream()
    told(driven, "PATCH", PATH, {"usage-limit": "403"})
    problem = refused(driven, "PATCH", PATH, {"usage-limit": "429", "usage-limt": "402"})
    assert (problem["status"], problem["pointer"]) == (422, "/usage-limt")
    assert 'did you mean "restream.usage-limit"' in problem["detail"]
    assert told(driven, "GET", PATH)["readings"]["restream.usage-limit"] == "403"
    assert refused(driven, "PATCH", PATH, {"usage-limit": "418"})["pointer"] == "/usage-limit"
    assert refused(driven, "PATCH", PATH, {"nothing": None})["pointer"] == "/nothing"


def test_the_next_call_of_the_world_is_read_so() -> None:
    driven = restream()
    told(driven, "PATCH", PATH, {"usage-limit": "429"})
    homes = {home.world.name: home.readings["usage-limit"] for home in driven.desk.engine.worlds.homes()}
    assert homes == {"default": "403", "test_me": "429"}
