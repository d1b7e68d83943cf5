"""Who is calling: from a request to the world it belongs to, and from a token to a session with its scopes.

Steps, statuses and sentences are those of node-oauth2-server's authenticate handler, which Restream's 401 gives away.
"""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from mockserver.core.http import Reply, Request, media_type
from mockserver.core.payload import FORM_MEDIA
from mockserver.core.provider import Call, Claim, Moment
from mockserver.core.text import Record
from mockserver.core.world import View
from mockserver.providers.restream.errors import INSUFFICIENT_SCOPE, oauth_error
from mockserver.providers.restream.readings import reading

SCOPES: Final = ("clips.read", "clips.write", "storage.read")

_BEARER: Final = re.compile(r"Bearer\s(\S+)")
_BASIC: Final = re.compile(r" *[Bb][Aa][Ss][Ii][Cc] +([A-Za-z0-9._~+/-]+=*) *")
_LARGEST_FORM: Final = 65_536

_NO_TOKEN: Final = oauth_error(
    401, "unauthorized_request", "Unauthorized request: no authentication given", 'Bearer realm="Service"'
)
_UNKNOWN_TOKEN: Final = oauth_error(401, "invalid_token", "Invalid token: access token is invalid")
_EXPIRED_TOKEN: Final = oauth_error(401, "invalid_token", "Invalid token: access token has expired")


@dataclass(frozen=True, slots=True)
class Session:
    """A valid token's account, and what the token may do."""

    account: Record
    scopes: frozenset[str]


def claim(request: Request) -> Claim:
    """Which world: by a signed URL's user, an OAuth client, code or token, or the bearer token."""
    if request.path.startswith("/media/"):
        user = dict(request.arguments()).get("userId", "")
        return Claim(owned=(("account", "user", user),))
    if request.path.startswith("/oauth/"):
        return _oauth_claim(request)
    if request.path == "/login":
        client = credential(dict(request.arguments()).get("client_id", ""))
        return Claim(owned=(("app", "client", client),), key=client)
    token = _first_token(request)
    return Claim(owned=(("grant", "access", token),), key=token) if token else Claim()


def guard(view: View, call: Call, moment: Moment, scope: str) -> Session | Reply:
    """The session of a call that may use `scope`, or the error its client gets."""
    token = _token(call, moment)
    if isinstance(token, Reply):
        return token
    grant = next(view.find("grant", "access", token), None)
    if grant is None or grant["revoked"]:
        return _UNKNOWN_TOKEN
    if grant["expiresAt"] is not None and grant["expiresAt"] < moment.now:
        return _EXPIRED_TOKEN if reading(moment, "expired-token") == "expired" else _UNKNOWN_TOKEN
    account = view.get("account", grant["account"])
    if account is None:
        return _UNKNOWN_TOKEN
    session = Session(account, frozenset(grant["scopes"]))
    return session if _allowed(session.scopes, scope, moment) else INSUFFICIENT_SCOPE


def _token(call: Call, moment: Moment) -> str | Reply:
    """The access token, from the one place it may be in."""
    request = call.request
    header = request.header("authorization")
    query = dict(request.arguments()).get("access_token") if request.query else None
    form = call.payload.value if call.payload.media == FORM_MEDIA else None
    body = form.get("access_token") if isinstance(form, Mapping) else None
    if bool(header) + bool(query) + bool(body) > 1:
        return _invalid_request("Invalid request: only one authentication method is allowed")
    if header:
        match = _BEARER.search(header)
        if match:
            return match[1]
        lenient = reading(moment, "malformed-authorization") == "401"
        return _NO_TOKEN if lenient else _invalid_request("Invalid request: malformed authorization header")
    if query:
        return _invalid_request("Invalid request: do not send bearer tokens in query URLs")
    if not body:
        return _NO_TOKEN
    if request.method in ("GET", "HEAD"):
        return _invalid_request("Invalid request: token may not be passed in the body when using the GET verb")
    return credential(body)


def _invalid_request(message: str) -> Reply:
    return oauth_error(400, "invalid_request", message)


def _allowed(scopes: frozenset[str], wanted: str, moment: Moment) -> bool:
    names = {wanted}
    if wanted.endswith(".read") and reading(moment, "write-implies-read") == "yes":
        names.add(wanted.removesuffix("read") + "write")
    if reading(moment, "scope-names") == "both":
        names |= {long_scope(name) for name in names}
    return not names.isdisjoint(scopes)


def short_scope(scope: str) -> str:
    """`clips.read` for `clips.default.read`, too."""
    return scope.replace(".default.", ".")


def long_scope(scope: str) -> str:
    """`clips.default.read` for `clips.read`."""
    kind, _, verb = short_scope(scope).rpartition(".")
    return f"{kind}.default.{verb}" if kind else verb


def credential(text: str) -> str:
    """A key from a form or query, where an unescaped plus became a space: `test_alice+stranger`."""
    return text.replace(" ", "+") if text.startswith("test_") else text


def basic_credentials(request: Request) -> tuple[str, str] | None:
    """Client id and secret of Basic authentication, read as node's `basic-auth` reads them."""
    match = _BASIC.fullmatch(request.header("authorization") or "")
    if match is None:
        return None
    try:
        text = b64decode(match[1].replace("-", "+").replace("_", "/") + "==").decode()
    except (Base64Error, UnicodeDecodeError):
        return None
    name, colon, secret = text.partition(":")
    return (credential(name), secret) if colon else None


def _first_token(request: Request) -> str | None:
    match = _BEARER.search(request.header("authorization") or "")
    if match:
        return match[1]
    found = dict(request.arguments()).get("access_token") or _form(request).get("access_token")
    return credential(found) if found else None


def _oauth_claim(request: Request) -> Claim:
    form = _form(request)
    basic = basic_credentials(request)
    client = basic[0] if basic else credential(form.get("client_id", ""))
    places = (
        ("app", "client", client),
        ("code", "code", credential(form.get("code", ""))),
        ("grant", "refresh", credential(form.get("refresh_token", ""))),
        ("grant", "access", credential(form.get("token", ""))),
        ("grant", "refresh", credential(form.get("token", ""))),
    )
    keys = [key for _, _, key in places if key.startswith("test_")]
    return Claim(owned=tuple(place for place in places if place[2]), key=keys[0] if keys else None)


def _form(request: Request) -> dict[str, str]:
    if len(request.body) > _LARGEST_FORM or media_type(request.header("content-type"))[0] != FORM_MEDIA:
        return {}
    return dict(parse_qsl(request.body.decode(errors="replace"), keep_blank_values=True))
