"""Worlds that other servers on the same store have made: one is looked up when somebody names it, or all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockserver.core.world import Store, WorldGone, WorldId
from mockserver.engine.keeping import home_record

if TYPE_CHECKING:
    from mockserver.engine.homes import Home
    from mockserver.engine.worlds import Worlds


async def look(worlds: Worlds, store: Store, world: WorldId) -> Home | None:
    """The home of a world that another server may have made; None if it is not there."""
    home = worlds.find(world)
    if home is not None or not worlds.keeper or world.provider not in worlds.terms.readings:
        return home
    try:
        worlds.follow(world, await home_record(store, world))
    except WorldGone:
        return None
    return worlds.find(world)


async def find_new(worlds: Worlds, store: Store) -> None:
    """Know every world there is."""
    for world in await store.worlds():
        await look(worlds, store, world)


async def find_all(worlds: Worlds, store: Store) -> None:
    """Know every world there is as it is, and no other."""
    there = [world for world in await store.worlds() if world.provider in worlds.terms.readings]
    for world in {*(home.world for home in worlds.homes()), *there}:
        try:
            worlds.follow(world, await home_record(store, world))
        except WorldGone:
            worlds.lose(world)
