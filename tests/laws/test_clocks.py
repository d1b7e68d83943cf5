"""The law of the clock, on both real providers: however time is cut into pieces, the same happens when it is due."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.core.text import Json
from mockserver.core.world import WorldId
from tests.laws.playing import NOW, Play, run
from tests.laws.schedules import LIVE, WORLDS, Act, Wait, acts, jumps, play, state, wait

pauses = st.builds(Wait, jumps, st.none() | st.sampled_from(WORLDS))
schedules = st.lists(acts | pauses, max_size=14)


def played(schedule: Sequence[Act | Wait], pieces: int) -> tuple[list[bytes], Json]:
    """What a server answers, and what is left, when each pause is cut into so many pieces."""
    server = Play()
    answers: list[bytes] = []
    for each in schedule:
        if isinstance(each, Wait):
            for piece in range(pieces):
                done, until = each.ms * piece // pieces, each.ms * (piece + 1) // pieces
                wait(server, Wait(until - done, each.world))
        else:
            answers.append(play(server, each))
    return answers, state(server)


@settings(max_examples=25)
@given(schedules, st.integers(2, 9))
def test_one_big_jump_and_many_small_ones_leave_the_same(schedule: list[Act | Wait], pieces: int) -> None:
    assert played(schedule, pieces) == played(schedule, 1)


@settings(max_examples=25)
@given(schedules)
def test_nothing_goes_back_in_time(schedule: list[Act | Wait]) -> None:
    server = Play()
    seen: dict[WorldId, int] = {}
    for each in schedule:
        if isinstance(each, Wait):
            wait(server, each)
        else:
            play(server, each)
        for home in server.engine.worlds.homes():
            assert home.clock.now() >= seen.get(home.world, NOW)
            seen[home.world] = home.clock.now()
    for world, now in seen.items():
        told = [notice.at for whose, notice in server.told if whose == world]
        assert told == sorted(told)
        assert not told or told[-1] <= now


@settings(max_examples=20)
@given(st.lists(acts, min_size=1, max_size=6), st.lists(st.tuples(jumps, st.floats(0.25, 200))))
def test_nothing_goes_back_when_the_pace_changes_on_the_way(before: list[Act], paces: list[tuple[int, float]]) -> None:
    server = Play()
    for act in before:
        play(server, act)
    for ms, pace in paces:
        for home in server.engine.worlds.homes():
            server.engine.worlds.change(home.world, pace=pace)
        server.wait(ms)
    for world in {world for world, _ in server.told}:
        told = [notice.at for whose, notice in server.told if whose == world]
        assert told == sorted(told)


@settings(max_examples=15)
@given(st.lists(acts, max_size=6), jumps, jumps)
def test_a_world_with_a_clock_of_its_own_is_not_moved_by_the_servers(before: list[Act], own: int, servers: int) -> None:
    server = Play()
    for act in before:
        play(server, act)
    wait(server, Wait(own, "test_me"))
    mine = [home for home in server.engine.worlds.homes() if home.world.name == "test_me"]
    kept = [(home.clock.now(), run(server.engine.store.contents(home.world))) for home in mine]
    server.wait(servers)
    assert [(home.clock.now(), run(server.engine.store.contents(home.world))) for home in mine] == kept
    assert all(home.clock.now() == NOW + own for home in mine)
    assert server.engine.clock.now() == NOW + servers


def test_a_worlds_clock_freezes_runs_and_jumps_by_itself() -> None:
    instants = iter(range(NOW, NOW + 10**9, 1_000))
    server = Play(pace=1.0, at=None)
    server.call("GET", "/api/stream")
    world = WorldId("livepeer", "test_me")
    clock = type(server.engine.clock)(lambda: next(instants))
    server.engine.worlds.change(world, clock=clock)
    clock.freeze()
    stood = clock.now()
    assert clock.now() == stood
    run(server.engine.advance(60_000, clock))
    assert clock.now() == stood + 60_000
    clock.run()
    assert clock.now() > stood + 60_000
    clock.set(clock.now() + 3_600_000)
    assert clock.now() > stood + 3_660_000
    assert server.engine.clock.now() == NOW


def test_settling_one_world_leaves_the_others_alone() -> None:
    server = Play()
    clip = {"playbackId": "eaw4nk06ts2d0mzb", "startTime": 1_587_667_174_725, "endTime": 1_587_667_204_725}
    made = [server.call("POST", "/api/clip", clip, key=key).value["asset"]["id"] for key in ("", "test_other")]
    home = server.engine.worlds.find(WorldId("livepeer", "test_me"))
    assert home is not None
    home = server.engine.worlds.change(home.world, clock=home.clock.fork())
    assert run(server.engine.settle(home.clock)) == NOW + 80_000
    phases = [
        server.value(f"/api/asset/{asset}", key=key)["status"]["phase"]
        for asset, key in zip(made, ("", "test_other"), strict=True)
    ]
    assert phases == ["ready", "waiting"]


def test_steps_of_several_clips_are_told_in_the_order_of_their_instants() -> None:
    server = Play()
    for _ in range(2):
        play(server, Act("call", "livepeer", ("", LIVE[0], 0)))
    wait(server, Wait(15_000, None))
    told = [notice.at for _, notice in server.told]
    assert told == sorted(told) and len(set(told)) > 2
