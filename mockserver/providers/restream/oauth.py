"""OAuth: the authorize dialog, codes and refresh tokens to pairs of tokens, and their revocation.

Steps, statuses and sentences are those of node-oauth2-server's authorize and token handlers; the fields of a pair are
those of the pages "Code Exchange" and "Refreshing Tokens". Nobody looks at the dialog: the world says for each
application whether its user lets it in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote, urlencode

from mockserver.core.chance import Chance
from mockserver.core.http import Reply
from mockserver.core.payload import FORM_MEDIA
from mockserver.core.provider import Call, Moment
from mockserver.core.text import Json, Record
from mockserver.core.world import Outcome, Put, Remove, View
from mockserver.providers.restream.credentials import basic_credentials, credential, long_scope, short_scope
from mockserver.providers.restream.errors import PAYLOAD_TOO_LARGE, oauth_error
from mockserver.providers.restream.instants import iso
from mockserver.providers.restream.readings import reading

ACCESS_LIFETIME: Final = 3_600_000
REFRESH_LIFETIME: Final = 365 * 24 * 3_600_000
# Not documented; the library's default.
CODE_LIFETIME: Final = 300_000

_VISIBLE: Final = re.compile(r"[\x20-\x7e]+")
_NAME: Final = re.compile(r"[-|._A-Za-z0-9]+")
_URI: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]+:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]*")
_GRANTS: Final = ("authorization_code", "refresh_token")
_GRANTS_OF_THE_LIBRARY: Final = (*_GRANTS, "client_credentials", "password")


# ---- the authorize dialog


def authorize(view: View, call: Call, moment: Moment) -> Outcome:
    """302 to the application with a code, or without anything if the world's user says no."""
    query = dict(call.request.arguments())
    app = _app_of_dialog(view, query)
    if isinstance(app, Reply):
        return Outcome(app)
    back = query.get("redirect_uri") or app["redirectUris"][0]
    if not app["approves"]:
        return Outcome(Reply.empty(302, (("Location", back),)))
    code = {
        "id": moment.chance.child("code").hex(40),
        "client": app["client"],
        "redirectUri": query.get("redirect_uri"),
        "account": app["account"],
        "scopes": app["scopes"],
        "expiresAt": moment.now + CODE_LIFETIME,
    }
    arguments = {"code": code["id"]}
    if reading(moment, "redirect-scope") == "sent":
        arguments["scope"] = " ".join(_spelled(app["scopes"], moment))
    if "state" in query:
        arguments["state"] = query["state"]
    reply = Reply.empty(302, (("Location", _with_arguments(back, arguments)),))
    return Outcome(reply, (Put("code", code["id"], code),))


def _app_of_dialog(view: View, query: Mapping[str, str]) -> Record | Reply:
    client, back = credential(query.get("client_id", "")), query.get("redirect_uri")
    if not client:
        return _invalid_request("Missing parameter: `client_id`")
    if not _VISIBLE.fullmatch(client):
        return _invalid_request("Invalid parameter: `client_id`")
    if back and not _URI.fullmatch(back):
        return _invalid_request("Invalid request: `redirect_uri` is not a valid URI")
    app = view.get("app", client)
    if app is None:
        return _invalid_client("Invalid client: client credentials are invalid")
    if not back and not app["redirectUris"]:
        return _invalid_client("Invalid client: missing client `redirectUri`")
    if back and app["redirectUris"] and back not in app["redirectUris"]:
        return _invalid_client("Invalid client: `redirect_uri` does not match client value")
    if not query.get("response_type"):
        return _invalid_request("Missing parameter: `response_type`")
    if query["response_type"] != "code":
        message = "Unsupported response type: `response_type` is not supported"
        return oauth_error(400, "unsupported_response_type", message)
    return app


def _with_arguments(uri: str, arguments: Mapping[str, str]) -> str:
    base, mark, fragment = uri.partition("#")
    joint = "&" if "?" in base else "?"
    return f"{base}{joint}{urlencode(arguments, quote_via=quote, errors='replace')}{mark}{fragment}"


# ---- tokens


def create_token(view: View, call: Call, moment: Moment) -> Outcome:
    """A new pair for a code or for a refresh token, whose own pair dies."""
    problem = call.payload.problem
    if problem is not None and problem.kind == "too-large":
        return Outcome(PAYLOAD_TOO_LARGE)
    form = call.payload.value
    if call.payload.media != FORM_MEDIA or problem is not None:
        return Outcome(_invalid_request("Invalid request: content must be application/x-www-form-urlencoded"))
    form = form if isinstance(form, dict) else {}
    app = _app_of_token(view, call, form)
    if isinstance(app, Reply):
        return Outcome(app)
    grant_type = form.get("grant_type", "")
    refused = _wrong_grant_type(grant_type)
    if refused is not None:
        return Outcome(refused)
    return _GRANT[grant_type](view, form, app, moment)


def _app_of_token(view: View, call: Call, form: Mapping[str, str]) -> Record | Reply:
    basic = basic_credentials(call.request)
    if basic is not None:
        client, secret = basic
    elif form.get("client_id") and form.get("client_secret"):
        client, secret = credential(form["client_id"]), form["client_secret"]
    else:
        return _invalid_client("Invalid client: cannot retrieve client credentials")
    for name, value in (("client_id", client), ("client_secret", secret)):
        if not value:
            return _invalid_request(f"Missing parameter: `{name}`")
    for name, value in (("client_id", client), ("client_secret", secret)):
        if not _VISIBLE.fullmatch(value):
            return _invalid_request(f"Invalid parameter: `{name}`")
    app = view.get("app", client)
    if app is not None and app["secret"] in (None, secret):
        return app
    if call.request.header("authorization"):
        message = "Invalid client: client is invalid"
        return oauth_error(401, "invalid_client", message, 'Basic realm="Service"')
    return _invalid_client("Invalid client: client is invalid")


