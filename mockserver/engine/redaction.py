"""Takes what nobody must read out of an exchange: credentials, cookies, tokens, keys. Doing it twice does no harm."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final
from urllib.parse import unquote_plus

from mockserver.core.http import Headers, Reply, Request, media_type
from mockserver.core.payload import FORM_MEDIA, is_json
from mockserver.core.text import Json, TextError, dump, parse

REMOVED: Final = "[removed]"

# Fields of JSON bodies, forms and queries, compared in lower case.
FIELDS: Final = frozenset(
    {
        *("access_token", "accesstoken", "refresh_token", "refreshtoken", "id_token", "token"),
        *("client_secret", "clientsecret", "secret", "sharedsecret", "password"),
        *("streamkey", "stream_key", "apikey", "api_key", "secretkey", "privatekey"),
    }
)
# An OAuth code is a secret in a form or a URL; in JSON `code` names an error.
_URL_FIELDS: Final = FIELDS | {"code", "jwt"}
_HEADERS: Final = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key"})
_URL_HEADERS: Final = frozenset({"location", "referer"})

# What may be a field of JSON that can't be read as JSON.
_TRACE: Final = re.compile(rb"token|secret|password|key", re.IGNORECASE)
# No API nests so far; whoever does must not be able to exhaust our stack.
_DEEPEST: Final = 64

_PAIR: Final = re.compile(r"([^&=?#]+)=([^&#]*)")


def without_secrets(request: Request, reply: Reply) -> tuple[Request, Reply]:
    """The same exchange, fit to be kept."""
    query = _pairs(request.query)
    body = _body(request, request.body)
    headers = _headers(request.headers)
    if headers is not request.headers or query != request.query or body is not request.body:
        request = replace(request, headers=headers, query=query, body=body)
    headers, value = _headers(reply.headers), _json(reply.value)
    if value is not reply.value:
        reply = replace(reply, value=value, body=dump(value))
    return request, reply if headers is reply.headers else replace(reply, headers=headers)


def _headers(headers: Headers) -> Headers:
    kept = Headers.of(_header(name, value) for name, value in headers)
    return headers if kept == headers else kept


def _header(name: str, value: str) -> tuple[str, str]:
    """An Authorization keeps its scheme, a redirect all but its secret arguments."""
    lower = name.lower()
    if lower in _HEADERS:
        scheme, _, rest = value.partition(" ")
        return name, f"{scheme} {REMOVED}" if rest and lower.endswith("authorization") else REMOVED
    if lower in _URL_HEADERS:
        before, mark, query = value.partition("?")
        return name, before + mark + _pairs(query)
    return name, value


def _pairs(text: str) -> str:
    """A query or form, spelled as before but for the values of secret names."""

    def keep(pair: re.Match[str]) -> str:
        return f"{pair[1]}={REMOVED}" if unquote_plus(pair[1]).lower() in _URL_FIELDS else pair[0]

    return _PAIR.sub(keep, text) if "=" in text else text


def _body(request: Request, body: bytes) -> bytes:
    media, _ = media_type(request.header("content-type"))
    if media == FORM_MEDIA:
        return _pairs(body.decode("latin-1")).encode("latin-1")
    if not is_json(media) and not body.lstrip().startswith((b"{", b"[")):
        return body
    try:
        value = parse(body)
    except TextError:
        return REMOVED.encode() if _TRACE.search(body) else body
    kept = _json(value)
    return body if kept is value else dump(kept)


def _json(value: Json, depth: int = 0) -> Json:
    """The very same value if nothing in it is secret."""
    if not isinstance(value, dict | list):
        return value
    if depth > _DEEPEST:
        return REMOVED
    if isinstance(value, dict):
        kept = {
            name: REMOVED if name.lower() in FIELDS and isinstance(item, str) else _json(item, depth + 1)
            for name, item in value.items()
        }
        return kept if any(kept[name] is not item for name, item in value.items()) else value
    items = [_json(item, depth + 1) for item in value]
    return items if any(new is not old for new, old in zip(items, value, strict=True)) else value
