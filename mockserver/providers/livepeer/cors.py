"""Which origins a browser may call from: decided anew for each credential, but never for a preflight.

The `cors` middleware sets headers before anything is refused; the authorizer compares what it set.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mockserver.core.http import Headers, Reply
from mockserver.core.text import Record
from mockserver.providers.livepeer.express import POWERED, Pairs
from mockserver.providers.livepeer.visit import Caller

METHODS: Final = "GET,HEAD,PUT,PATCH,POST,DELETE"
# Paths any page may use, whoever embeds it.
OPEN_PATHS: Final = ("/api/asset/upload/direct", "/api/asset/upload/tus", "/api/playback/")

_VARY: Final = ("Vary", "Authorization, Origin")
_AFTER: Final = (("Access-Control-Allow-Credentials", "true"), ("Access-Control-Expose-Headers", "*"))
_PLAIN: Final = (POWERED, _VARY, *_AFTER)


def allowed_origin(method: str, path: str, origin: str | None, caller: Caller, settings: Record) -> str | None:
    """The origin this call may come from: the one it names, or None."""
    if not origin:
        return None
    key = caller.key
    if path.startswith(OPEN_PATHS) or (key is None and method == "OPTIONS"):
        return origin
    if key is None:
        return origin if origin in settings["dashboards"] else None
    allowed = (key.get("access") or {}).get("cors", {}).get("allowedOrigins", ())
    return origin if origin in allowed or "*" in allowed else None


def headers_for(allowed: str | None) -> Pairs:
    """The headers every reply of the API begins with."""
    if allowed is None:
        return _PLAIN
    return (POWERED, _VARY, ("Access-Control-Allow-Origin", allowed), *_AFTER)


def preflight(said: Mapping[str, str], allowed: str | None) -> Reply:
    """The answer to any OPTIONS request, on any path, with any credential or none."""
    wanted = said.get("access-control-request-headers")
    pairs = [POWERED, ("Vary", "Authorization, Origin, Access-Control-Request-Headers")]
    if allowed is not None:
        pairs.append(("Access-Control-Allow-Origin", allowed))
    pairs += [_AFTER[0], ("Access-Control-Allow-Methods", METHODS)]
    if wanted:
        pairs.append(("Access-Control-Allow-Headers", wanted))
    return Reply(204, Headers.of((*pairs, _AFTER[1])))
