"""What replies of a recording look like: by operation and status, which fields there are, of which types, how often.

It grows with the kinds of replies and not with their number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from mockserver.conformance.finding import Place
from mockserver.conformance.traffic.exchange import Exchange
from mockserver.core.contract import Operation
from mockserver.core.http import Request, media_type
from mockserver.core.redaction import Redaction
from mockserver.core.secrecy import REMOVED, is_field, without_secrets
from mockserver.core.text import Json, dump, pointer

# An object with more names than these is a map: the rest counts as one.
_MOST_NAMES: Final = 100
_MOST_VALUES: Final = 16
_LONGEST_VALUE: Final = 40
_DEEPEST: Final = 40
_KINDS: Final[Mapping[type, str]] = {
    dict: "object",
    list: "array",
    str: "string",
    bool: "boolean",
    type(None): "null",
}
ANY: Final = "*"
_NOTHING: Final = Request("GET", "/")

# What a proxy, a recorder or the connection adds says nothing about an API.
_PASSING: Final = frozenset(
    [
        *("age", "alt-svc", "connection", "content-encoding", "content-length", "date", "keep-alive", "server"),
        *("set-cookie", "transfer-encoding", "via", "strict-transport-security", "nel", "report-to", "cf-ray"),
    ]
)


@dataclass(slots=True)
class Node:
    """What stood at one place of bodies. `types` counts them, `example` is the first of each and where it was.

    `values` are the texts that stood there, None when they were too many or too long for words of a list.
    """

    types: Counter[str] = field(default_factory=Counter)
    example: dict[str, tuple[Place, str]] = field(default_factory=dict)
    values: Counter[str] | None = field(default_factory=Counter)
    properties: dict[str, Node] = field(default_factory=dict)
    items: Node | None = None

    @property
    def count(self) -> int:
        return self.types.total()

    def see(self, value: Json, place: Place, name: str = "", depth: int = 0) -> None:
        """Count a value and all in it."""
        kind = _kind(value)
        self.types[kind] += 1
        if kind not in self.example:
            self.example[kind] = place, _example(name, value)
        if depth > _DEEPEST:
            return
        if isinstance(value, dict):
            for key, item in value.items():
                node = self.properties.get(key)
                if node is None:
                    known = key if len(self.properties) < _MOST_NAMES else ANY
                    node = self.properties.setdefault(known, Node())
                node.see(item, place, key, depth + 1)
        elif isinstance(value, list):
            for item in value:
                if self.items is None:
                    self.items = Node()
                self.items.see(item, place, name, depth + 1)
        elif isinstance(value, str) and self.values is not None:
            self._word(value, name)

    def _word(self, value: str, name: str) -> None:
        assert self.values is not None
        if len(value) > _LONGEST_VALUE or is_field(name) or not value.replace("-", "").replace("_", "").isalpha():
            self.values = None
            return
        self.values[value] += 1
        if len(self.values) > _MOST_VALUES:
            self.values = None

    def walk(self, parts: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Node]]:
        """Every place below, with its path; elements of lists under `*`."""
        yield parts, self
        for name, node in self.properties.items():
            yield from node.walk((*parts, name))
        if self.items is not None:
            yield from self.items.walk((*parts, ANY))


@dataclass(slots=True)
class Shape:
    """Replies of one operation with one status. `first` is the first of them, for who wants to see one."""

    operation: Operation
    status: int
    first: Exchange
    count: int = 0
    headed: int = 0
    headers: Counter[str] = field(default_factory=Counter)
    media: Counter[str] = field(default_factory=Counter)
    body: Node = field(default_factory=Node)

    def see(self, exchange: Exchange) -> None:
        reply = exchange.reply
        self.count += 1
        if exchange.headed:
            self.headed += 1
            self.headers.update({name.lower() for name, _ in reply.headers} - _PASSING)
            if reply.body:
                self.media[media_type(reply.header("content-type"))[0]] += 1
        if reply.value is not None and exchange.whole[1]:
            self.body.see(reply.value, exchange.place)


class Shapes:
    """The shapes of one recording."""

    def __init__(self, redaction: Redaction) -> None:
        self._redaction = redaction
        self.found: dict[tuple[str, int], Shape] = {}

    def add(self, operation: Operation, exchange: Exchange) -> None:
        """Take another reply in; one that was spoilt on purpose says nothing."""
        if exchange.spoilt:
            return
        exchange = self._clean(exchange)
        key = operation.id, exchange.reply.status
        shape = self.found.get(key)
        if shape is None:
            shape = self.found[key] = Shape(operation, exchange.reply.status, exchange)
        shape.see(exchange)

    def _clean(self, exchange: Exchange) -> Exchange:
        """Without secrets: what is seen of it is shown as an example."""
        reply = exchange.reply
        if reply.value is None:
            return exchange
        # Redaction looks for names as compact JSON has them.
        _, reply, _ = self._redaction(_NOTHING, replace(reply, body=dump(reply.value)))
        return replace(exchange, reply=reply)

    def statuses(self, operation: str) -> dict[int, Shape]:
        return {status: shape for (name, status), shape in self.found.items() if name == operation}

    @property
    def operations(self) -> list[str]:
        return list(dict.fromkeys(name for name, _ in self.found))


def spelled(parts: tuple[str, ...]) -> str:
    """The place as a JSON Pointer whose `*` is any element."""
    return pointer(parts) or "the whole body"


def _kind(value: Json) -> str:
    return _KINDS.get(type(value), "number")


def _example(name: str, value: Json) -> str:
    if isinstance(value, dict):
        return "{...}" if value else "{}"
    if isinstance(value, list):
        return "[...]" if value else "[]"
    if isinstance(value, str):
        return f'"{REMOVED if is_field(name) else without_secrets(value):.40}"'
    return dump(value).decode()
