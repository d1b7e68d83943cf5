"""What a client called: the journal of one world, as values a test filters, counts and asks for what comes near."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from shlex import join
from typing import Final, TypedDict, Unpack, overload

from mockserver.contract.words import shorten
from mockserver.core.bodies import opened, value_of
from mockserver.core.http import Reply, Request
from mockserver.core.payload import ABSENT
from mockserver.core.text import Json
from mockserver.core.violation import Violation
from mockserver.engine.journal import Entry
from mockserver.engine.near import near_misses
from mockserver.engine.query import query_from
from mockserver.errors import unknown

# What a command to paste does without: curl says these itself.
_LEFT_OUT: Final = frozenset({"host", "content-length", "accept-encoding", "connection", "user-agent", "accept"})


class Wanted(TypedDict, total=False):
    """What calls to look for; every part that is given has to hold.

    `path` is as sent, or a template (`/api/asset/{assetId}`), or has `*` and `**`. `status` is a number or a class such
    as `"4xx"`. `headers` and `arguments` (of the query) map names to values with `*`, or to None for what may not be
    there. `body` and `reply` map JSON Pointers to values. `text` stands in one of both. `violations` and `fault` are
    whether there are any, or a code or a name. `since` and `until` are instants; `after` and `before` serials.
    """

    method: str
    path: str
    status: int | str
    headers: Mapping[str, str | None]
    arguments: Mapping[str, str | None]
    body: Mapping[str, Json]
    reply: Mapping[str, Json]
    text: str
    violations: bool | str
    fault: bool | str
    since: int | str
    until: int | str
    after: int
    before: int


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a client and what it was answered. `entry` is the whole record; secrets were removed from it."""

    entry: Entry
    origin: str
    key: str

    @property
    def serial(self) -> int:
        """Counts from 1 for each server, over all worlds."""
        return self.entry.serial

    @property
    def at(self) -> int:
        """When, in Unix ms of the world's clock."""
        return self.entry.at

    @property
    def operation(self) -> str | None:
        """The operationId; None for a call that no operation is there for."""
        return self.entry.operation

    @property
    def request(self) -> Request:
        return self.entry.request

    @property
    def reply(self) -> Reply:
        """What was meant to be sent: a fault may have spoilt it on its way. Status 0 where none was."""
        return self.entry.reply

    @property
    def status(self) -> int:
        return self.entry.reply.status

    @property
    def body(self) -> Json:
        """The request's body as a value: JSON, or a form as a mapping; None when it is neither."""
        value = value_of(self.entry.request)
        return None if value is ABSENT else value

    @property
    def answer(self) -> Json:
        """The reply's body as a value, None when it is no JSON."""
        return self.entry.reply.value

    @property
    def violations(self) -> tuple[Violation, ...]:
        """The rules of the contract that the request broke."""
        return self.entry.violations

    @property
    def fault(self) -> str | None:
        """The name of the fault it met."""
        return self.entry.fault

    @property
    def curl(self) -> str:
        """The same request as a command to paste."""
        request = self.entry.request
        words = ["curl", self.origin + request.target]
        if request.method != ("POST" if request.body else "GET"):
            words += ["-X", request.method]
        for name, value in request.headers:
            if name.lower() == "authorization":
                value = f"{value.split(' ')[0]} {self.key}"
            if name.lower() not in _LEFT_OUT:
                words += ["-H", f"{name}: {value}"]
        if request.body:
            words += ["--data-raw", opened(request) or "<bytes that are no text>"]
        return join(words)

    def __str__(self) -> str:
        entry = self.entry
        what = f"{entry.request.method} {shorten(entry.request.target)}"
        answered = f"answered {entry.reply.status}" if entry.reply.status else "not answered"
        operation = f" ({entry.operation})" if entry.operation else ""
        fault = f", struck by {entry.fault}" if entry.fault else ""
        return f"{what}{operation} {answered}{fault}"


class Calls(Sequence[Call]):
    """Calls in the order they came; a value, which later calls leave as it is.

    >>> mock.calls("createClip", status=201)     # those of an operation, those that fit
    >>> mock.calls.last.body["playbackId"]
    >>> mock.calls.near("createClip", body={"/name": "mine"})    # why none fits, in sentences
    """

    def __init__(self, calls: Iterable[Call], operations: Callable[[], Iterable[str]]) -> None:
        self._calls = tuple(calls)
        self._operations = operations

    def __call__(self, operation: str | None = None, /, **wanted: Unpack[Wanted]) -> Calls:
        """The calls of an operation that are as wanted. Raises ValueError for what is no query."""
        matches = query_from(self._query(operation, wanted))
        return Calls((call for call in self._calls if matches(call.entry)), self._operations)

    def count(self, value: object = None, /, **wanted: Unpack[Wanted]) -> int:
        """How many there are of an operation, as wanted; all of them if nothing is said."""
        if isinstance(value, Call):
            return self._calls.count(value)
        return len(self(value if isinstance(value, str) else None, **wanted))

    def near(self, operation: str | None = None, /, most: int = 3, **wanted: Unpack[Wanted]) -> tuple[str, ...]:
        """Of the calls that are not as wanted, those that lack least, and in what they differ."""
        query = query_from(self._query(operation, wanted))
        by_serial = {call.serial: call for call in self._calls}
        return tuple(
            f"{by_serial[miss.entry.serial]}: {'; '.join(miss.differences)}"
            for miss in near_misses(query, (call.entry for call in self._calls), most)
        )

    @property
    def first(self) -> Call:
        """The first one. Raises LookupError when there is none."""
        return self._one(0)

    @property
    def last(self) -> Call:
        """The newest one. Raises LookupError when there is none."""
        return self._one(-1)

    @property
    def unmatched(self) -> Calls:
        """Those that no operation of the document is there for."""
        return Calls((call for call in self._calls if call.operation is None), self._operations)

    @property
    def violating(self) -> Calls:
        """Those that broke a rule of the contract."""
        return Calls((call for call in self._calls if call.violations), self._operations)

    @overload
    def __getitem__(self, index: int) -> Call: ...
    @overload
    def __getitem__(self, index: slice) -> Calls: ...
    def __getitem__(self, index: int | slice) -> Call | Calls:
        found = self._calls[index]
        return Calls(found, self._operations) if isinstance(found, tuple) else found

    def __len__(self) -> int:
        return len(self._calls)

    def __iter__(self) -> Iterator[Call]:
        return iter(self._calls)

    def __repr__(self) -> str:
        return f"<Calls: {', '.join(map(str, self._calls)) or 'none'}>"

    def _one(self, index: int) -> Call:
        if not self._calls:
            raise LookupError("the client made no such call")
        return self._calls[index]

    def _query(self, operation: str | None, wanted: Wanted) -> dict[str, Json]:
        return query_of(operation, wanted, self._operations)


def query_of(operation: str | None, wanted: Wanted, operations: Callable[[], Iterable[str]]) -> dict[str, Json]:
    """What `query_from` reads. Raises ValueError for an operation the document has not, with the nearest name."""
    if operation is None:
        return dict(wanted)
    known = list(operations())
    if operation not in known:
        raise ValueError(unknown("operation", operation, known))
    return {"operation": operation, **wanted}
