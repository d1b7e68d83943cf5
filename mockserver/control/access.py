"""Who may drive the mock: programs on this machine, or whoever has the token. Never a web page.

A page in a browser reaches what listens on loopback, so where a call comes from is no proof. `Origin` and
`Sec-Fetch-Site` tell a page's calls apart, and `Host` a page whose name was rebound to our address.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address
from typing import Final

from mockserver.control.problems import Problem
from mockserver.core.http import Request

PREFIX: Final = "/__admin"
# Where Prometheus looks unless it is told otherwise; the same as PREFIX + METRICS.
METRICS: Final = "/metrics"

_HOST: Final = re.compile(r"(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9.-]{1,253})(?::([0-9]{1,5}))?")
_OWN_SITES: Final = frozenset({"same-origin", "none"})


@dataclass(frozen=True, slots=True)
class Access:
    """The terms of a server: whether it listens on loopback only, its port, and the token to show, if any."""

    loopback: bool
    port: int
    token: str | None = field(default=None, repr=False)


def is_control(target: str) -> bool:
    """Whether a request target, as on the wire, is the control API's. No other spelling of it is."""
    if target.startswith(PREFIX):
        return target[len(PREFIX) : len(PREFIX) + 1] in ("", "/", "?")
    return target.startswith(METRICS) and target[len(METRICS) : len(METRICS) + 1] in ("", "?")


def is_loopback(address: str) -> bool:
    """Whether an IP address is this machine's own; a name is not."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return (mapped or found).is_loopback


def refusal(access: Access, request: Request, peer: str | None) -> Problem | None:
    """Why a request may not drive the mock; None if it may. `peer` is the address at the other end."""
    page = _page(access, request)
    if page is not None:
        return Problem(
            403,
            f"a web page may not drive the mock: {page}",
            pointer="Origin",
            rule="origin",
            remedy="Call from a program. There is no CORS here, on purpose.",
        )
    if access.token is not None:
        return None if _shown(access.token, request) else _TOKEN_WANTED
    if not access.loopback or peer is None or not is_loopback(peer):
        return _TOKEN_WANTED
    if not _is_own_host(request.headers.every("host")):
        return Problem(
            403,
            f"without a token the control API answers only to a loopback Host, not to {_host(request)}",
            pointer="Host",
            rule="host",
            remedy="Address it as http://127.0.0.1, or start the server with --admin-token.",
        )
    return None


_TOKEN_WANTED: Final = Problem(
    401,
    "the control API of this server wants its token",
    pointer="Authorization",
    rule="token",
    remedy="Send `Authorization: Bearer TOKEN` with the token of --admin-token, or the one printed at the start.",
)


def _page(access: Access, request: Request) -> str | None:
    """What shows that a web page of somebody else sent it."""
    for origin in request.headers.every("origin"):
        scheme, _, host = origin.partition("://")
        found = _HOST.fullmatch(host)
        if scheme != "http" or found is None or not _is_own_name(found[1]) or int(found[2] or 80) != access.port:
            return f"the request comes from the origin {origin[:80]}"
    for site in request.headers.every("sec-fetch-site"):
        if site.lower() not in _OWN_SITES:
            return f"the browser says the request is {site[:20]}"
    return None


def _shown(token: str, request: Request) -> bool:
    """Whether the one Authorization header holds the token; takes as long for any wrong one."""
    headers = request.headers.every("authorization")
    scheme, _, sent = headers[0].partition(" ") if len(headers) == 1 else ("", "", "")
    same = hmac.compare_digest(sent.strip().encode("utf-8", "replace"), token.encode())
    return scheme.lower() == "bearer" and same


def _is_own_host(hosts: list[str]) -> bool:
    found = _HOST.fullmatch(hosts[0]) if len(hosts) == 1 else None
    return found is not None and _is_own_name(found[1])


def _is_own_name(host: str) -> bool:
    return host.lower() == "localhost" or is_loopback(host.removeprefix("[").removesuffix("]"))


def _host(request: Request) -> str:
    hosts = request.headers.every("host")
    return " and ".join(host[:80] for host in hosts) or "none at all"
