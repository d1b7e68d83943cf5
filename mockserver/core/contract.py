"""The contract as its users see it: operations, and the two questions one can ask. Implemented in `contract/`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from mockserver.core.chance import Chance
from mockserver.core.http import Reply, Request
from mockserver.core.payload import Payload
from mockserver.core.text import Json
from mockserver.core.value import valueclass
from mockserver.core.violation import Violation


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the document. `path` is the template with the server's base path: `/api/asset/{assetId}`.

    `statuses` are those of its responses as written: `200`, `4XX`, `default`.
    """

    id: str
    method: str
    path: str
    pointer: str
    summary: str = ""
    statuses: tuple[str, ...] = ()


@valueclass(frozen=True, slots=True)
class Match:
    """An operation found for a request, with its path parameters, percent-decoded per segment."""

    operation: Operation
    path: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sample:
    """A reply a document has in store: an example by its name, or a value made for its schema (no name)."""

    status: int
    name: str
    media: str
    value: Json


class Samples(Protocol):
    """What replies a document has in store for an operation, by operationId. Raises KeyError for one it hasn't."""

    def statuses(self, operation: str) -> tuple[str, ...]:
        """As the document writes them: `200`, `4XX`, `default`."""

    def examples(self, operation: str, status: int | None = None) -> Iterator[Sample]:
        """The examples of a status, or of all that are written as numbers, in document order."""

    def invented(self, operation: str, status: int, chance: Chance) -> Sample | None:
        """A reply with a value drawn for the status's schema; None if it has none, or no value was found that fits."""

    def has_content(self, operation: str, status: int) -> bool:
        """Whether the document says that a reply of this status has a body."""


class Contract(Protocol):
    """What requests and replies may be. Two implementations: the compiled one, and openapi-core's as second opinion."""

    @property
    def operations(self) -> Mapping[str, Operation]:
        """Every operation, by operationId, in document order."""

    def match(self, method: str, path: str) -> Match | None:
        """The operation for a method (upper case; HEAD finds GET) and a path as on the wire; literals win."""

    def check_request(self, match: Match, request: Request, payload: Payload) -> tuple[Violation, ...]:
        """What the client broke, in document order: security, path, query, header, cookie, media type, body."""

    def check_reply(self, operation: Operation, reply: Reply) -> tuple[Violation, ...]:
        """What the server broke: status, headers, media type, body."""
