"""What the two are asked about, and what a difference between their answers is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal
from urllib.parse import unquote_plus

from mockserver.contract.parameters import Parameter, query_pairs, read_parameters
from mockserver.contract.routes import Route
from mockserver.contract.spot import Spot
from mockserver.core.contract import Match
from mockserver.core.http import Reply, Request, media_type
from mockserver.core.payload import Payload
from mockserver.core.violation import Violation

Right = Literal["compiled", "reference", "open"]


@dataclass(frozen=True)
class Case:
    """One exchange both were asked about: a request with its payload, or a reply.

    `fits_unmarked` says whether it is fine by the document with every readOnly and writeOnly taken out.
    """

    root: Spot
    route: Route
    request: Request | None
    payload: Payload | None
    reply: Reply | None
    fits_unmarked: Callable[[], bool]

    @property
    def body(self) -> bytes:
        return self.request.body if self.request else self.reply.body if self.reply else b""

    @property
    def media(self) -> str:
        return media_type(self.header("content-type"))[0]

    def header(self, name: str) -> str:
        holder = self.request or self.reply
        return (holder.header(name) if holder else None) or ""

    @cached_property
    def parameters(self) -> Mapping[str, Parameter]:
        """The request's parameters by name."""
        return {one.name: one for one in read_parameters(self.route.spot, self.route.path_item)}

    def types(self, violation: Violation) -> frozenset[str]:
        """The types of the parameter a violation is about."""
        parameter = self.parameters.get(violation.pointer)
        return parameter.texts.types if parameter else frozenset()

    def raw(self, violation: Violation) -> str:
        """What holds the text of the parameter a violation is about, as it came."""
        if self.request is None:
            return self.header(violation.pointer)
        if violation.place == "query":
            return self.request.query
        return self.request.path if violation.place == "path" else self.header(violation.pointer)

    def sent(self, violation: Violation) -> list[str]:
        """The decoded texts of the query parameter a violation is about."""
        pairs = query_pairs(self.request.query) if self.request else []
        return [unquote_plus(text) for name, text in pairs if name == violation.pointer]


Explains = Callable[[Case, Violation], bool]


@dataclass(frozen=True, slots=True)
class Difference:
    """One kind. `compiled` explains complaints of the compiled contract alone, `reference` of openapi-core alone."""

    id: str
    what: str
    right: Right
    why: str
    compiled: Explains | None = None
    reference: Explains | None = None


@dataclass(frozen=True, slots=True)
class RouteDifference:
    """One kind in finding the operation: given the document, the path, and what each of the two found."""

    id: str
    what: str
    right: Right
    why: str
    explains: Callable[[Spot, str, Match | None, Match | None], bool]
