"""Every store side by side under the same calls: equal replies, equal worlds, equal notices, equal deliveries.

The servers on the stores that last are ended and killed between the calls; the one in memory never is. A long run, of
as many examples as one has time for, restarts Redis too: `AGREEMENT=500 pytest tests/stores/test_agreement.py`.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from mockserver.core.delivery import Answered, Sending
from mockserver.core.text import Json
from mockserver.core.world import WorldId
from mockserver.engine import custody
from mockserver.engine.kept import HOME
from mockserver.errors import WorldError
from tests.laws.playing import Play
from tests.laws.schedules import Act, Wait, acts, jumps, play, wait, wire
from tests.stores.making import run
from tests.stores.running import RedisServer, redis_server

LONG: Final = int(os.environ.get("AGREEMENT", 0))
WORLDS: Final = [WorldId(provider, name) for provider in ("livepeer", "restream") for name in ("test_me", "test_other")]
HOOK: Final = {
    "name": "told",
    "url": "http://hooks.test/",
    "events": ["asset.ready", "asset.created", "task.completed", "task.failed"],
    "sharedSecret": "hush",
}
PACES: Final = st.sampled_from([1.0, 60.0, 600.0])


async def takes_some(sending: Sending) -> Answered:
    """A receiver that answers by what it is told: each sixteenth body is too much for it."""
    return Answered(500, "Oops", body=b"\xff") if sum(sending.body) % 16 == 0 else Answered(200, "OK")


class Served:
    """A server on a store; begun anew, it goes on with what the store holds."""

    def __init__(self, store: str) -> None:
        self.store = store
        self.told: list[Any] = []
        self.play = self._begun()

    def _begun(self) -> Play:
        begun = Play(run=run, send=takes_some, store=self.store)
        begun.told = self.told
        return begun

    def again(self, *, killed: bool) -> None:
        if self.store == "memory:":
            return
        if not killed:
            run(self.play.engine.store.close())
        self.play = self._begun()

    def state(self) -> Json:
        """All that is in its worlds but what holds there, which is told apart; and what was told of it."""
        engine = self.play.engine
        homes = sorted(engine.worlds.homes(), key=lambda home: home.world)
        worlds = {}
        for home in homes:
            held = run(engine.store.contents(home.world))
            records = {kind: some for kind, some in held.records.items() if kind != HOME and some}
            worlds[home.world] = records, held.serial
        return {
            "worlds": worlds,
            "homes": [(home.world, home.clock.now(), home.clock.frozen, home.pace, home.readings) for home in homes],
            "waiting": {home.world: engine.outbox.of(home.world) for home in homes},
            "snapshots": [[each.name for each in run(engine.snapshots.of(world))] for world in WORLDS],
            "told": {home.world: [notice for whose, notice in self.told if whose == home.world] for home in homes},
        }


class Agreement(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self._open = ExitStack()
        folder = self._open.enter_context(tempfile.TemporaryDirectory())
        self.redis: RedisServer = self._open.enter_context(redis_server())
        stores = ("memory:", f"sqlite:{Path(folder, 'worlds.db')}", self.redis.url)
        self.servers = [Served(store) for store in stores]

    def agreed(self, do: Callable[[Play], Json]) -> Json:
        """What comes of it, which is the same everywhere."""
        memory, *others = (do(server.play) for server in self.servers)
        for other in others:
            assert other == memory
        return memory

    @initialize()
    def listen(self) -> None:
        for key in ("", "test_other"):
            self.agreed(lambda server, key=key: wire(server.call("POST", "/api/webhook", HOOK, key=key)))  # type: ignore[misc]

    @rule(act=acts)
    def act(self, act: Act) -> None:
        self.agreed(lambda server: play(server, act))

    @rule(ms=jumps, world=st.none() | st.sampled_from(["test_me", "test_other", "default"]))
    def wait(self, ms: int, world: str | None) -> None:
        self.agreed(lambda server: wait(server, Wait(ms, world)))

    @rule(world=st.sampled_from(WORLDS), name=st.sampled_from("ab"))
    def remember(self, world: WorldId, name: str) -> None:
        self.agreed(lambda server: tried(custody.snapshot(server.engine, world, name)))

    @rule(world=st.sampled_from(WORLDS), name=st.sampled_from("ab"))
    def put_back(self, world: WorldId, name: str) -> None:
        self.agreed(lambda server: tried(custody.restore(server.engine, world, name)))

    @rule(world=st.sampled_from(WORLDS), what=st.sampled_from([custody.reset, custody.drop]))
    def care(self, world: WorldId, what: Any) -> None:
        self.agreed(lambda server: tried(what(server.engine, world)))

    @rule(world=st.sampled_from(WORLDS), pace=PACES)
    def hurry(self, world: WorldId, pace: float) -> None:
        def change(server: Play) -> bool:
            there = server.engine.worlds.find(world)
            if there is not None:
                server.engine.worlds.change(world, pace=pace)
                run(server.engine.keep())
            return there is not None

        self.agreed(change)

    @rule(killed=st.booleans())
    def begin_again(self, killed: bool) -> None:
        for server in self.servers:
            server.again(killed=killed)

    @precondition(lambda self: LONG > 0)
    @rule()
    def restart_redis(self) -> None:
        self.redis.kill()
        self.redis.start()

    def teardown(self) -> None:
        try:
            memory, *others = (server.state() for server in self.servers)
            for other in others:
                for part, value in memory.items():
                    assert other[part] == value
        finally:
            for server in self.servers:
                run(server.play.engine.store.close())
            self._open.close()


def tried(work: Any) -> str:
    """What a deed comes to, in a word."""
    try:
        run(work)
    except WorldError as error:
        return f"{type(error).__name__}: {error}"
    return "done"


TestAgreement = Agreement.TestCase
TestAgreement.settings = settings(
    max_examples=LONG or 8,
    stateful_step_count=50 if LONG else 25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
