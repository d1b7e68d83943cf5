"""One recorded exchange held against the contract: what client and server broke, as far as the recording can prove it.

What a recorder left out, replaced or unpacked is nobody's fault; what is not certain is counted and not said.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from mockserver.conformance.traffic.exchange import Exchange, is_stood_in
from mockserver.conformance.traffic.sites import Elsewhere, Sites
from mockserver.conformance.traffic.terms import Terms
from mockserver.core.contract import Match
from mockserver.core.http import Reply, Request
from mockserver.core.payload import ABSENT, Payload, read_payload
from mockserver.core.text import Json, resolve
from mockserver.core.violation import Violation

Unsure = Literal["no credential", "no request body", "no reply body", "placeholder", "spoilt", "no headers", "cut"]

_NOT_MODIFIED: Final = 304
_REFUSED: Final = (401, 403)


@dataclass(frozen=True, slots=True)
class Judged:
    """An exchange and what is wrong with it. `request` is as the document's own server would have seen it.

    `match` is None for no operation. `unsure` are the reasons why something could not be judged.
    """

    exchange: Exchange
    request: Request
    match: Match | None
    payload: Payload | None = None
    violations: tuple[Violation, ...] = ()
    unsure: frozenset[Unsure] = field(default_factory=frozenset)


class Judge:
    """Holds exchanges against a contract, one by one; remembers nothing of them."""

    def __init__(self, terms: Terms, sites: Sites) -> None:
        self._terms = terms
        self._sites = sites

    def __call__(self, exchange: Exchange) -> Judged | Elsewhere:
        """The verdict on an exchange, or why it is none of the API's."""
        provider = self._terms.provider
        if provider is not None and exchange.world is not None and not exchange.world.startswith(f"{provider}/"):
            return "another provider"
        found = self._sites.find(exchange.request)
        if isinstance(found, str):
            return found
        request, match = found
        if match is None:
            return Judged(exchange, request, None)
        payload = read_payload(request, self._terms.body_limit)
        unsure: set[Unsure] = set()
        broken = [
            *self._by_client(exchange, request, match, payload, unsure),
            *self._by_server(exchange, match, unsure),
        ]
        return Judged(exchange, request, match, payload, tuple(broken), frozenset(unsure))

    def _by_client(
        self, exchange: Exchange, request: Request, match: Match, payload: Payload, unsure: set[Unsure]
    ) -> Iterator[Violation]:
        if not exchange.whole[0]:
            unsure.add("no request body")
        for violation in self._terms.contract.check_request(match, request, payload):
            why = _why_not_client(violation, exchange, payload)
            if why is None:
                yield violation
            else:
                unsure.add(why)

    def _by_server(self, exchange: Exchange, match: Match, unsure: set[Unsure]) -> Iterator[Violation]:
        if exchange.spoilt:
            unsure.add("spoilt")
            return
        reply, silent = exchange.reply, exchange.request.method == "HEAD"
        if reply.status == _NOT_MODIFIED and _is_conditional(exchange.request):
            return  # HTTP's own answer, which few documents list
        if not exchange.whole[1]:
            unsure.add("no reply body")
        for violation in self._terms.contract.check_reply(match.operation, reply):
            bodiless = violation.place in ("body", "media-type") and not reply.body
            if bodiless and (silent or not exchange.whole[1]):
                continue
            why = _why_not_server(violation, exchange, reply)
            if why is None:
                yield violation
            else:
                unsure.add(why)


def _why_not_client(violation: Violation, exchange: Exchange, payload: Payload) -> Unsure | None:
    """Why a recording does not prove that the client broke a rule; None if it does."""
    status = exchange.reply.status
    if violation.place == "security":
        # Recorders take it out, or write a word there; a server that let the call pass has seen one.
        if status not in _REFUSED:
            return "no credential"
        if is_stood_in(exchange.request.header("authorization") or ""):
            return "placeholder"
    if violation.place in ("body", "media-type"):
        if not exchange.whole[0]:
            return "no request body"
        if violation.rule in ("syntax", "encoding", "charset") and status < 300:
            return "cut"  # the server could read it
    return "placeholder" if _is_stood_in(violation, payload.value) else None


def _why_not_server(violation: Violation, exchange: Exchange, reply: Reply) -> Unsure | None:
    if not exchange.headed and violation.place in ("header", "media-type"):
        return "no headers"
    return "placeholder" if _is_stood_in(violation, reply.value) else None


def _is_stood_in(violation: Violation, value: Json) -> bool:
    """Whether what breaks the rule is a recorder's word for a secret."""
    if violation.place != "body":
        return is_stood_in(violation.got.strip('`"'))
    if value is ABSENT or value is None:
        return False
    try:
        found = resolve(value, violation.pointer)
    except KeyError:
        return False
    return isinstance(found, str) and is_stood_in(found)


def _is_conditional(request: Request) -> bool:
    return request.header("if-none-match") is not None or request.header("if-modified-since") is not None


def shown(exchange: Exchange, origin: str) -> Request:
    """The request as it was sent; one whose host nobody wrote down goes to the document's own server."""
    return exchange.request if exchange.request.origin else replace(exchange.request, origin=origin)
