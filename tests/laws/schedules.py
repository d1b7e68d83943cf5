"""Random schedules of what clients, operators and time do to a server; the same on every server they are played on."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from hypothesis import strategies as st

from mockserver.core.http import Reply
from mockserver.core.text import Json
from mockserver.core.world import WorldId
from mockserver.errors import VerbError
from tests.laws.playing import Play

KEYS: Final = ("", "+stranger", "main", "test_other")
WORLDS: Final = ("test_me", "test_other", "default")

LIVE: Final = ("eaw4nk06ts2d0mzb", "failsonce0000000", "slow000000000000", "offair0000000000")
FILES: Final = (
    "a1b2c3d4-e5f6-7890-abcd-ef1234567890",
    "00010000-0000-4000-8000-000000000000",
    "babe0001-0000-4000-8000-000000000000",
    "fa110001-0000-4000-8000-000000000000",
)
READS: Final = {
    "livepeer": ("/api/asset?limit=40", "/api/task?limit=40", "/api/stream?limit=40", "/api/session?limit=40"),
    "restream": ("/v2/user/clips/projects?limit=100", "/v2/user/storage/files"),
}
_CLIP: Final = "6ece2c7f-6fc5-4545-8cec-37db6a79a0e0"
_PROCESSING: Final = "a55e7000-0000-4000-8000-000000000003"
VERBS: Final[dict[str, tuple[tuple[str, Json], ...]]] = {
    "livepeer": (
        ("go-live", {"stream": "offair0000000000"}),
        ("go-idle", {"stream": "offair0000000000"}),
        ("finish-clip", {"clip": _PROCESSING}),
        ("fail-clip", {"clip": _PROCESSING, "retriable": True}),
        ("settle-clips", {"stream": "eaw4nk06ts2d0mzb", "clips": "fails-twice"}),
        ("add-asset", {"name": "an upload.mp4"}),
    ),
    "restream": (
        ("add-file", {"title": "late.mp4", "status": "Processing", "durationSeconds": 60, "readyAfter": 4_000}),
        ("finish-run", {"project": "ac710000-0000-4000-8000-00000000c11b"}),
        ("favourite-clip", {"clip": _CLIP}),
        ("use-up-quota", {"account": "quota-1"}),
        ("expire-access-token", {"key": "read-only"}),
    ),
}


class Act(NamedTuple):
    """One thing somebody does. `kind` is call, verb or read; `words` say what, by provider."""

    kind: str
    provider: str
    words: Any


class Wait(NamedTuple):
    """Time passes: on the server's clock, or on that of one world."""

    ms: int
    world: str | None = None


def _call(provider: str) -> st.SearchStrategy[Any]:
    things = LIVE if provider == "livepeer" else FILES
    return st.tuples(st.sampled_from(KEYS), st.sampled_from(things), st.integers(0, 3))


acts = st.sampled_from(("livepeer", "restream")).flatmap(
    lambda provider: st.one_of(
        st.builds(Act, st.just("call"), st.just(provider), _call(provider)),
        st.builds(Act, st.just("read"), st.just(provider), st.sampled_from(READS[provider])),
        st.builds(Act, st.just("verb"), st.just(provider), st.sampled_from(VERBS[provider])),
    )
)
jumps = st.integers(0, 400_000) | st.integers(0, 3_000) | st.just(80_000)


def play(server: Play, act: Act) -> bytes:
    """Do it; what came of it, as bytes."""
    if act.kind == "read":
        return wire(server.call("GET", act.words))
    if act.kind == "call":
        key, thing, more = act.words
        made = _clip(thing, more) if act.provider == "livepeer" else _project(thing, more)
        return wire(server.call("POST", made[0], made[1], key=key))
    verb, body = act.words
    try:
        return wire(server.do(act.provider, verb, body).reply)
    except VerbError as error:
        return str(error).encode()


def _clip(stream: str, more: int) -> tuple[str, Json]:
    start = 1_587_667_174_725 + more
    return "/api/clip", {"playbackId": stream, "startTime": start, "endTime": start + 30_000 - 40_000 * (more == 3)}


def _project(file: str, more: int) -> tuple[str, Json]:
    body: Json = {"sourceType": "VideoStorageFile", "videoStorageFileId": file}
    if more == 1:
        body["selectedTimeRange"] = {"startOffsetSeconds": 0, "endOffsetSeconds": 10}
    return "/v2/user/clips/projects", {**body, "forceReprocess": more == 2}


def wire(reply: Reply) -> bytes:
    """Status, headers and body of a reply."""
    return b"%d %r " % (reply.status, tuple(reply.headers)) + reply.body


def wait(server: Play, pause: Wait) -> None:
    if pause.world is None:
        server.wait(pause.ms)
        return
    for provider in READS:
        home = server.engine.worlds.find(WorldId(provider, pause.world))
        if home is not None:
            if home.clock is server.engine.clock:
                home = server.engine.worlds.change(home.world, clock=home.clock.fork())
            server.run(server.engine.advance(pause.ms, home.clock))


def state(server: Play) -> Json:
    """Everything that can be seen of a server: its worlds, its journal but for how long things took, its notices."""
    worlds = sorted(server.run(server.engine.store.worlds()))
    journal = [entry._replace(microseconds=0, serial=0) for entry in server.engine.journal.since(0)]
    return {
        "worlds": {world: server.run(server.engine.store.contents(world)) for world in worlds},
        "now": {home.world: home.clock.now() for home in server.engine.worlds.homes()},
        "journal": journal,
        "told": {world: [notice for whose, notice in server.told if whose == world] for world in worlds},
    }
