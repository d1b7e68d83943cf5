"""Verbs: what happens to a world without a call of its API, checked and committed like one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockserver.core.provider import Moment, Verb
from mockserver.core.text import Json
from mockserver.core.world import Outcome, Put, StoreError, View, WorldId
from mockserver.engine.blunder import raised
from mockserver.engine.credentials import credentials, leads_elsewhere
from mockserver.engine.lifecycle import heard
from mockserver.engine.problems import Problem, problems, read_reason
from mockserver.errors import VerbError, VerbMissing, WorldMissing, unknown

if TYPE_CHECKING:
    from mockserver.engine.engine import Engine
    from mockserver.engine.worlds import Home


async def do(engine: Engine, world: WorldId, name: str, body: Json) -> Outcome:
    """Do a verb at the world's now, after what was due before; then what is due at once.

    Raises WorldMissing, VerbMissing, VerbError with every problem of the body, StoreError or Blunder.
    """
    home = engine.worlds.find(world)
    if home is None:
        known = [home.world.name for home in engine.worlds.homes() if home.world.provider == world.provider]
        raise WorldMissing(unknown(f"{world.provider} world", world.name, known))
    there = engine.services[world.provider].provider.verbs
    if name not in there:
        raise VerbMissing(unknown(f"verb of {world.provider}", name, there))
    verb = there[name]
    found = problems(verb.schema, body)
    if found:
        raise _refused(name, found)
    now = home.clock.now()
    deed = _Deed(engine, home, verb, body, now)
    while True:
        await engine.catch_up(home, now)
        try:
            outcome = await engine.store.transact(world, deed.decide)
            break
        except _Unasked:
            await deed.ask()
        except ValueError as error:
            raise _refused(name, [read_reason(error)]) from error
        except StoreError:
            raise
        except Exception as error:
            raise raised(f"the verb {name}", error) from error
    await engine.tell(home, outcome)
    await engine.catch_up(home, now)
    return outcome


class _Unasked(Exception):
    """Nobody has asked yet whether another world has one of the keys this would make."""


class _Deed:
    """A verb decided. `asked` are the keys that may lead to this world."""

    def __init__(self, engine: Engine, home: Home, verb: Verb, body: Json, now: int) -> None:
        self.engine = engine
        self.home = home
        self.verb = verb
        self.body = body
        self.now = now
        self.asked: set[tuple[str, str, str]] = set()
        self.open: set[tuple[str, str, str]] = set()

    def decide(self, view: View) -> Outcome:
        home = self.home
        chance = home.chance.child("verb", self.verb.name, view.serial)
        origin = self.engine.worlds.origin
        moment = Moment(self.now, chance, home.readings, home.pace, origin, home.world.name)
        outcome = self.verb.act(view, self.body, moment)
        kinds = self.engine.services[home.world.provider].provider.kinds
        records = ((change.kind, change.record) for change in outcome.changes if isinstance(change, Put))
        self.open = set(credentials(kinds, records)) - self.asked
        if self.open:
            raise _Unasked
        return heard(self.engine.services[home.world.provider].provider, view, outcome, moment, home.keeper)

    async def ask(self) -> None:
        """Raises VerbError for a key that leads to another world."""
        world = self.home.world
        for place in sorted(self.open):
            kind, index, key = place
            owner = await self.engine.store.whose(world.provider, kind, index, key)
            elsewhere = leads_elsewhere(world, key, owner)
            if elsewhere is not None:
                raise _refused(self.verb.name, [Problem(self._place(key), elsewhere)])
            self.asked.add(place)

    def _place(self, key: str) -> str:
        return next((f"/{name}" for name, value in self.body.items() if value == key), "")


def _refused(verb: str, found: list[Problem]) -> VerbError:
    lines = (f"{problem.pointer or '/'}: {problem.reason}" for problem in found)
    return VerbError(f"{verb} can't be done:\n" + "\n".join(lines), found)
