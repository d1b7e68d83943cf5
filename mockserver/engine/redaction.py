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
_LENGTHS: Final = frozenset(map(len, _HEADERS | _URL_HEADERS))

_PAIR: Final = re.compile(r"([^&=?#]+)=([^&#]*)")


def without_secrets(request: Request, reply: Reply) -> tuple[Request, Reply]:
    """The same exchange, fit to be kept."""
    headers, query, body = _headers(request.headers), request.query, request.body
    if query:
        query = _pairs(query)
    if body:
        body = _body(request, body)
    if headers is not request.headers or query != request.query or body is not request.body:
        request = Request(request.method, request.path, query, headers, body, request.oversize, request.origin)
    return request, _reply(reply)


# Whether a JSON text may have one of the fields: all their names end so, in our compact spelling with a colon behind.
# Written out twice, because a loop, or a regular expression, takes two to four times as long.


def _marked(body: bytes) -> bool:
    return b'oken"' in body or b'ecret"' in body or b'ey"' in body or b'word"' in body


def _reply(reply: Reply) -> Reply:
    headers = _headers(reply.headers)
    if headers is not reply.headers:
        reply = replace(reply, headers=headers)
    body = reply.body
    if reply.value is not None and (b'oken":' in body or b'ecret":' in body or b'ey":' in body or b'word":' in body):
        value = _json(reply.value)
        if value is not reply.value:
            reply = replace(reply, value=value, body=dump(value))
    return reply


def _headers(headers: Headers) -> Headers:
    for name, _ in headers:
        if len(name) in _LENGTHS and (name.lower() in _HEADERS or name.lower() in _URL_HEADERS):
            return Headers([pair if len(pair[0]) not in _LENGTHS else _header(*pair) for pair in headers])
    return headers


def _header(name: str, value: str) -> tuple[str, str]:
    """An Authorization keeps its scheme, a redirect all but its secret arguments."""
    lower = name.lower()
    if lower in _URL_HEADERS:
        before, mark, query = value.partition("?")
        return name, before + mark + _pairs(query)
    if lower not in _HEADERS:
        return name, value
    scheme, _, rest = value.partition(" ")
    return name, f"{scheme} {REMOVED}" if rest and lower.endswith("authorization") else REMOVED


def _pairs(text: str) -> str:
    """A query or form, spelled as before but for the values of secret names."""

    def keep(pair: re.Match[str]) -> str:
        return f"{pair[1]}={REMOVED}" if unquote_plus(pair[1]).lower() in _URL_FIELDS else pair[0]

    return _PAIR.sub(keep, text) if "=" in text else text


def _body(request: Request, body: bytes) -> bytes:
    if body[0] in b"{[" and not _marked(body):
        return body
    media, _ = media_type(request.header("content-type"))
    if media == FORM_MEDIA:
        return _pairs(body.decode("latin-1")).encode("latin-1")
    if not is_json(media) or not _marked(body):
        return body
    try:
        value = parse(body)
    except TextError:
        return REMOVED.encode()
    kept = _json(value)
    return body if kept is value else dump(kept)


def _json(value: Json) -> Json:
    """The very same value if nothing in it is secret."""
    if isinstance(value, dict):
        kept = {
            name: REMOVED if name.lower() in FIELDS and isinstance(item, str) else _json(item)
            for name, item in value.items()
        }
        return kept if any(kept[name] is not item for name, item in value.items()) else value
    if isinstance(value, list):
        items = [_json(item) for item in value]
        return items if any(new is not old for new, old in zip(items, value, strict=True)) else value
    return value
