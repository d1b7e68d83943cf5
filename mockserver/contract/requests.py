"""What a request breaks, for one operation: security, parameters, media type, body."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from mockserver.contract.bodies import Body, is_utf8, read_content
from mockserver.contract.codes import code_of
from mockserver.contract.media import MediaTypes
from mockserver.contract.parameters import (
    Parameter,
    Repeated,
    cookie_pairs,
    query_pairs,
    read,
    read_header,
    read_parameters,
    read_path,
)
from mockserver.contract.routes import Route, Router
from mockserver.contract.schema import Breach
from mockserver.contract.security import Security
from mockserver.contract.spot import Spot
from mockserver.contract.texts import Unreadable
from mockserver.contract.words import shorten, show
from mockserver.core.contract import Match
from mockserver.core.http import Request
from mockserver.core.payload import ABSENT, FORM_MEDIA, Absent, Payload, Problem, is_json
from mockserver.core.text import Json, pointer
from mockserver.core.violation import Party, Place, Violation

_PROBLEMS = {
    "charset": ("charset", "a Unicode charset", "Send UTF-8."),
    "encoding": ("encoding", "gzip, deflate or no content encoding", "Send one of these."),
    "inflate": ("encoding", "a body in the content encoding it names", "Compress it so, or drop `Content-Encoding`."),
    "too-large": ("size", "a body no larger than the provider reads", "Send less."),
    "syntax": ("syntax", "JSON (RFC 8259)", "Mend the text there."),
}


def violation(
    party: Party,
    operation: str | None,
    place: Place,
    name: str,
    rule: str,
    document: str,
    expected: str,
    got: str,
    remedy: str = "",
    detail: Mapping[str, Json] | None = None,
) -> Violation:
    """A violation of a rule of ours, with the rule's code."""
    return Violation(code_of(rule), party, operation, place, name, rule, document, expected, got, remedy, detail or {})


def from_breach(breach: Breach, party: Party, operation: str, place: Place, name: str = "") -> Violation:
    """A broken schema rule as a violation. In a parameter, `detail["at"]` leads into its value."""
    detail, where = breach.detail, pointer(breach.parts)
    if place != "body":
        detail = {**detail, "at": where} if where else detail
        where = name
    return Violation(
        breach.code,
        party,
        operation,
        place,
        where,
        breach.rule,
        breach.document,
        breach.expected,
        breach.got,
        breach.remedy,
        detail,
    )


