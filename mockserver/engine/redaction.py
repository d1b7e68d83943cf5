"""Takes what must not be written down out of an exchange: credentials, cookies, tokens, keys.

Looks first whether anything secret can be there at all, because it runs for every request; the thorough part is
for the few that hold something.
"""

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
_TOLD: Final = _HEADERS | _URL_HEADERS
_LENGTHS: Final = frozenset(map(len, _TOLD))
_OPENING: Final = ord("{")
# No API nests so far; whoever does must not be able to exhaust our stack.
_DEEPEST: Final = 64
# What may be a field of JSON that can't be read as JSON.
_TRACE: Final = re.compile(rb"token|secret|password|key", re.IGNORECASE)

_USER: Final = re.compile(r"^([^:/?#]*://)[^/?#@]*@")
_PAIR: Final = re.compile(r"([^&=?#]+)=([^&#]*)")


def without_secrets(request: Request, reply: Reply) -> tuple[Request, Reply]:
    """The same exchange, fit to be kept."""
    headers, query, body = request.headers, request.query, request.body
    kept = headers if _TOLD.isdisjoint(request.said) else _without_told(headers)
    if query:
        query = _pairs(query)
    # All names of secret fields end like these. Spelled out, because a loop or a regular expression takes three times
    # as long.
    if body and (body[0] != _OPENING or b'oken"' in body or b'ecret"' in body or b'ey"' in body or b'word"' in body):
        body = _body(request, body)
    if kept is not headers or query is not request.query or body is not request.body:
        request = Request(request.method, request.path, query, kept, body, request.oversize, request.origin)
    text = reply.body  # our own JSON is compact: a name has its colon right behind it
    if b'oken":' in text or b'ecret":' in text or b'ey":' in text or b'word":' in text:
        reply = _reply(reply)
    kept = _headers(reply.headers)
    return request, reply if kept is reply.headers else replace(reply, headers=kept)


def url_without_secrets(url: str) -> str:
    """A URL without its user and password, and without the values of secret arguments."""
    before, mark, query = _USER.sub(r"\1", url).partition("?")
    return before + mark + _pairs(query)


def headers_without_secrets(headers: Headers) -> Headers:
    """The very same headers if none is secret."""
    return _headers(headers)


def _reply(reply: Reply) -> Reply:
    value = None if reply.value is None else _json(reply.value)
    return reply if value is reply.value else replace(reply, value=value, body=dump(value))


def _headers(headers: Headers) -> Headers:
    for name, _ in headers:
        if len(name) in _LENGTHS and name.lower() in _TOLD:
            return _without_told(headers)
    return headers


def _without_told(headers: Headers) -> Headers:
    return Headers([_header(*pair) if pair[0].lower() in _TOLD else pair for pair in headers])


def _header(name: str, value: str) -> tuple[str, str]:
    """An Authorization keeps its scheme, a redirect all but its secret arguments."""
    lower = name.lower()
    if lower in _HEADERS:
        scheme, _, rest = value.partition(" ")
        return name, f"{scheme} {REMOVED}" if rest and lower.endswith("authorization") else REMOVED
    before, mark, query = value.partition("?")
    return name, before + mark + _pairs(query)


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
