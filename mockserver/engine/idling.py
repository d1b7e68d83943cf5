"""Waiting for several servers on one store: until all of them have nothing to do, or what is under way is over.

That each was idle when it was asked does not say that all were at once: what one still did may have given another, that
was asked before, something to do. So they are asked twice, and have to have begun nothing in between.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from mockserver.core.peers import Silent
from mockserver.core.text import Json, Record
from mockserver.engine.claims import claim_all

if TYPE_CHECKING:
    from mockserver.engine.engine import Engine

# A question is not left open for longer: it is asked again.
MOST_SECONDS: Final = 1.0


async def idle_everywhere(engine: Engine) -> None:
    """Returns when nothing is due any more on any server, and no attempt under way. Raises Silent, and StoreError."""
    if engine.sharing is None:
        await engine.idle()
        return
    await claim_all(engine)
    before: dict[str, int] | None = None
    while True:
        await engine.idle()
        told = [*await engine.peers.ask({"ask": "idle"}), {"name": engine.sharing.name, "said": await idle(engine, {})}]
        begun = {one["name"]: one["said"]["begun"] for one in told}
        is_idle = all(one["said"]["idle"] for one in told)
        if is_idle and begun == before:
            return
        before = begun if is_idle else None


async def idle(engine: Engine, asked: Record) -> Json:
    """Whether we are idle, or come to be it soon; and how many attempts were begun here so far."""
    return {"idle": await engine.ports.idle(MOST_SECONDS), "begun": engine.outbox.begun}


async def landed_everywhere(engine: Engine) -> None:
    """Returns when the attempts that are under way on any server are over, or have taken too long to wait for."""
    await engine.ports.landed()
    if engine.sharing is not None:
        with suppress(Silent):
            await engine.peers.ask({"ask": "landed"})


async def landed(engine: Engine, asked: Record) -> Json:
    """The same for this server."""
    await engine.ports.landed()
