"""What a rule about state may know of traffic: exchanges in order, by whose account, and which came after which.

A verdict needs evidence that is certain: without a time, order is that of the recording; calls that overlap have none.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from typing import Final, Generic, Protocol, TypeVar

from mockserver.conformance.finding import Finding, Level, Step
from mockserver.conformance.traffic.exchange import Exchange, is_loopback, is_stood_in
from mockserver.conformance.traffic.judging import Judged
from mockserver.conformance.traffic.tally import Tally
from mockserver.core.contract import Operation
from mockserver.core.http import Reply
from mockserver.core.text import Json

V = TypeVar("V")

# Whose state is remembered: the latest so many of each rule. What is forgotten can't be judged, and no more.
_MOST_REMEMBERED: Final = 1_000
_LONGEST_KEPT: Final = 2_048


class Memory(OrderedDict[tuple[str, ...], V], Generic[V]):
    """A mapping that forgets what it has not been told of for longest."""

    def put(self, key: tuple[str, ...], value: V) -> None:
        self[key] = value
        self.move_to_end(key)
        if len(self) > _MOST_REMEMBERED:
            self.popitem(last=False)


@dataclass(frozen=True)
class Seen:
    """An exchange as a rule about state looks at it. `account` tells accounts apart, and nothing of their keys.

    A rule remembers the `record` of it: without its value, and without bodies that are long.
    """

    exchange: Exchange
    operation: Operation
    path: dict[str, str]
    body: Json
    account: str

    @property
    def status(self) -> int:
        return self.exchange.reply.status

    @property
    def value(self) -> Json:
        return self.exchange.reply.value

    @cached_property
    def record(self) -> Seen:
        reply, request = self.exchange.reply, self.exchange.request
        reply = Reply(reply.status, reply.headers, reply.body if len(reply.body) <= _LONGEST_KEPT else b"")
        if len(request.body) > _LONGEST_KEPT:
            request = replace(request, body=b"")
        return Seen(replace(self.exchange, request=request, reply=reply), self.operation, self.path, None, self.account)

    def came_after(self, other: Seen) -> bool:
        """Whether the other's reply was there when this was asked."""
        at, until = self.exchange.at, other.exchange.until
        if at is None:
            return True
        if until is None:
            return other.exchange.at is None or other.exchange.at <= at
        return until <= at


@dataclass(frozen=True, slots=True)
class Contradiction:
    """What exchanges show together; the last of `seen` is where it shows. `always` says that no reset explains it."""

    rule: str
    title: str
    evidence: str
    seen: tuple[Seen, ...]
    document: str
    about: str = ""
    must: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    level: Level = "error"
    always: bool = False


class StateRule(Protocol):
    """Sees every exchange of one run in order, and says what contradicts what it saw before."""

    def see(self, seen: Seen) -> Iterable[Contradiction]: ...


class History:
    """One run of traffic, shown to every rule about state."""

    def __init__(self, rules: Iterable[StateRule], tally: Tally) -> None:
        self._rules = tuple(rules)
        self._tally = tally

    def add(self, judged: Judged) -> None:
        """Look at the next exchange."""
        seen = _seen(judged)
        if seen is None:
            return
        for rule in self._rules:
            for found in rule.see(seen):
                self._tally.say(self._finding(found), judged.exchange)

    def _finding(self, found: Contradiction) -> Finding:
        last = found.seen[-1]
        notes = (*found.notes, *[""] * len(found.seen))
        steps: Iterator[Step] = (
            self._tally.step(seen.exchange, note) for seen, note in zip(found.seen, notes, strict=False)
        )
        evidence, level = found.evidence, found.level
        if level == "error" and not found.always and _is_local(last.exchange):
            level = "warning"
            evidence += "\nOn this machine a test may have reset the account in between, so this fails nothing."
        return Finding(
            found.rule,
            "server",
            found.title,
            evidence,
            operation=last.operation.id,
            level=level,
            steps=tuple(steps),
            must=found.must,
            document=found.document,
            about=found.about,
        )


def _seen(judged: Judged) -> Seen | None:
    """None for what shows nothing of an account's state: spoilt, made up, or nobody knows whose it is."""
    exchange, match, payload = judged.exchange, judged.match, judged.payload
    if match is None or payload is None or exchange.spoilt or not exchange.whole[1]:
        return None
    if exchange.request.header("prefer") is not None:  # the fake was asked for a reply from the document
        return None
    account = _account(exchange)
    if account is None:
        return None
    return Seen(exchange, match.operation, dict(match.path), payload.value, account)


def _account(exchange: Exchange) -> str | None:
    """What tells one account from another; None where two could look alike."""
    if exchange.world is not None:
        return exchange.world
    said = exchange.request.header("authorization")
    shown = (said or "").rpartition(" ")[2]
    if shown and not is_stood_in(shown):
        return sha256(shown.encode("utf-8", "surrogateescape")).hexdigest()
    # Ids of a real server are nobody else's; those of fakes come again in each account.
    return None if _is_local(exchange) else ""


def _is_local(exchange: Exchange) -> bool:
    host = exchange.host
    return exchange.ours or (host is not None and is_loopback(host))
