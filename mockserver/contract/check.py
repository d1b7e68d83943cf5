"""The contract, compiled: routes at once, each operation's checks at its first use.

Text in, values out: knows the document and nothing of any provider.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from types import MappingProxyType
from typing import Final

from mockserver.contract.replies import ReplyCheck
from mockserver.contract.requests import RequestCheck, violation
from mockserver.contract.routes import Route, Router, Routing, read_routes
from mockserver.contract.spot import Spot
from mockserver.contract.words import shorten
from mockserver.core.contract import Match, Operation
from mockserver.core.http import Reply, Request
from mockserver.core.payload import Payload
from mockserver.core.text import Json
from mockserver.core.violation import Violation

# Comparing texts for likeness takes long for long ones, and no path of a document is longer.
_LONGEST_COMPARED: Final = 200


def compile_contract(document: Json) -> CompiledContract:
    """The contract of an OpenAPI 3.0 or 3.1 document. Raises DocumentError when its paths can't be read.

    Schemas are compiled when an operation is first used; a DocumentError can come then too. `mockserver lint` finds
    such defects beforehand.
    """
    return CompiledContract(Spot.of(document))


class CompiledContract:
    """Implements `core.contract.Contract`."""

    def __init__(self, root: Spot) -> None:
        self._root = root
        self._routes: dict[str, Route] = {route.operation.id: route for route in read_routes(root)}
        self._router = Router(self._routes.values(), Routing.of(root.value))
        self._operations = MappingProxyType({id: route.operation for id, route in self._routes.items()})
        self._requests: dict[str, RequestCheck] = {}
        self._replies: dict[str, ReplyCheck] = {}

    @property
    def root(self) -> Spot:
        """The whole document."""
        return self._root

    def route(self, operation: str) -> Route:
        """Where an operation is written. Raises KeyError for an unknown one."""
        return self._routes[operation]

    @property
    def operations(self) -> Mapping[str, Operation]:
        """Every operation, by operationId, in document order."""
        return self._operations

    def match(self, method: str, path: str) -> Match | None:
        """The operation for a method (upper case; HEAD finds GET) and a path as on the wire; literals win."""
        return self._router.find(method, path)

    def check_request(self, match: Match, request: Request, payload: Payload) -> tuple[Violation, ...]:
        """What the client broke, in document order: security, path, query, header, cookie, media type, body."""
        name = match.operation.id
        check = self._requests.get(name)
        if check is None:
            check = self._requests[name] = RequestCheck(self._routes[name], self._root, self._router)
        return check(match, request, payload)

    def check_reply(self, operation: Operation, reply: Reply) -> tuple[Violation, ...]:
        """What the server broke: status, headers, media type, body."""
        check = self._replies.get(operation.id)
        if check is None:
            check = self._replies[operation.id] = ReplyCheck(self._routes[operation.id])
        return check(reply)

    def unmatched(self, method: str, path: str) -> Violation:
        """The violation of a request that `match` finds nothing for; names the nearest path, or the path's methods."""
        shown = shorten(path, _LONGEST_COMPARED)
        got = f"{shorten(method)} {shown}"
        methods = self._router.methods(path)
        if methods:
            found = self._router.find(methods[0], path)
            document = found.operation.pointer.rpartition("/")[0] if found else "/paths"
            expected = " or ".join(methods)
            return violation("client", None, "route", shown, "method", document, expected, got)
        known = list({template for route in self._routes.values() for template in route.templates})
        near = get_close_matches(path[:_LONGEST_COMPARED], known, 1, 0.5)
        remedy = f"Nearest is `{near[0]}`." if near else "`mockserver routes` lists them."
        return violation("client", None, "route", shown, "path", "/paths", "a path of the document", got, remedy)
