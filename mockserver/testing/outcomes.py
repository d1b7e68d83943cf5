"""The documented outcomes of an operation, as requests a test sends into its own world."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from mockserver.contract.document import effective
from mockserver.core.text import Json
from mockserver.engine.cards import Card, cards
from mockserver.errors import UsageError, unknown
from mockserver.providers import registry

# The key the documented cases are written for.
_WRITTEN = "test_me"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What to send to get a documented success or failure, and the status that comes back.

    `url` is whole. `body` is the text to send, None for none. `key` is the credential, "" for none.
    """

    provider: str
    name: str
    about: str
    operation: str
    method: str
    url: str
    key: str
    headers: dict[str, str]
    body: str | None
    status: int
    says: str | None

    @property
    def json(self) -> Json:
        """The body as a value; None when there is none or it is no JSON."""
        try:
            return None if self.body is None else json.loads(self.body)
        except ValueError:
            return None


def of_operations(names: tuple[str, ...]) -> Iterator[Card]:
    """The cases of these operations. Raises UsageError with the nearest name of an operation."""
    there = known()
    for name in names:
        found = [card for card in there if card.operation.id == name]
        if not found:
            raise UsageError(unknown("operation with outcomes", name, {card.operation.id for card in there}))
        yield from found


def outcome_of(card: Card, origin: str, key: str) -> Outcome:
    """A case in the world of a key."""

    def mine(text: str) -> str:
        return text.replace(_WRITTEN, key)

    shown = mine(card.key)
    headers = {"Authorization": f"Bearer {shown}"} if shown else {}
    if card.body is not None:
        headers["Content-Type"] = card.media
    for name, value in card.headers.items():
        headers.pop(name, None)
        if value is not None:
            headers[name] = mine(value)
    return Outcome(
        card.provider,
        card.name,
        card.about,
        card.operation.id,
        card.operation.method,
        origin + mine(card.path),
        shown,
        headers,
        None if card.body is None else mine(card.body),
        card.status,
        card.says,
    )


@cache
def known() -> tuple[Card, ...]:
    """Every documented case of every provider."""
    providers = registry.find(registry.names())
    return tuple(cards({provider.name: effective(provider.name, provider.specs).value for provider in providers}))
