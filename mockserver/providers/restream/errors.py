"""Restream's error envelope and its names.

`{"error": {"statusCode", "status", "code", "message", "name"}}`, seen on five pages: the three numbers are the status,
an application's `message` is a PascalCase identifier and its `name` the same in snake_case, an OAuth error's `message`
is a sentence of node-oauth2-server and its `name` an OAuth code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final

from mockserver.core.http import REASONS, Reply
from mockserver.core.provider import Moment
from mockserver.core.text import Json
from mockserver.providers.restream.readings import reading

# What only the wire can see, or a gateway says, is named in the manner of the others; none was ever seen.
_NAMES: Final[Mapping[int, str]] = {
    status: re.sub(r"[^A-Za-z]", "", reason.title()) for status, reason in REASONS.items()
}

_CAPITAL: Final = re.compile(r"(?<!^)(?=[A-Z])")


@lru_cache(maxsize=256)
def application_error(status: int, identifier: str) -> Reply:
    """An error of Restream's own code: `StorageFileNotFound` is named `storage_file_not_found`."""
    return Reply.json(status, _envelope(status, identifier, snake_case(identifier)))


@lru_cache(maxsize=256)
def oauth_error(status: int, name: str, message: str, challenge: str | None = None) -> Reply:
    """An error of the OAuth library; `challenge` is its WWW-Authenticate."""
    headers = (("WWW-Authenticate", challenge),) if challenge else ()
    return Reply.json(status, _envelope(status, message, name), headers)


def invalid_body(moment: Moment, details: Iterable[tuple[str, str]]) -> Reply:
    """400 InvalidBodyParams; `details` are path and message of what is wrong, which only one reading tells."""
    if reading(moment, "error-details") == "none":
        return application_error(400, "InvalidBodyParams")
    error = _envelope(400, "InvalidBodyParams", "invalid_body_params")
    error["error"]["details"] = [{"path": path, "message": message} for path, message in details]
    return Reply.json(400, error)


def not_found(moment: Moment, what: str) -> Reply:
    """404 for a `ClipProject` or `Clip` that the user hasn't."""
    specific = reading(moment, "not-found-name") == "specific"
    return application_error(404, f"{what}NotFound" if specific else "NotFound")


def refuse(status: int, why: str) -> Reply:
    """An error for what is no HTTP request; the envelope has no room for `why`."""
    return application_error(status, _NAMES.get(status, "Error"))


def snake_case(identifier: str) -> str:
    return _CAPITAL.sub("_", identifier).lower()


def _envelope(status: int, message: str, name: str) -> dict[str, dict[str, Json]]:
    return {"error": {"statusCode": status, "status": status, "code": status, "message": message, "name": name}}


NO_ROUTE: Final = application_error(404, "NotFound")
PAYLOAD_TOO_LARGE: Final = application_error(413, "PayloadTooLarge")
UNSUPPORTED_MEDIA: Final = application_error(415, "UnsupportedMediaType")
INSUFFICIENT_SCOPE: Final = oauth_error(
    403, "insufficient_scope", "Insufficient scope: authorized scope is insufficient"
)
FORBIDDEN_URL: Final[Mapping[str, Reply]] = {
    "expired": application_error(403, "DownloadUrlExpired"),
    "tampered": application_error(403, "DownloadUrlInvalid"),
}
