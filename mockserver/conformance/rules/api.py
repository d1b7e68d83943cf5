"""What the shared rules have to be told of a provider. Its facts are values of this, one module a provider."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from mockserver.conformance.rules.asking import Answer
from mockserver.conformance.rules.collection import Collection
from mockserver.conformance.session import Session
from mockserver.core.http import Request
from mockserver.core.text import Json


@dataclass(frozen=True, slots=True)
class Attempt:
    """A call that has to be refused, and why, as a clause: `its range is too short`."""

    why: str
    request: Request


@dataclass(frozen=True, slots=True)
class Keeping:
    """What of a collection no refused call may change: the JSON Pointers of its items, where `settled` holds."""

    collection: Collection
    pointers: tuple[str, ...]
    settled: Callable[[Json], bool] = lambda item: True


@dataclass(frozen=True, slots=True)
class Api:
    """A provider as the shared rules know it.

    `error_flaw` says what is wrong with the body of a refusal, as a clause, or None, and `error_claim` is what holds of
    `replies[0]` when nothing is. `mount` is the path below which
    such bodies answer unknown paths too, None when that isn't known. `attempts` gives calls that have to be refused,
    and `keeping` what these mustn't change. `roles` gives the keys a fake has beside one, by what they are; `other`
    among them is a second account's. `walked` are the arguments to walk lists with.
    """

    provider: str
    collections: tuple[Collection, ...]
    error_flaw: Callable[[Answer], str | None]
    mount: str | None
    attempts: Callable[[Session], Iterable[Attempt]]
    keeping: tuple[Keeping, ...]
    roles: Callable[[str], Mapping[str, str]]
    error_claim: str
    walked: tuple[str, ...] = ("",)
