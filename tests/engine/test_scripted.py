from __future__ import annotations

from mockserver.core.http import Headers, Reply, Request
from mockserver.core.world import WorldId
from mockserver.engine.engine import Engine
from tests.benchmarks.worlds import run, served

WORLD = WorldId("livepeer", "test_me")
LIST = Request("GET", "/api/asset", headers=Headers.of([("Authorization", "Bearer test_me")]))
READY = Reply.json(418, {"un": "documented"})


def engine() -> Engine:
    return served()


def test_the_next_call_of_an_operation_gets_what_lies_ready_and_the_one_after_does_not() -> None:
    fake = engine()
    fake.scripted.add(WORLD, "getAssets", READY)
    assert run(fake.respond(LIST)).value == {"un": "documented"}
    assert run(fake.respond(LIST)).status == 200
    assert [entry.fault for entry in fake.journal.since(0)] == ["next-reply", None]
    assert fake.scripted.any is False


def test_replies_stand_in_line_for_one_world_and_one_operation() -> None:
    fake = engine()
    fake.scripted.add(WORLD, "getAssets", READY)
    fake.scripted.add(WORLD, "getAssets", Reply.json(419, {}))
    fake.scripted.add(WORLD, "createClip", READY)
    fake.scripted.add(WorldId("livepeer", "test_you"), "getAssets", READY)
    assert [run(fake.respond(LIST)).status for _ in range(3)] == [418, 419, 200]


def test_what_lies_ready_is_taken_back_for_an_operation_or_a_world() -> None:
    fake = engine()
    for name in ("getAssets", "createClip"):
        fake.scripted.add(WORLD, name, READY)
    fake.scripted.forget(WORLD, "createClip")
    assert fake.scripted.any
    fake.scripted.forget(WORLD)
    assert not fake.scripted.any
    assert run(fake.respond(LIST)).status == 200


def test_a_world_that_is_dropped_takes_its_replies_along() -> None:
    fake = engine()
    run(fake.respond(LIST))
    fake.scripted.add(WORLD, "getAssets", READY)
    run(fake.worlds.drop(WORLD))
    assert run(fake.respond(LIST)).status == 200


def test_a_look_is_on_no_record_and_past_what_lies_ready() -> None:
    fake = engine()
    fake.scripted.add(WORLD, "getAssets", READY)
    assert run(fake.look(LIST)).status == 200
    assert (len(fake.journal), fake.scripted.any) == (0, True)
