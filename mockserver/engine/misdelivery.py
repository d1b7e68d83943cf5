"""Lets faults befall deliveries: on their way from what happened into the outbox, each in its turn."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from mockserver.core.delivery import Delivery
from mockserver.core.mishap import NOTHING, Deliveries, befallen, together
from mockserver.core.world import WorldId
from mockserver.engine.faults import Faults

_RANKS: Final = {"first": -1, None: 0, "last": 1}


def misdelivered(
    faults: Faults, world: WorldId, deliveries: Iterable[Delivery]
) -> tuple[tuple[Delivery, ...], list[str]]:
    """Deliveries of one instant after what befell them, in the order they go out; and what befell them, by its names.

    Faults that can't befall one together with an earlier one stand back, and are not used.
    """
    ranked: list[tuple[int, Delivery]] = []
    names: list[str] = []
    for delivery in deliveries:
        mishap, ids = NOTHING, []
        for counted in faults.of_deliveries():
            about, wanted = counted.fault.deliveries, counted.fault.mishap
            if about is None or wanted is None or not _is_meant(about, world, delivery):
                continue
            if counted.meet(world) is None:
                continue
            both = together(mishap, wanted)
            if both is not None:
                counted.used += 1
                mishap = both
                ids.append(counted.id)
        names += [f"deliveries.{name}" for name in mishap]
        ranked += [(_RANKS[mishap.order], each) for each in befallen(delivery, mishap, tuple(ids))]
    return tuple(delivery for _, delivery in sorted(ranked, key=lambda each: each[0])), names


def _is_meant(about: Deliveries, world: WorldId, delivery: Delivery) -> bool:
    return (
        about.provider in (None, world.provider)
        and about.world in (None, world.name)
        and about.webhook in (None, delivery.webhook)
        and (not about.events or delivery.event in about.events)
    )
