"""Worlds that are carried from store to store: what goes along, and how servers that use the store hear of it.

What belongs to the servers of a store stays there: who of them is alive, which of them makes a delivery, and the mark
by which they see that something was set.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mockserver.core.http import Reply
from mockserver.core.text import Record
from mockserver.core.world import Change, Contents, Outcome, Put, Remove, Store, View, WorldGone, WorldId
from mockserver.engine.kept import HOME, ONE, SERVER, with_keeper
from mockserver.engine.shared_kept import (
    FIRST_MARK,
    LEASE,
    MARK,
    PLACE,
    SCRIPTED,
    SCRIPTED_TOPIC,
    SERIAL,
    TOPICS,
    TURN,
    WORLDS_TOPIC,
    label,
    moved_on,
)

# A server that never was: what it would have had to deliver, those that are alive take over within a second.
NOBODY: Final = "-"
_OF_SERVERS: Final = (MARK, LEASE, SERIAL)


def packed(world: WorldId, contents: Contents) -> Contents:
    """What goes along, in an order that does not depend on the store."""
    records = {
        kind: dict(sorted(some.items()))
        for kind, some in sorted(contents.records.items())
        if some and not (world == SERVER and kind in _OF_SERVERS)
    }
    return with_keeper(Contents(records, contents.serial), NOBODY)


async def unpack(store: Store, world: WorldId, contents: Contents) -> None:
    """Let a world hold what came along. Raises StoreError."""
    if world == SERVER and await store.exists(SERVER):
        there = (await store.contents(SERVER)).records
        own = {kind: there[kind] for kind in _OF_SERVERS if kind in there}
        contents = Contents({**contents.records, **own}, contents.serial)
    await store.replace(world, contents)


async def tell(store: Store, worlds: Mapping[WorldId, Contents | None], stamp: str) -> None:
    """Let servers that share the store know of worlds that hold something else now, or are gone (None).

    Nobody else has this stamp. Raises StoreError.
    """

    def decide(view: View) -> Outcome:
        mark = view.get(MARK, ONE)
        if mark is None:  # nobody shares it
            return Outcome(Reply(204))
        changes: list[Change] = []
        topics = set(TOPICS) if SERVER in worlds else {WORLDS_TOPIC}
        for world, contents in worlds.items():
            if world == SERVER:
                continue
            if contents is not None:
                changes.append(Put(PLACE, label(world), {"said": _said(contents)}))
                continue
            changes.append(Remove(PLACE, label(world)))
            changes += [Remove(TURN, turn["id"]) for turn in view.find(TURN, "world", label(world))]
            ready = [Remove(SCRIPTED, said["id"]) for said in view.find(SCRIPTED, "world", label(world))]
            topics |= {SCRIPTED_TOPIC} if ready else set()
            changes += ready
        known = [world for world in worlds if world != SERVER]
        changes.append(Put(MARK, ONE, moved_on(mark or FIRST_MARK, topics, known, stamp)))
        changes.append(Put(LEASE, NOBODY, {"name": NOBODY, "until": 0}))
        return Outcome(Reply(204), tuple(changes))

    try:
        await store.transact(SERVER, decide, counted=False)
    except WorldGone:
        return


def _said(contents: Contents) -> Record | None:
    return contents.records.get(HOME, {}).get(ONE)
