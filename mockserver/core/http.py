"""A request as it came off the wire and a reply as it goes back: values, never sockets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, unquote

from mockserver.core.text import Json, dump
from mockserver.core.value import valueclass

if TYPE_CHECKING:
    from mockserver.core.fault import Manner


class Headers(tuple[tuple[str, str], ...]):
    """Name and value pairs in wire order. Names keep their spelling; look-ups ignore case."""

    __slots__ = ()

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> Headers:
        return cls(tuple(pairs))

    def first(self, name: str) -> str | None:
        """The first value under `name`, or None."""
        wanted, length = name.lower(), len(name)
        for key, value in self:
            if len(key) == length and key.lower() == wanted:
                return value
        return None

    def every(self, name: str) -> list[str]:
        """Every value under `name`, in order."""
        wanted = name.lower()
        return [value for key, value in self if key.lower() == wanted]


@valueclass(frozen=True, slots=True)
class Request:
    """One HTTP request.

    `path` and `query` are as on the wire, not percent-decoded. `body` is not yet inflated. `oversize` says that
    more bytes came than the wire was ready to read; `body` is then empty. `origin` is how the client addressed us
    (`http://host:port`), for the URLs in replies.
    """

    method: str
    path: str
    query: str = ""
    headers: Headers = field(default_factory=Headers)
    body: bytes = b""
    oversize: bool = False
    origin: str = "http://127.0.0.1"
    _said: Mapping[str, str] | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def target(self) -> str:
        """Path and query as the request line has them."""
        return f"{self.path}?{self.query}" if self.query else self.path

    @property
    def said(self) -> Mapping[str, str]:
        """Headers by their names in lower case; of a repeated one the first."""
        said = self._said
        if said is None:
            said = {name.lower(): value for name, value in reversed(self.headers)}
            object.__setattr__(self, "_said", said)
        return said

    def header(self, name: str) -> str | None:
        return (self._said or self.said).get(name.lower())

    def arguments(self) -> list[tuple[str, str]]:
        """Query arguments in order, percent-decoded, empty ones kept."""
        return parse_qsl(self.query, keep_blank_values=True) if self.query else []


def decode_segment(segment: str) -> str:
    """One path segment, percent-decoded: `%2F` inside a segment is a slash of the value, not of the path."""
    return unquote(segment) if "%" in segment else segment


# Node.js' names, which both providers send: Python's own change with its version (of 413, 414, 416 and 422 in 3.13).
REASONS: Final[Mapping[int, str]] = {status.value: status.phrase for status in HTTPStatus} | {
    413: "Payload Too Large",
    414: "URI Too Long",
    416: "Range Not Satisfiable",
    422: "Unprocessable Entity",
}

JSON_MEDIA: Final = "application/json; charset=utf-8"


@valueclass(frozen=True, slots=True)
class Reply:
    """One HTTP reply. `value` is what `body` spells when it is JSON (None when it is not, or JSON null).

    `manner` is how the wire is to give it under a fault; None as HTTP wants it.
    """

    status: int
    headers: Headers = field(default_factory=Headers)
    body: bytes = b""
    value: Json = None
    manner: Manner | None = None

    @classmethod
    def json(cls, status: int, value: Json, headers: Iterable[tuple[str, str]] = (), media: str = JSON_MEDIA) -> Reply:
        return cls(status, Headers.of((("Content-Type", media), *headers)), dump(value), value)

    @classmethod
    def text(cls, status: int, text: str, media: str = "text/plain; charset=utf-8") -> Reply:
        return cls(status, Headers.of((("Content-Type", media),)), text.encode())

    @classmethod
    def empty(cls, status: int, headers: Iterable[tuple[str, str]] = ()) -> Reply:
        return cls(status, Headers.of(headers))

    def header(self, name: str) -> str | None:
        return self.headers.first(name)

    def with_headers(self, *pairs: tuple[str, str]) -> Reply:
        """The same reply with more headers at the end."""
        return replace(self, headers=Headers.of((*self.headers, *pairs)))


@lru_cache(maxsize=256)
def media_type(content_type: str | None) -> tuple[str, Mapping[str, str]]:
    """A Content-Type as its lower-case type and its parameters: `("application/json", {"charset": "utf-8"})`.

    The same text gives the same mapping: nobody changes it.
    """
    if not content_type:
        return "", {}
    name, *rest = content_type.split(";")
    parameters: dict[str, str] = {}
    for part in rest:
        key, _, value = part.partition("=")
        if key.strip():
            parameters[key.strip().lower()] = value.strip().strip('"')
    return name.strip().lower(), parameters
