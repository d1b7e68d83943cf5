"""What a reply breaks, for one operation: status, headers, media type, body."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mockserver.contract.bodies import Body, is_utf8, read_content
from mockserver.contract.media import MediaTypes
from mockserver.contract.parameters import Parameter, read_header
from mockserver.contract.requests import from_breach, violation
from mockserver.contract.routes import Route
from mockserver.contract.spot import Spot
from mockserver.contract.texts import Unreadable
from mockserver.contract.words import shorten, show
from mockserver.core.http import Reply, media_type
from mockserver.core.payload import ABSENT, is_json
from mockserver.core.text import Json, TextError, parse
from mockserver.core.violation import Violation

_MOST_KNOWN = 256


@dataclass(frozen=True, slots=True)
class _Answer:
    """One entry of `responses`."""

    spot: Spot
    headers: tuple[Parameter, ...]
    bodies: MediaTypes[Body] | None


class ReplyCheck:
    """The replies of one operation. Made at the operation's first use.

    A response without `content` says nothing about its body, so neither does this.
    """

    __slots__ = ("_answers", "_fitting", "_name", "_route")

    def __init__(self, route: Route) -> None:
        self._name = route.operation.id
        self._route = route
        self._answers: dict[int, _Answer | None] = {}
        # By status and Content-Type as sent: most replies come in a few forms, and this finds theirs at once.
        self._fitting: dict[tuple[int, str | None], Body] = {}

    def __call__(self, reply: Reply) -> tuple[Violation, ...]:
        body = self._fitting.get((reply.status, reply.header("content-type")))
        if body is not None and reply.value is not None and body.holds(reply.value) and is_utf8(reply.body):
            return ()
        return tuple(self._violations(reply))

    def _violations(self, reply: Reply) -> Iterator[Violation]:
        answer = self._answer(reply.status)
        if answer is None:
            listed = ", ".join(name for name, _ in self._responses()) or "none"
            yield violation(
                "server",
                self._name,
                "status",
                "",
                "status",
                f"{self._route.spot.pointer}/responses",
                listed,
                str(reply.status),
                "Describe this status in the document or its overlay, or answer with a listed one.",
            )
            return
        for header in answer.headers:
            yield from self._header(header, reply)
        if answer.bodies is not None:
            yield from self._body(answer, answer.bodies, reply)

    def _answer(self, status: int) -> _Answer | None:
        if status not in self._answers:
            self._answers[status] = self._read(status)
        return self._answers[status]

    def _responses(self) -> Iterator[tuple[str, Spot]]:
        responses = self._route.spot.at("responses")
        return responses.items() if responses else iter(())

    def _read(self, status: int) -> _Answer | None:
        named = {str(name).upper(): spot for name, spot in self._responses()}
        spot = named.get(str(status)) or named.get(f"{status // 100}XX") or named.get("DEFAULT")
        if spot is None:
            return None
        headers = spot.at("headers")
        return _Answer(
            spot,
            tuple(
                Parameter.of(header, "header", name)
                for name, header in (headers.items() if headers else ())
                if name.lower() != "content-type"
            ),
            read_content(spot, "reply"),
        )

    def _header(self, header: Parameter, reply: Reply) -> Iterator[Violation]:
        try:
            value = read_header(header, reply.headers.every(header.name))
        except Unreadable as error:
            yield self._in_header(header, "style", error.expected, show(error.got, header.secret))
            return
        if value is ABSENT:
            if header.required:
                yield self._in_header(header, "header", f"the header `{header.name}`", "none")
            return
        shape = header.texts.shape
        for breach in [] if shape is None or shape.holds(value) else shape.breaches(value):
            yield from_breach(breach, "server", self._name, "header", header.name)

    def _in_header(self, header: Parameter, rule: str, expected: str, got: str) -> Violation:
        document = f"{header.spot.pointer}/required" if rule == "header" else header.spot.pointer
        return violation("server", self._name, "header", header.name, rule, document, expected, got)

    def _body(self, answer: _Answer, bodies: MediaTypes[Body], reply: Reply) -> Iterator[Violation]:
        sent = reply.header("content-type")
        media, parameters = media_type(sent)
        content = f"{answer.spot.pointer}/content"
        if not reply.body and not is_text(media):
            yield violation("server", self._name, "body", "", "body", content, "a body", "none", "Send one.")
            return
        body = bodies.find(media)
        if body is None:
            expected = " or ".join(f"`{name}`" for name in bodies.known)
            got = f"`{shorten(media)}`" if media else "no `Content-Type`"
            yield violation("server", self._name, "media-type", "", "content", content, expected, got)
            return
        try:
            value = _value(reply, media, parameters.get("charset", "utf-8"))
        except TextError as error:
            got = f"{error.reason}, character {error.position}"
            yield violation("server", self._name, "body", "", "syntax", body.spot.pointer, "JSON (RFC 8259)", got)
            return
        if value is ABSENT:
            return
        if not answer.headers and is_json(media) and len(self._fitting) < _MOST_KNOWN:
            self._fitting[reply.status, sent] = body
        for breach in body.breaches(value):
            yield from_breach(breach, "server", self._name, "body")
        if is_json(media) and not is_utf8(reply.body):
            got, wanted = "bytes that are not UTF-8", "JSON in UTF-8"
            yield violation("server", self._name, "body", "", "syntax", body.spot.pointer, wanted, got)


def is_text(media: str) -> bool:
    return media.startswith("text/")


def _value(reply: Reply, media: str, charset: str) -> Json:
    """The value of a reply's body; ABSENT for a media type nobody reads. Raises TextError."""
    if is_json(media):
        return parse(reply.body) if reply.value is None else reply.value
    if is_text(media):
        try:
            return reply.body.decode(charset, "replace")
        except LookupError:
            return reply.body.decode("utf-8", "replace")
    return ABSENT
