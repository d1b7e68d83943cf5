"""Replays one run of recorded exchanges against a fresh server, with its clock at each recorded instant.

A recording shows what went over HTTP. What happened beside it (a result from the queue) is a declared interlude. The
recorder also set clips back by five minutes, which shows where the record says 200 and we would still say 403.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from mockserver.core.http import Reply, Request
from mockserver.core.provider import Moment
from mockserver.core.text import Json
from mockserver.core.world import Outcome, Put, View
from mockserver.providers.livepeer.kinds import BUSY
from tests.golden.exchanges import Exchange
from tests.golden.matching import TIMES, Difference, Names, differences

# The limit looks back five minutes.
AGEING: Final = 300_001
LIMIT_TEXT: Final = "Too many clips are being processed."


Change = Callable[[View, Moment], Outcome]


class Target(Protocol):
    """A server to replay against, its time in our hands."""

    origin: str

    def send(self, request: Request) -> Reply: ...

    def now(self) -> int: ...

    def move_to(self, instant: int) -> None:
        """Set the clock forward; what falls due on the way happens. An instant that is over changes nothing."""

    def play(self, change: Change) -> None:
        """Change Livepeer's start world beside HTTP, as the provider's own programs do."""


@dataclass(slots=True)
class Run:
    """One replay under way: the server, what the recording's ids are called in it, and where it differed."""

    target: Target
    names: Names
    found: list[Difference] = field(default_factory=list)
    aged: list[int] = field(default_factory=list)

    def ask(self, exchange: Exchange) -> Reply:
        """Send a recorded request with our ids in place of the recorded ones."""
        request = exchange.request(self.target.origin)
        translate = self.names.translate
        headers = type(request.headers).of((name, translate(value)) for name, value in request.headers)
        # As characters of one byte each: ids are ASCII, and any other byte stays what it is.
        body = translate(request.body.decode("latin-1")).encode("latin-1")
        path, query = translate(request.path), translate(request.query)
        return self.target.send(Request(request.method, path, query, headers, body, origin=self.target.origin))


@dataclass(frozen=True, slots=True)
class Interlude:
    """What happened beside the recorded exchanges, done before exchange `before`.

    It is done earlier if a reply shows the instant `at` (recorded ms) earlier. `unless` are the exchanges that did it,
    where a recording holds them: then there is nothing to stand in for.
    """

    before: int
    at: int
    because: str
    do: Callable[[Run], None]
    unless: frozenset[int] = frozenset()


def replay(exchanges: Sequence[Exchange], target: Target, names: Names, interludes: Iterable[Interlude] = ()) -> Run:
    """Replay one group in order and say where it differs."""
    run = Run(target, names)
    present = {exchange.n for exchange in exchanges}
    waiting = sorted((one for one in interludes if not one.unless & present), key=lambda one: one.before)
    for exchange, instant in zip(exchanges, instants(exchanges, target.now()), strict=True):
        while waiting and (waiting[0].before <= exchange.n or waiting[0].at <= instant):
            interlude = waiting.pop(0)
            target.move_to(interlude.at)
            interlude.do(run)
        target.move_to(instant)
        ours = run.ask(exchange)
        if _aged_away(exchange, ours):
            target.play(age)
            run.aged.append(exchange.n)
            ours = run.ask(exchange)
        run.found += differences(exchange.n, exchange.reply, ours, names, exchange.by_shape)
    return run


def age(view: View, moment: Moment) -> Outcome:
    """Set every clip in progress back, as the recorder did."""
    changes = []
    for user in view.find("user", "all", ""):
        for task in view.find("task", "owner", user["id"]):
            if task["doc"]["status"]["phase"] in BUSY:
                doc = {**task["doc"], "scheduledAt": task["doc"]["scheduledAt"] - AGEING}
                changes.append(Put("task", doc["id"], {**task, "doc": doc}))
    return Outcome(Reply(204), tuple(changes))


def _aged_away(exchange: Exchange, ours: Reply) -> bool:
    """Whether the record got through where we hold a limit: a refused call changes nothing, so it can be sent again."""
    return exchange.reply.status == 200 and ours.status == 403 and LIMIT_TEXT.encode() in ours.body


def instants(exchanges: Sequence[Exchange], began: int) -> Iterator[int]:
    """When (recorded ms) each exchange of a run took place: the newest time its reply shows, never going back."""
    latest = began
    for exchange in exchanges:
        latest = max((latest + exchange.after, *times(exchange.reply.body)))
        yield latest


def start(exchanges: Sequence[Exchange]) -> int:
    """When a run began: its requests ask for clips from a minute before that."""
    for exchange in exchanges:
        for name, value in _numbers(_parsed(exchange.body)):
            if name == "startTime" and 1_600_000_000_000 < value < 1_900_000_000_000:
                return int(value) + 60_000
    return min((time for exchange in exchanges for time in times(exchange.reply.body)), default=DEFAULT_START)


# When the recordings were made, roughly: for a run that shows no time at all.
DEFAULT_START: Final = 1_795_348_300_000


def times(value: Json) -> Iterator[int]:
    """Every instant a server wrote into a reply."""
    for name, number in _numbers(value):
        if name in TIMES and number > 0:
            yield int(number)


def _numbers(value: Json, name: str = "") -> Iterator[tuple[str, float]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _numbers(item, key)
    elif isinstance(value, list):
        for item in value:
            yield from _numbers(item, name)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield name, value


def _parsed(body: str | None) -> Json:
    try:
        return json.loads(body or "null")
    except ValueError:
        return None
