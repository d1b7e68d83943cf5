"""What can go wrong with a webhook's deliveries, and which of them are meant. Values only; nothing here does it.

All times are ms of the world's clock, so a fault of a delivery waits for nothing but the clock.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import Final, Literal

from mockserver.core.delivery import Delivery, Spoiling
from mockserver.core.text import Json


@dataclass(frozen=True, slots=True)
class Deliveries:
    """Which deliveries are meant; what is left out stands for any. `webhook` is a webhook's id."""

    provider: str | None = None
    events: tuple[str, ...] = ()
    webhook: str | None = None
    world: str | None = None


@dataclass(frozen=True, slots=True)
class Mishap:
    """What goes wrong with a delivery. What is None goes right.

    `delay` lets it be due so much later. `duplicate` sends so many copies more, each with retries of its own. `order`
    puts it before or behind all that the webhook is told at the same instant. `drop` never sends it. `signature` signs
    each attempt with another secret, `stale` dates it so much back, `tamper` alters the body after it was signed.
    """

    delay: int | None = None
    duplicate: int | None = None
    order: Literal["first", "last"] | None = None
    drop: Literal[True] | None = None
    signature: Literal["wrong"] | None = None
    stale: int | None = None
    tamper: Literal[True] | None = None

    def __iter__(self) -> Iterator[str]:
        """The names of what goes wrong."""
        return (each.name for each in fields(self) if getattr(self, each.name) is not None)


def clash(mishap: Mishap) -> tuple[str, str] | None:
    """What can't go wrong together: a name, and why; None if all can."""
    others = [name for name in mishap if name != "drop"]
    if mishap.drop and others:
        return others[0], f"what is dropped is never sent, so there is nothing for `{others[0]}` to change"
    return None


def together(first: Mishap, then: Mishap) -> Mishap | None:
    """Both at once; None if they can't be, or both say something of the same."""
    names = set(then)
    if not names.isdisjoint(first):
        return None
    both = replace(first, **{name: getattr(then, name) for name in names})
    return both if clash(both) is None else None


NOTHING: Final = Mishap()


def befallen(delivery: Delivery, mishap: Mishap, ids: tuple[str, ...]) -> tuple[Delivery, ...]:
    """What becomes of a delivery: itself, altered, and its copies. `ids` are the faults' that are at work."""
    spoiling = Spoiling(mishap.signature is not None, mishap.stale or 0, mishap.tamper is not None)
    due = delivery.due + (mishap.delay or 0)
    state: Json = "dropped" if mishap.drop else delivery.state
    first = replace(delivery, due=due, state=state, spoiling=spoiling, faults=(*delivery.faults, *ids))
    copies = (replace(first, id=f"{first.id}~{number}") for number in range(2, 2 + (mishap.duplicate or 0)))
    return first, *copies
