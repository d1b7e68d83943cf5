"""Which operation a recorded request was for: its host must be the API's, its path below where the API stood.

A recording may be of the real host, of a fake on this machine, or of a proxy that put the API elsewhere (`--base`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal
from urllib.parse import urlsplit

from mockserver.conformance.traffic.exchange import host_of, is_loopback
from mockserver.contract.check import CompiledContract
from mockserver.core.contract import Match
from mockserver.core.http import Request
from mockserver.core.text import Json
from mockserver.errors import UsageError

# Where the fake has what is no provider's.
_CONTROL: Final = "/__admin"

Elsewhere = Literal["another host", "another path", "another provider", "control"]


@dataclass(frozen=True, slots=True)
class _Site:
    """Where the API stands: on a host (any for None) below `prefix`, which the document calls `base`."""

    host: str | None
    prefix: str
    base: str


class Sites:
    """The places where a contract's operations are looked for."""

    def __init__(self, contract: CompiledContract, bases: Iterable[str] = ()) -> None:
        """`bases` are URLs or paths that stand for the document's own. Raises UsageError for one that is neither."""
        self._contract = contract
        servers = list(_servers(contract.root.value))
        self._hosts = {host_of(url) for url in servers if urlsplit(url).netloc}
        self.paths = sorted({urlsplit(url).path.rstrip("/") for url in servers} or {""}, key=len, reverse=True)
        self.origin = next((f"{urlsplit(url).scheme}://{urlsplit(url).netloc}" for url in servers if "//" in url), "")
        self._sites = [site for base in bases for site in self._of(base)]

    def find(self, request: Request) -> tuple[Request, Match | None] | Elsewhere:
        """The request as the document's server would have seen it and its operation, or why it is none of ours."""
        host = host_of(request.origin) if request.origin else None
        known = host is None or host in self._hosts or is_loopback(host)
        moved = False
        for site in self._sites:
            if site.host not in (None, host) or not _is_below(request.path, site.prefix):
                known = known or site.host == host
                continue
            moved = True
            seen = replace(request, path=f"{site.base}{request.path[len(site.prefix) :]}" or "/")
            match = self._contract.match(seen.method, seen.path)
            if match is not None:
                return seen, match
        if known:
            match = self._contract.match(request.method, request.path)
            if match is not None:
                return request, match
        if moved:
            return request, None
        if not known:
            return "another host"
        if _is_below(request.path, _CONTROL):
            return "control"
        below = any(_is_below(request.path, path) for path in self.paths if path) or self.paths == [""]
        return (request, None) if below else "another path"

    def _of(self, base: str) -> Iterator[_Site]:
        parts = urlsplit(base)
        if not (parts.scheme in ("http", "https") and parts.netloc) and not (not parts.scheme and base.startswith("/")):
            raise UsageError(f"--base: expected a URL or a path (https://host/api, /proxy/api), got {base!r:.80}")
        host = host_of(base) if parts.netloc else None
        prefix = parts.path.rstrip("/")
        for path in self.paths:
            yield _Site(host, prefix, path)
            if path and prefix.endswith(path):
                # What the document has beside its base is beside this one, too: Restream's /oauth/token.
                yield _Site(host, prefix.removesuffix(path), "")


def _servers(document: Json) -> Iterator[str]:
    """The URLs of all servers of a document, of its paths and operations too, variables at their defaults."""
    paths = document.get("paths")
    items = [item for item in (paths.values() if isinstance(paths, dict) else ()) if isinstance(item, dict)]
    operations = [each for item in items for each in item.values() if isinstance(each, dict)]
    for holder in (document, *items, *operations):
        servers = holder.get("servers")
        for server in servers if isinstance(servers, list) else ():
            url = str(server.get("url", "/")) if isinstance(server, dict) else "/"
            variables = server.get("variables") if isinstance(server, dict) else None
            for name, variable in (variables or {}).items():
                url = url.replace(f"{{{name}}}", str(variable.get("default", "")))
            yield url


def _is_below(path: str, prefix: str) -> bool:
    return path == prefix or path.startswith(f"{prefix}/") or not prefix
