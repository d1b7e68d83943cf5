"""Whether a caller may use a route at all: the checks each protected route begins with, in their order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from mockserver.core.provider import Moment
from mockserver.core.text import Record
from mockserver.providers.livepeer.visit import Caller, Refused

# 2023-09-26T22:00:00Z: accounts made since then need a verified address.
VERIFIED_SINCE: Final = 1_695_765_600_000

Rule = tuple[tuple[str, ...], tuple[str, ...]]

# What a key for browsers may do without full access. Clips are not among it.
BROWSER_RULES: Final[tuple[Rule, ...]] = (
    (("get",), ("/stream/:id/sessions", "/stream/sessions/:parentId", "/session/:id")),
    (("get", "patch"), ("/stream/:id", "/multistream/target/:id")),
    (("post",), ("/stream", "/multistream/target")),
    (("get",), ("/task/:id",)),
    (("get", "patch"), ("/asset/:id",)),
    (("post",), ("/asset/upload/url", "/asset/request-upload", "/asset/:id/export")),
    (("get",), ("/data/views/:id/total", "/data/views/query/total/:id", "/data/views/query/creator")),
    (("post",), ("/experiment/-/attestation",)),
)


def authorize(
    caller: Caller,
    method: str,
    path: str,
    moment: Moment,
    *,
    origin: str | None,
    allowed: str | None,
    admins_only: bool = False,
) -> None:
    """Let the caller pass, or raise Refused. `allowed` is the origin the CORS headers name, None if they name none."""
    user = caller.user
    if user is None:
        raise Refused(401, "request is not authenticated")
    if origin and origin != allowed:
        raise Refused(403, f"credential disallows CORS access from origin {origin}")
    if _unverified(user, moment):
        email = user.get("email")
        raise Refused(403, f"user {email} has not been verified. please check your inbox for verification email.")
    if admins_only and not caller.admin:
        raise Refused(403, "user does not have admin priviledges")
    key = caller.key
    if key is not None and key.get("access"):
        _check_access(key["access"], caller.admin, method, path)


def _unverified(user: Record, moment: Moment) -> bool:
    if user.get("emailValid", True) or user["createdAt"] <= VERIFIED_SINCE:
        return False
    return moment.readings.get("email-verification", "on") == "on"


def _check_access(access: Record, admin: bool, method: str, path: str) -> None:
    cors, rules = access.get("cors"), access.get("rules")
    if cors and admin:
        raise Refused(403, "cors access is not available to admins (how did you get this API key?)")
    path = path.removeprefix("/api")
    if rules is not None:
        written = ((rule.get("methods") or ("*",), rule.get("resources", ())) for rule in rules)
        if not permits(written, method, path):
            raise Refused(403, "credential has insufficent privileges")
    elif _for_browsers_only(cors) and not permits(BROWSER_RULES, method, path):
        raise Refused(403, "access forbidden for CORS-enabled API key with restricted access")


def _for_browsers_only(cors: Record | None) -> bool:
    return bool(cors and cors.get("allowedOrigins") and not cors.get("fullAccess"))


def permits(rules: Iterable[tuple[Iterable[str], Iterable[str]]], method: str, path: str) -> bool:
    """Whether rules of (methods, resources) cover a request. A resource with a query makes all of them void.

    Of several resources that cover a path, the one with the earliest literal segment decides.
    """
    segments = [segment for segment in path.split("/") if segment]
    best: tuple[tuple[int, ...], bool] | None = None
    for methods, resources in rules:
        allowed = {name.lower() for name in methods}
        for resource in resources:
            if "?" in resource:
                return False
            looseness = _looseness([segment for segment in resource.split("/") if segment], segments)
            if looseness is not None and (best is None or looseness < best[0]):
                best = looseness, "*" in allowed or method.lower() in allowed
    return best is not None and best[1]


def _looseness(pattern: list[str], segments: list[str]) -> tuple[int, ...] | None:
    """0 for a literal, 1 for a parameter, 2 for `*`, segment by segment; None when the pattern does not cover them."""
    found: list[int] = []
    for index, part in enumerate(pattern):
        if part == "*":
            return (*found, 2)
        if index >= len(segments) or not (part.startswith(":") or part == segments[index]):
            return None
        found.append(1 if part.startswith(":") else 0)
    return tuple(found) if len(pattern) == len(segments) else None
