"""Both contracts asked about the same exchange, and what they say apart, each with the difference that explains it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from mockserver.contract.check import CompiledContract, compile_contract
from mockserver.contract.differences import DIFFERENCES, ROUTE_DIFFERENCES, Case, Difference, RouteDifference
from mockserver.contract.reference import ReferenceContract, reference_contract
from mockserver.contract.routes import Route, read_routes
from mockserver.contract.spot import Spot
from mockserver.core.contract import Contract, Match
from mockserver.core.http import Reply, Request
from mockserver.core.payload import Payload, read_payload
from mockserver.core.text import Json
from mockserver.core.violation import Violation

Side = Literal["compiled", "reference"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What one of the two complains of while the other is content. `difference` is None when nothing explains it."""

    side: Side
    violation: Violation
    difference: Difference | None


class Comparison:
    """The two contracts of one document. `limit` is how many bytes of body are read."""

    def __init__(self, document: Json, limit: int = 1_000_000) -> None:
        self.root = Spot.of(document)
        self.routes: Mapping[str, Route] = {route.operation.id: route for route in read_routes(self.root)}
        self.compiled: CompiledContract = compile_contract(document)
        self.reference: ReferenceContract = reference_contract(document)
        self._limit = limit

    @cached_property
    def _unmarked(self) -> CompiledContract:
        return compile_contract(_without(self.root.value, _is_mark))

    @cached_property
    def _undiscriminated(self) -> ReferenceContract:
        return reference_contract(_without(self.root.value, _is_discriminator))

    def route(self, method: str, path: str) -> tuple[Match | None, Match | None, RouteDifference | None]:
        """What each finds for a path; with the difference, if they find something else."""
        ours, theirs = self.compiled.match(method, path), self.reference.match(method, path)
        if ours == theirs:
            return ours, theirs, None
        explained = (one for one in ROUTE_DIFFERENCES if one.explains(self.root, path, ours, theirs))
        return ours, theirs, next(explained, None)

    def request(self, match: Match, request: Request) -> list[Finding]:
        """What the two say apart of a request. Nothing when both refuse it, or neither."""
        payload = read_payload(request, self._limit)
        route = self.routes[match.operation.id]
        ours = self.compiled.check_request(match, request, payload)
        theirs = self.reference.check_request(match, request, payload)

        def fits(contract: Contract) -> bool:
            return not contract.check_request(match, request, payload)

        return _apart(ours, theirs, self._case(route, request, payload, None, fits))

    def reply(self, operation: str, reply: Reply) -> list[Finding]:
        """What the two say apart of a reply. Nothing when both refuse it, or neither."""
        route = self.routes[operation]
        ours = self.compiled.check_reply(route.operation, reply)
        theirs = self.reference.check_reply(route.operation, reply)

        def fits(contract: Contract) -> bool:
            return not contract.check_reply(route.operation, reply)

        return _apart(ours, theirs, self._case(route, None, None, reply, fits))

    def _case(
        self,
        route: Route,
        request: Request | None,
        payload: Payload | None,
        reply: Reply | None,
        fits: Callable[[Contract], bool],
    ) -> Case:
        return Case(
            self.root,
            route,
            request,
            payload,
            reply,
            lambda: fits(self._unmarked),
            lambda: fits(self._undiscriminated),
        )


def _apart(ours: Sequence[Violation], theirs: Sequence[Violation], case: Case) -> list[Finding]:
    if bool(ours) == bool(theirs):
        return []
    side: Side = "compiled" if ours else "reference"
    return [Finding(side, violation, _explained(case, violation, side)) for violation in ours or theirs]


def _explained(case: Case, violation: Violation, side: Side) -> Difference | None:
    for difference in DIFFERENCES:
        explains = difference.compiled if side == "compiled" else difference.reference
        if explains is not None and explains(case, violation):
            return difference
    return None


def _is_mark(name: str, value: Json) -> bool:
    return name in ("readOnly", "writeOnly") and value is True


def _is_discriminator(name: str, value: Json) -> bool:
    return name == "discriminator" and isinstance(value, dict) and "propertyName" in value


def _without(value: Json, gone: Callable[[str, Json], bool]) -> Json:
    """The document without what `gone` says of a name and its value."""
    if isinstance(value, dict):
        return {name: _without(item, gone) for name, item in value.items() if not gone(name, item)}
    return [_without(item, gone) for item in value] if isinstance(value, list) else value
