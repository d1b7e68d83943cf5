"""What defects are made of: replies edited, views that hide something, calls read too leniently."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import replace

from mockserver.core.http import Headers, Reply, Request
from mockserver.core.payload import Payload
from mockserver.core.provider import Call
from mockserver.core.text import Json, Record, dump
from mockserver.core.violation import Violation
from mockserver.core.world import Change, Order, Outcome, Put, View
from mockserver.providers.restream.errors import application_error


class Seen:
    """A view as it is; a defect overrides what it sees wrongly."""

    def __init__(self, view: View) -> None:
        self.view = view

    @property
    def serial(self) -> int:
        return self.view.serial

    def get(self, kind: str, id: str) -> Record | None:
        return self.view.get(kind, id)

    def find(
        self, kind: str, index: str, key: str, *, reverse: bool = False, after: tuple[Order, str] | None = None
    ) -> Iterator[Record]:
        return self.view.find(kind, index, key, reverse=reverse, after=after)

    def count(self, kind: str, index: str, key: str) -> int:
        return self.view.count(kind, index, key)

    def next_due(self) -> Json:
        return self.view.next_due()


def operation(call: Call) -> str:
    """The operationId of a call, "" for none."""
    return call.operation.id if call.operation else ""


def fine(outcome: Outcome) -> bool:
    """Whether a call was accepted."""
    return 200 <= outcome.reply.status < 300


def said(outcome: Outcome, change: Callable[[Json], Json]) -> Outcome:
    """The outcome with another JSON body; `change` may alter the copy it is given, and returns the new one."""
    return replace(outcome, reply=edited(outcome.reply, change))


def edited(reply: Reply, change: Callable[[Json], Json]) -> Reply:
    """A reply with another JSON body. The ETag stays: it names the same state, whatever is shown of it."""
    if reply.value is None:
        return reply
    value = change(deepcopy(reply.value))
    return replace(reply, body=dump(value), value=value)


def with_header(reply: Reply, name: str, value: str | None) -> Reply:
    """A reply with one header replaced, or left out."""
    kept = [pair for pair in reply.headers if pair[0].lower() != name.lower()]
    return replace(reply, headers=Headers.of(kept if value is None else [*kept, (name, value)]))


def status(outcome: Outcome, number: int) -> Outcome:
    return replace(outcome, reply=replace(outcome.reply, status=number))


def refused(number: int, identifier: str) -> Outcome:
    """An error of Restream's; nothing changes."""
    return Outcome(application_error(number, identifier))


def failed(outcome: Outcome) -> Outcome:
    """500, as a framework says it when its handler raised."""
    about = outcome.reply.header("x-powered-by")
    if about:
        body = {"errors": ["Internal server error: TypeError"]}
        return Outcome(edited(replace(outcome.reply, status=500, value={}), lambda _: body))
    return refused(500, "InternalServerError")


def overlooked(call: Call, wanted: Callable[[Violation], bool]) -> Call:
    """The call without some of its faults: a check that isn't made."""
    return replace(call, violations=tuple(fault for fault in call.violations if not wanted(fault)))


def with_body(call: Call, value: Json) -> Call:
    """The call as if its body said this, and nothing were wrong with that."""
    payload = Payload("application/json", value, dump(value))
    left = tuple(fault for fault in call.violations if fault.place not in ("body", "media-type"))
    return replace(call, payload=payload, violations=left)


def with_key(call: Call, key: str) -> Call:
    """The call as another key would make it."""
    kept = [pair for pair in call.request.headers if pair[0].lower() != "authorization"]
    return replace(
        call,
        request=asked(call.request, headers=Headers.of([*kept, ("Authorization", f"Bearer {key}")])),
        violations=tuple(fault for fault in call.violations if fault.place != "security"),
    )


def asked(request: Request, **changes: Json) -> Request:
    """The request with some of it another."""
    known = {name: getattr(request, name) for name in ("method", "path", "query", "headers", "body", "origin")}
    return Request(**{**known, **changes})


def with_query(call: Call, **arguments: str | None) -> Call:
    """The call with query arguments replaced, or left out (None)."""
    pairs = [f"{name}={value}" for name, value in call.request.arguments() if name not in arguments]
    pairs += [f"{name}={value}" for name, value in arguments.items() if value is not None]
    left = tuple(fault for fault in call.violations if fault.place != "query")
    return replace(call, request=asked(call.request, query="&".join(pairs)), violations=left)


def without_writes(outcome: Outcome, lost: Callable[[Change], bool]) -> Outcome:
    """The outcome, some of its writes lost on the way to the store."""
    return replace(outcome, changes=tuple(change for change in outcome.changes if not lost(change)))


def rewritten(outcome: Outcome, kind: str, change: Callable[[Json], Json]) -> Outcome:
    """The outcome with the records of a kind written otherwise."""
    changes: Sequence[Change] = [
        Put(one.kind, one.id, change(deepcopy(one.record))) if isinstance(one, Put) and one.kind == kind else one
        for one in outcome.changes
    ]
    return replace(outcome, changes=tuple(changes))


def argument(call: Call, name: str) -> str | None:
    """A query argument, None if it isn't there."""
    return next((value for known, value in call.request.arguments() if known == name), None)