def _wrong_grant_type(grant_type: str) -> Reply | None:
    if not grant_type:
        return _invalid_request("Missing parameter: `grant_type`")
    if not _NAME.fullmatch(grant_type) and not _URI.match(grant_type):
        return _invalid_request("Invalid parameter: `grant_type`")
    if grant_type not in _GRANTS_OF_THE_LIBRARY:
        return oauth_error(400, "unsupported_grant_type", "Unsupported grant type: `grant_type` is invalid")
    if grant_type not in _GRANTS:
        return oauth_error(400, "unauthorized_client", "Unauthorized client: `grant_type` is invalid")
    return None


def _exchange_code(view: View, form: Mapping[str, str], app: Record, moment: Moment) -> Outcome:
    text = _parameter(form, "code")
    if isinstance(text, Reply):
        return Outcome(text)
    code = view.get("code", text)
    if code is None or code["client"] != app["client"]:
        return Outcome(_invalid_grant("authorization code is invalid"))
    if code["expiresAt"] < moment.now:
        return Outcome(_invalid_grant("authorization code has expired"))
    if code["redirectUri"]:
        back = form.get("redirect_uri", "")
        if not _URI.fullmatch(back):
            return Outcome(_invalid_request("Invalid request: `redirect_uri` is not a valid URI"))
        if back != code["redirectUri"]:
            return Outcome(_invalid_request("Invalid request: `redirect_uri` is invalid"))
    grant = _new_grant(code, moment)
    return Outcome(_pair(grant, moment), (Remove("code", text), Put("grant", grant["id"], grant)))


def _refresh(view: View, form: Mapping[str, str], app: Record, moment: Moment) -> Outcome:
    text = _parameter(form, "refresh_token")
    if isinstance(text, Reply):
        return Outcome(text)
    old = next(view.find("grant", "refresh", text), None)
    if old is None or old["revoked"] or old["client"] != app["client"]:
        return Outcome(_invalid_grant("refresh token is invalid"))
    if old["refreshExpiresAt"] is not None and old["refreshExpiresAt"] < moment.now:
        return Outcome(_invalid_grant("refresh token has expired"))
    new = _new_grant(old, moment)
    dead = Put("grant", old["id"], {**old, "revoked": True})
    return Outcome(_pair(new, moment), (dead, Put("grant", new["id"], new)))


_GRANT: Final = {"authorization_code": _exchange_code, "refresh_token": _refresh}


def revoke_token(view: View, call: Call, moment: Moment) -> Outcome:
    """Always 200 and empty; the pair of a token that was valid is dead afterwards."""
    problem = call.payload.problem
    if problem is not None and problem.kind == "too-large":
        return Outcome(PAYLOAD_TOO_LARGE)
    form = call.payload.value
    token = credential(form["token"]) if isinstance(form, dict) and isinstance(form.get("token"), str) else ""
    found = [*view.find("grant", "access", token), *view.find("grant", "refresh", token)]
    dead = (Put("grant", grant["id"], {**grant, "revoked": True}) for grant in found if not grant["revoked"])
    return Outcome(Reply.empty(200), tuple(dead))


def _parameter(form: Mapping[str, str], name: str) -> str | Reply:
    value = credential(form.get(name, ""))
    if not value:
        return _invalid_request(f"Missing parameter: `{name}`")
    return value if _VISIBLE.fullmatch(value) else _invalid_request(f"Invalid parameter: `{name}`")


def _new_grant(before: Record, moment: Moment) -> dict[str, Json]:
    chance: Chance = moment.chance.child("tokens")
    access, refresh = chance.hex(40), chance.hex(40)
    return {
        "id": access,
        "access": access,
        "refresh": refresh,
        "account": before["account"],
        "client": before["client"],
        "scopes": before["scopes"],
        "expiresAt": moment.now + ACCESS_LIFETIME,
        "refreshExpiresAt": moment.now + REFRESH_LIFETIME,
        "revoked": False,
    }


def _pair(grant: Record, moment: Moment) -> Reply:
    scopes = _spelled(grant["scopes"], moment)
    expires, refresh_expires = grant["expiresAt"], grant["refreshExpiresAt"]
    pair = {
        "access_token": grant["access"],
        "expires": expires // 1000,
        "expires_in": ACCESS_LIFETIME // 1000,
        "refresh_token": grant["refresh"],
        "scope": " ".join(scopes),
        "token_type": "Bearer",
        "accessToken": grant["access"],
        "accessTokenExpiresIn": ACCESS_LIFETIME // 1000,
        "accessTokenExpiresAt": iso(expires),
        "accessTokenExpiresEpoch": expires // 1000,
        "refreshToken": grant["refresh"],
        "refreshTokenExpiresIn": REFRESH_LIFETIME // 1000,
        "refreshTokenExpiresAt": iso(refresh_expires),
        "refreshTokenExpiresEpoch": refresh_expires // 1000,
        "scopeJson": scopes,
        "tokenType": "Bearer",
    }
    return Reply.json(200, pair, (("Cache-Control", "no-store"), ("Pragma", "no-cache")))


def _spelled(scopes: list[str], moment: Moment) -> list[str]:
    spell = short_scope if reading(moment, "granted-scopes") == "documented" else long_scope
    return [spell(scope) for scope in scopes]


def _invalid_request(message: str) -> Reply:
    return oauth_error(400, "invalid_request", message)


def _invalid_client(message: str) -> Reply:
    return oauth_error(400, "invalid_client", message)


def _invalid_grant(reason: str) -> Reply:
    return oauth_error(400, "invalid_grant", f"Invalid grant: {reason}")
