"""Who calls: the Authorization header as the server's global middleware reads it, before any body or route.

No header, or one without a scheme and something after it, is nobody in particular; that is for routes to refuse.
"""

from __future__ import annotations

import re
from base64 import b64decode
from functools import lru_cache
from typing import Final

from mockserver.core.http import Request
from mockserver.core.provider import Claim, Moment
from mockserver.core.text import Record
from mockserver.core.world import View
from mockserver.providers.livepeer import tokens
from mockserver.providers.livepeer.visit import Caller, Refused

ANONYMOUS: Final = Caller()
_HEADER: Final = re.compile(r"\s*(\w+)\s+(.+)", re.ASCII)
_BASIC: Final = re.compile(r" *basic +([A-Za-z0-9._~+/-]+=*) *", re.IGNORECASE | re.ASCII)
# Paths whose subject tells the world when no credential does.
_PUBLIC: Final = re.compile(r"(?:/api/playback|/media/livepeer(?:/hls|/webrtc)?)/([^/]+)", re.IGNORECASE)

# An instant (ms) that no token lasts to: JavaScript's numbers end before.
_NEVER: Final = 10**400


def claim(request: Request) -> Claim:
    """The world of a request: its key's, its token's user's, or else that of the playback ID it asks for."""
    header = request.header("authorization")
    claimed = _claimed(header) if header else None
    if claimed is not None:
        return claimed
    public = _PUBLIC.match(request.path)
    if public is None:
        return Claim()
    return Claim((("asset", "playbackId", public[1]), ("stream", "playbackId", public[1])))


# A client sends the same header with all its calls: these two remember what it says.
@lru_cache(maxsize=256)
def _claimed(header: str) -> Claim | None:
    parts = _parts(header)
    if parts is None:
        return None
    scheme, credential = parts
    if scheme.lower() == "jwt":
        sub = tokens.subject(credential)
        return Claim() if sub is None else Claim((("user", "id", sub),), sub)
    if scheme.lower() == "basic":
        _, credential = _user_and_password(header)
    return Claim((("key", "id", credential),), credential)


@lru_cache(maxsize=256)
def _parts(header: str) -> tuple[str, str] | None:
    """The scheme as it is spelled, and the credential; None for what is no such header."""
    found = _HEADER.fullmatch(header)
    return (found[1], found[2].strip()) if found else None


def identify(view: View, request: Request, header: str | None, moment: Moment, settings: Record) -> Caller:
    """The caller. Raises Refused."""
    parts = _parts(header) if header else None
    if header is None or parts is None:
        return ANONYMOUS
    scheme, credential = parts
    lower = scheme.lower()
    if lower in ("bearer", "basic"):
        return _by_key(view, request, header, "" if lower == "basic" else credential)
    if lower == "jwt":
        return _by_token(view, request, header, credential, moment, settings)
    raise Refused(401, f"unsupported authorization header scheme: {scheme}")


def _by_key(view: View, request: Request, header: str, key: str) -> Caller:
    """By an API key: sent as bearer, or (`key` is "") as the password of the user it belongs to."""
    claimed = None
    if not key:
        claimed, key = _user_and_password(header)
    if not key:
        raise Refused(401, "no authorization token provided")
    record = view.get("key", key)
    if record is None or (claimed is not None and claimed != record["userId"]):
        raise Refused(401, f"no token {key} found")
    if request.query and _project_argument(request):
        raise Refused(400, "projectId as query param not supported")
    user = _active(view, record["userId"], header)
    return Caller(user, record, record.get("projectId") or user.get("defaultProjectId", ""))


def _by_token(view: View, request: Request, header: str, token: str, moment: Moment, settings: Record) -> Caller:
    jwt = settings["jwt"]
    node = moment.readings.get("node-version", "20")
    expired = "expired" in settings and tokens.digest(token) in settings["expired"]
    sub = tokens.verify(token, jwt["secret"], jwt["audience"], _NEVER if expired else moment.now, node)
    # In a private world a token may name its user by the world's key: there is no other id to know beforehand.
    key = view.get("key", sub) if sub.startswith("test_") else None
    user = _active(view, key["userId"] if key else sub, header)
    project = _project_argument(request)
    if project:
        record = view.get("project", project)
        if record is None and not user.get("admin"):
            raise Refused(500, "Internal server error: TypeError")
        if record is not None and record["userId"] != user["id"] and not user.get("admin"):
            raise Refused(403, "invalid user")
        project = record["id"] if record else ""
    return Caller(user, None, project or user.get("defaultProjectId", ""))


def _active(view: View, user_id: str, header: str) -> Record:
    user = view.get("user", user_id)
    if user is None:
        raise Refused(401, f"no user found from authorization header: {header}")
    if user.get("suspended"):
        raise Refused(403, "user is suspended")
    return user


def _project_argument(request: Request) -> str:
    return next((value for name, value in request.arguments() if name == "projectId"), "")


def _user_and_password(header: str) -> tuple[str, str]:
    """The parts of a Basic header, both empty when it is none."""
    found = _BASIC.fullmatch(header)
    if found is None:
        return "", ""
    text = found[1].replace("-", "+").replace("_", "/")
    try:
        user, colon, password = b64decode(text + "=" * (-len(text) % 4)).decode(errors="replace").partition(":")
    except ValueError:
        return "", ""
    return (user, password) if colon else ("", "")
