"""What the two are asked about, and what a difference between their answers is."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal
from urllib.parse import unquote, unquote_plus

from mockserver.contract.bodies import read_content
from mockserver.contract.parameters import Parameter, query_pairs, read_parameters
from mockserver.contract.routes import Route
from mockserver.contract.spot import Spot
from mockserver.core.contract import Match
from mockserver.core.http import Reply, Request, media_type
from mockserver.core.payload import FORM_MEDIA, Payload
from mockserver.core.violation import Violation

Right = Literal["compiled", "reference", "open"]


@dataclass(frozen=True)
class Case:
    """One exchange both were asked about: a request with its payload, or a reply.

    `fits_unmarked` says whether the compiled contract is content with it when every readOnly and writeOnly is taken
    out of the document; `fits_undiscriminated` whether openapi-core is, without the discriminators.
    """

    root: Spot
    route: Route
    request: Request | None
    payload: Payload | None
    reply: Reply | None
    fits_unmarked: Callable[[], bool]
    fits_undiscriminated: Callable[[], bool]

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

    @cached_property
    def fields(self) -> Mapping[str, Parameter]:
        """The fields of the form a request brings, by name."""
        body = self.route.spot.at("requestBody") if self.request and self.media == FORM_MEDIA else None
        bodies = read_content(body, "request") if body else None
        entry = bodies.find(FORM_MEDIA) if bodies else None
        return {one.name: one for one in entry.fields} if entry else {}

    def about(self, violation: Violation) -> list[Parameter]:
        """The parameter or form field a violation is about; every field, where it names none."""
        if violation.place != "body":
            named = self.parameters.get(violation.pointer)
            return [named] if named else []
        name = violation.pointer[1:].partition("/")[0]
        return [one for one in self.fields.values() if name in ("", one.name)]

    def types(self, violation: Violation) -> frozenset[str]:
        """The types of what a violation is about, those of its items and properties too."""
        every = [one.texts for one in self.about(violation)]
        inner = [texts.items for texts in every] + [texts.property(name) for texts in every for name in texts.names]
        return frozenset().union(*(texts.types for texts in every + inner))

    def raw(self, violation: Violation) -> str:
        """What holds the text of the parameter or field a violation is about, as it came."""
        if self.request is None:
            return self.header(violation.pointer)
        whole = {"query": self.request.query, "path": self.request.path, "cookie": self.header("cookie")}
        if violation.place == "body":
            return self.body.decode(errors="replace")
        return whole.get(violation.place, self.header(violation.pointer))

    def sent(self, violation: Violation) -> list[str]:
        """The decoded texts of the query parameters or form fields a violation is about, or what comes near them."""
        raw, names = self.raw(violation), [one.name for one in self.about(violation)]
        if violation.place in ("query", "body"):
            pairs = query_pairs(raw)
            named = [text for name, text in pairs if name.partition("[")[0] in names]
            return [unquote_plus(part) for text in named for part in (text, *_DELIMITER.split(text))]
        return [unquote(part) for part in (raw, *_DELIMITER.split(raw))]


def is_crash(violation: Violation, error: str) -> bool:
    """Whether one of the two ended in an exception of that name instead of an answer."""
    return violation.rule == "crash" and violation.detail.get("error") == error


_DELIMITER: Final = re.compile(r"%20|%2C|%7C|[/.,;=|+ ]", re.IGNORECASE)
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