class RequestCheck:
    """The requests of one operation. Made at the operation's first use."""

    __slots__ = ("_bodies", "_body", "_name", "_parameters", "_required", "_router", "_security")

    def __init__(self, route: Route, root: Spot, router: Router) -> None:
        self._name = route.operation.id
        self._router = router
        self._security = Security.of(route.spot, root)
        self._parameters = read_parameters(route.spot, route.path_item)
        self._body = route.spot.at("requestBody")
        self._bodies = read_content(self._body, "request") if self._body else None
        self._required = self._body is not None and self._body.value.get("required") is True

    def __call__(self, match: Match, request: Request, payload: Payload) -> tuple[Violation, ...]:
        security, found = self._security, list[Violation]()
        if security is not None and security.find(request) != "present":
            found.append(self._security_violation(security, request))
        if self._parameters:
            found += self._parameter_violations(match, request)
        if self._bodies is not None and not self._plainly_fits(self._bodies, payload):
            found += self._body_violations(self._bodies, payload)
        return tuple(found)

    def _plainly_fits(self, bodies: MediaTypes[Body], payload: Payload) -> bool:
        """The common case at once: JSON of a listed type that its schema allows."""
        if payload.value is ABSENT or payload.problem is not None:
            return False
        body = bodies.find(payload.media)
        return body is not None and body.is_json and body.holds(payload.value) and is_utf8(payload.text)

    def _security_violation(self, security: Security, request: Request) -> Violation:
        missing = security.find(request) == "missing"
        return violation(
            "client",
            self._name,
            "security",
            "",
            "security" if missing else "scheme",
            security.document,
            security.wanted,
            "no credential" if missing else "a credential that is not so written",
            "Send one." if missing else "Check the scheme's name and that a credential follows it.",
        )

    def _parameter_violations(self, match: Match, request: Request) -> Iterator[Violation]:
        query = query_pairs(request.query) if request.query else []
        cookies: Sequence[tuple[str, str]] | None = None
        raw: Mapping[str, str] | None = None
        for parameter in self._parameters:
            try:
                if parameter.where == "query":
                    value = read(parameter, query) if query else ABSENT
                elif parameter.where == "header":
                    value = read_header(parameter, request.headers.every(parameter.name))
                elif parameter.where == "cookie":
                    cookies = cookie_pairs(request.headers.every("cookie")) if cookies is None else cookies
                    value = read(parameter, cookies)
                else:
                    raw = self._raw(match, request) if raw is None else raw
                    value = read_path(parameter, raw[parameter.name]) if parameter.name in raw else ABSENT
            except Repeated as error:
                yield self._parameter(parameter, "repeated", "one value", f"{error} values", "Send it once.")
            except Unreadable as error:
                yield from self._unreadable(parameter, error)
            else:
                yield from self._value(parameter, value)

    def _raw(self, match: Match, request: Request) -> Mapping[str, str]:
        """The path parameters as they came; where nothing is percent-encoded, the match has them."""
        return self._router.raw(match, request.path) if "%" in request.path else match.path

    def _value(self, parameter: Parameter, value: Json | Absent) -> Iterator[Violation]:
        if value is ABSENT:
            if parameter.required:
                kind = "the parameter" if parameter.where != "header" else "the header"
                expected = f"{kind} `{parameter.name}`"
                yield self._parameter(parameter, "parameter", expected, "none", f"Add `{parameter.name}`.")
            return
        shape = parameter.texts.shape
        if shape is None or (value == "" and parameter.allow_empty) or shape.holds(value):
            return
        for breach in shape.breaches(value):
            yield from_breach(breach, "client", self._name, parameter.where, parameter.name)

    def _unreadable(self, parameter: Parameter, error: Unreadable) -> Iterator[Violation]:
        if error.got == "":
            if not parameter.allow_empty:
                remedy = "Give it a value, or leave it out."
                yield self._parameter(parameter, "allowEmptyValue", error.expected, "an empty value", remedy)
            return
        yield self._parameter(parameter, "style", error.expected, show(error.got, parameter.secret))

    def _parameter(self, parameter: Parameter, rule: str, expected: str, got: str, remedy: str = "") -> Violation:
        where: Place = parameter.where
        document = f"{parameter.spot.pointer}/required" if rule == "parameter" else parameter.spot.pointer
        return violation("client", self._name, where, parameter.name, rule, document, expected, got, remedy)

    def _body_violations(self, bodies: MediaTypes[Body], payload: Payload) -> Iterator[Violation]:
        if payload.problem is not None:
            yield self._problem(payload.problem)
        elif payload.value is ABSENT and not payload.text:
            if self._required:
                yield self._in_body("body", "/required", "a body", "none", "Send one.")
        else:
            body = bodies.find(payload.media)
            if body is None:
                expected = " or ".join(f"`{name}`" for name in bodies.known)
                got = f"`{shorten(payload.media)}`" if payload.media else "no `Content-Type`"
                yield violation(
                    "client",
                    self._name,
                    "media-type",
                    "",
                    "content",
                    f"{self._pointer}/content",
                    expected,
                    got,
                    "Send one of these in `Content-Type`.",
                )
                return
            for breach in self._breaches(body, payload):
                yield from_breach(breach, "client", self._name, "body")
            if is_json(payload.media) and not is_utf8(payload.text):
                yield self._in_body("syntax", "/content", "JSON in UTF-8", "bytes that are not UTF-8", "Send UTF-8.")

    def _breaches(self, body: Body, payload: Payload) -> list[Breach]:
        value: Json = payload.value
        if payload.media == FORM_MEDIA:
            value = body.form(payload.text)
        elif payload.media.startswith("text/"):
            value = payload.text.decode("utf-8", "replace")
        elif not is_json(payload.media):
            return []
        return body.breaches(value)

    def _problem(self, problem: Problem) -> Violation:
        rule, expected, remedy = _PROBLEMS[problem.kind]
        got = shorten(problem.detail)
        if problem.kind == "syntax":
            at = "at the end" if problem.found is None else f"at `{shorten(problem.found)}`"
            got = f"{got}, character {problem.position} ({at})"
        return self._in_body(rule, "/content", expected, got, remedy)

    def _in_body(self, rule: str, below: str, expected: str, got: str, remedy: str) -> Violation:
        return violation("client", self._name, "body", "", rule, f"{self._pointer}{below}", expected, got, remedy)

    @property
    def _pointer(self) -> str:
        return self._body.pointer if self._body else ""
