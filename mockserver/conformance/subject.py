"""Who is judged, by what, and with whose keys.

Knows how a document wants a key to be shown, and nothing of what a provider does.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from ipaddress import ip_address
from typing import Final
from urllib.parse import SplitResult, quote, urlsplit

from mockserver.contract.check import CompiledContract
from mockserver.contract.security import Scheme, Security
from mockserver.core.contract import Operation
from mockserver.core.http import Headers, Request
from mockserver.core.text import Json, dump
from mockserver.errors import UsageError

JSON_TYPE: Final = "application/json"


@dataclass(frozen=True)
class Subject:
    """A server at `url` that is to keep `contract`.

    `provider` is the name of the installed provider whose API it is, None for just any document. `key` is the account
    that is judged with, `other` a second account's; `roles` are keys of less than a whole account by what they are
    (`read-only`, `revoked`). `sources` are what it may ask clips of, instead of the provider's own. `webhook_url` is
    where a server that can't reach loopback reaches our receiver, which listens at `webhook_port` (0: any). `headers`
    go with every call. Raises UsageError for what is no URL of a server.
    """

    url: str
    contract: CompiledContract
    provider: str | None = None
    key: str | None = None
    other: str | None = None
    roles: Mapping[str, str] = field(default_factory=dict)
    sources: tuple[str, ...] = ()
    webhook_url: str | None = None
    webhook_port: int = 0
    headers: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        _split(self.url)

    @property
    def document(self) -> Json:
        """The effective document."""
        return self.contract.root.value

    @cached_property
    def origin(self) -> str:
        """The URL that the paths of operations are put behind: without the base path they begin with.

        Both `https://livepeer.studio` and `https://livepeer.studio/api` are the API whose clips are at `/api/clip`.
        """
        parts = _split(self.url)
        path = parts.path.rstrip("/")
        for base in sorted(self._bases, key=len, reverse=True):
            if base and (path == base or path.endswith(base)):
                path = path[: -len(base)]
                break
        return f"{parts.scheme}://{parts.netloc}{path}"

    @cached_property
    def _bases(self) -> set[str]:
        """The base paths of the document's operations: what stands before the path as the document writes it."""
        found = set()
        for operation in self.contract.operations:
            route = self.contract.route(operation)
            written = route.operation.path
            item = str(route.path_item.pointer).removeprefix("/paths/").replace("~1", "/").replace("~0", "~")
            found.add(written.removesuffix(item) if written.endswith(item) else "")
        return found

    @property
    def loopback(self) -> bool:
        """Whether the server is on this machine."""
        host = urlsplit(self.url).hostname or ""
        try:
            return ip_address(host).is_loopback
        except ValueError:
            return host == "localhost" or host.endswith(".localhost")

    def has(self, *operations: str) -> bool:
        """Whether the document has all these operations."""
        return all(operation in self.contract.operations for operation in operations)

    def request(
        self,
        operation: str | Operation,
        *,
        path: Mapping[str, str] | None = None,
        query: str = "",
        body: Json = None,
        key: str | None = None,
        anonymous: bool = False,
        headers: tuple[tuple[str, str], ...] = (),
    ) -> Request:
        """A request of an operation as an honest client would send it, with `key` or the subject's own.

        `path` fills the template. A `body` that is not None goes as JSON. Raises KeyError for what is not there.
        """
        found = operation if isinstance(operation, Operation) else self.contract.operations[operation]
        filled = found.path.format_map({name: quote(value, safe="") for name, value in (path or {}).items()})
        pairs = [("Accept", JSON_TYPE), *self.headers, *headers]
        used = key if key is not None else self.key
        if used is not None and not anonymous:
            shown, more = self.credentials(found, used)
            pairs += shown
            query = "&".join(part for part in (query, more) if part)
        data = b""
        if body is not None:
            pairs.append(("Content-Type", JSON_TYPE))
            data = dump(body)
        return Request(found.method, filled, query, Headers.of(pairs), data, origin=self.origin)

    def security(self, operation: Operation) -> Security | None:
        """What an operation asks for, None when nothing."""
        return Security.of(self.contract.route(operation.id).spot, self.contract.root)

    def credentials(self, operation: Operation, key: str) -> tuple[list[tuple[str, str]], str]:
        """Headers and query arguments that show a key in the first way the operation's document takes."""
        security = self.security(operation)
        if security is None:
            return [("Authorization", f"Bearer {key}")] if self.provider else [], ""
        pairs: list[tuple[str, str]] = []
        query = []
        for scheme in min(security.alternatives, key=len):
            if scheme.type == "apiKey" and scheme.where == "query":
                query.append(f"{quote(scheme.name, safe='')}={quote(key, safe='')}")
            elif scheme.type == "apiKey" and scheme.where == "cookie":
                pairs.append(("Cookie", f"{scheme.name}={quote(key, safe='')}"))
            else:
                pairs.append(_header(scheme, key))
        return pairs, "&".join(query)


def _header(scheme: Scheme, key: str) -> tuple[str, str]:
    if scheme.type == "apiKey":
        return scheme.name, key
    if scheme.name == "basic":
        return "Authorization", f"Basic {base64.b64encode(key.encode()).decode() if ':' in key else key}"
    return "Authorization", f"{(scheme.name or 'bearer').capitalize()} {key}"


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and parts.hostname and parts.port != -1
    except ValueError:
        good = False
    if not good:
        raise UsageError(f"{url!r} is no URL of a server; it looks like http://127.0.0.1:4080")
    return parts
