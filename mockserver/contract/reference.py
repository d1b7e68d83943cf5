"""The second opinion: the same `Contract` interface on openapi-core. Slow, and the field's reference.

It gets the request's own bytes, never our reading of them. Where it differs from the compiled contract stands in
`differences`. Two things are smoothed over, so that it can be asked at all: servers are made relative (it compares
absolute ones with the host), and it gets path parameters decoded segment by segment, as web frameworks hand them over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from mockserver.contract.codes import code_of
from mockserver.contract.routes import METHODS, Route, read_routes
from mockserver.contract.spot import Spot
from mockserver.contract.words import shorten
from mockserver.core.contract import Match, Operation
from mockserver.core.http import Reply, Request, decode_segment
from mockserver.core.payload import Payload
from mockserver.core.text import Json, pointer
from mockserver.core.violation import Party, Place, Violation

if TYPE_CHECKING:
    from openapi_core import OpenAPI

_HOST: Final = "http://localhost"
# Its errors, by the name of the class, as the rules of ours that they stand for.
_RULES: Final[Mapping[str, str]] = {
    "PathNotFound": "path",
    "PathsNotFound": "path",
    "ServerNotFound": "path",
    "OperationNotFound": "method",
    "SecurityNotFound": "security",
    "InvalidSecurity": "security",
    "SecurityValidationError": "security",
    "MissingRequiredParameter": "parameter",
    "EmptyQueryParameterValue": "allowEmptyValue",
    "CastError": "style",
    "DeserializeError": "style",
    "ParameterDeserializeError": "style",
    "MediaTypeNotFound": "content",
    "MediaTypeDeserializeError": "syntax",
    "MissingRequiredRequestBody": "body",
    "MissingData": "body",
    "ResponseNotFound": "status",
    "MissingHeader": "header",
    "MissingRequiredHeader": "header",
}
_PLACES: Final[Mapping[str, Place]] = {
    "path": "route",
    "method": "route",
    "security": "security",
    "content": "media-type",
    "status": "status",
}


def reference_contract(document: Json) -> ReferenceContract:
    """The contract of an OpenAPI document, as openapi-core reads it. Imports the library; raises what it raises."""
    return ReferenceContract(document)


class ReferenceContract:
    """Implements `core.contract.Contract`."""

    def __init__(self, document: Json) -> None:
        from openapi_core import Config, OpenAPI
        from openapi_core.templating.paths.finders import APICallPathFinder

        root = Spot.of(document)
        self._routes: dict[str, Route] = {route.operation.id: route for route in read_routes(root)}
        self._operations = {id: route.operation for id, route in self._routes.items()}
        self._app: OpenAPI = OpenAPI.from_dict(_relative(document), config=Config(spec_validator_cls=None))
        self._finder = APICallPathFinder(self._app.spec)

    @property
    def operations(self) -> Mapping[str, Operation]:
        """Every operation, by operationId, in document order."""
        return self._operations

    def match(self, method: str, path: str) -> Match | None:
        """The operation openapi-core finds for a method and a path as on the wire."""
        from openapi_core.templating.paths.exceptions import PathError

        for wanted in (method, "GET") if method == "HEAD" else (method,):
            try:
                found = self._finder.find(wanted.lower(), _HOST + path)
            except PathError:
                continue
            template, name = found.path_result.pattern, wanted.upper()
            for route in self._routes.values():
                at = route.spot.pointer.split("/")
                if route.operation.method == name and at[2].replace("~1", "/").replace("~0", "~") == template:
                    values = {name: decode_segment(value) for name, value in found.path_result.variables.items()}
                    return Match(route.operation, values)
        return None

    def check_request(self, match: Match, request: Request, payload: Payload) -> tuple[Violation, ...]:
        """What openapi-core finds wrong with a request; it stops after the credential if that is wrong."""
        return tuple(self._asked("client", match.operation, lambda: self._request_errors(match, request)))

    def check_reply(self, operation: Operation, reply: Reply) -> tuple[Violation, ...]:
        """What openapi-core finds wrong with a reply."""
        return tuple(self._asked("server", operation, lambda: self._reply_errors(operation, reply)))

    def _request_errors(self, match: Match, request: Request) -> Iterator[Exception]:
        return iter(self._app.iter_request_errors(_RequestView.of(match, request)))

    def _reply_errors(self, operation: Operation, reply: Reply) -> Iterator[Exception]:
        asked = _RequestView.of(Match(operation, {}), Request(operation.method, operation.path))
        return iter(self._app.iter_response_errors(asked, _ReplyView.of(reply)))

    def _asked(
        self, party: Party, operation: Operation, errors: Callable[[], Iterator[Exception]]
    ) -> Iterator[Violation]:
        import warnings

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                for error in errors():
                    yield from _violations(error, party, operation)
            except Exception as error:  # the library lets whatever a strange value provokes through
                yield _violation(party, operation, "body", "", "crash", error)


def _violations(error: BaseException, party: Party, operation: Operation) -> Iterator[Violation]:
    causes = [error]
    while (cause := causes[-1].__cause__) is not None:
        causes.append(cause)
    place, name = _place(error)
    for cause in reversed(causes):
        broken = getattr(cause, "schema_errors", None)
        if broken:
            for one in broken:
                where = pointer(list(one.absolute_path))
                rule = str(one.validator or "false")
                yield _violation(party, operation, place, name or where, rule, one)
            return
        rule = _RULES.get(type(cause).__name__, "")
        if rule:
            yield _violation(party, operation, _PLACES.get(rule, place), name, rule, cause)
            return
    yield _violation(party, operation, place, name, "crash", error)


def _place(error: BaseException) -> tuple[Place, str]:
    """Where an error is, and the name of the parameter or header."""
    location, name = getattr(error, "location", None), getattr(error, "name", "")
    if location in ("path", "query", "header", "cookie"):
        return location, str(name)
    if type(error).__name__ in ("MissingHeader", "MissingRequiredHeader", "InvalidHeader", "HeaderValidationError"):
        return "header", str(name)
    return "body", ""


def _violation(
    party: Party, operation: Operation, place: Place, name: str, rule: str, error: BaseException
) -> Violation:
    # Never the library's message: it quotes the value, which may be a secret.
    wanted = getattr(error, "validator_value", None)
    expected = shorten(f"{rule}: {wanted!r}") if wanted is not None else "what openapi-core accepts"
    got, detail = f"its {type(error).__name__}", {"error": type(error).__name__}
    return Violation(
        code_of(rule), party, operation.id, place, name, rule, operation.pointer, expected, got, "", detail
    )


@dataclass
class _RequestView:
    """A request as openapi-core wants it."""

    host_url: str
    method: str
    path: str
    path_pattern: str
    parameters: Json
    content_type: str
    body: bytes | None

    @classmethod
    def of(cls, match: Match, request: Request) -> _RequestView:
        from openapi_core.datatypes import RequestParameters
        from werkzeug.datastructures import Headers, ImmutableMultiDict
        from werkzeug.http import parse_cookie

        path = {
            f"{mark}{name}{star}": v for name, v in match.path.items() for mark in ("", ".", ";") for star in ("", "*")
        }
        cookies = [
            pair for header in request.headers.every("cookie") for pair in parse_cookie(header).items(multi=True)
        ]
        return cls(
            _HOST,
            match.operation.method.lower(),
            request.path,
            match.operation.path,
            RequestParameters(
                path=path,
                query=ImmutableMultiDict(request.arguments()),
                header=Headers(list(request.headers)),
                cookie=ImmutableMultiDict(cookies),
            ),
            request.header("content-type") or "",
            request.body or None,
        )


@dataclass
class _ReplyView:
    """A reply as openapi-core wants it."""

    status_code: int
    headers: Json
    content_type: str
    data: bytes | None

    @classmethod
    def of(cls, reply: Reply) -> _ReplyView:
        from werkzeug.datastructures import Headers

        return cls(reply.status, Headers(list(reply.headers)), reply.header("content-type") or "", reply.body or None)


def _relative(document: Json) -> Json:
    """The document with every server reduced to its path."""
    out = {**document, "paths": {}}
    if "servers" in document:
        out["servers"] = _paths_of(document["servers"])
    for template, item in (document.get("paths") or {}).items():
        out["paths"][template] = _relative_item(item)
    return out


def _relative_item(item: Json) -> Json:
    if not isinstance(item, dict):
        return item
    out = dict(item)
    if "servers" in item:
        out["servers"] = _paths_of(item["servers"])
    for method in METHODS:
        operation = item.get(method)
        if isinstance(operation, dict) and "servers" in operation:
            out[method] = {**operation, "servers": _paths_of(operation["servers"])}
    return out


def _paths_of(servers: Json) -> Json:
    return [{**server, "url": urlsplit(server.get("url", "/")).path or "/"} for server in servers]
