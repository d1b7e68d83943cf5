"""What can go wrong, as a user of the clients meets it. Nothing else leaves a client, and no text holds a secret.

ClientError
├── Unreachable           no reply, after the retries a safe call gets
│   └── OutcomeUnknown    the reply to a call that changes something was lost; looking did not tell what came of it
├── BadReply              a reply that is not what the API documents
├── Refused               a reply of 300 or above
│   ├── InvalidRequest    400, 413, 415, 422
│   ├── Unauthorized      401
│   │   └── SignInAgain   and the refresh token is of no use any more
│   ├── Forbidden         403
│   │   ├── MissingScope          the token may not do this
│   │   ├── FeatureNotActive      the plan has no clips
│   │   └── TooManyClips          too many are in progress; later there is room again
│   ├── UsageLimitReached         the plan's clips are used up
│   ├── NotFound          404
│   ├── Conflict          409
│   └── RateLimited       429
├── ClipFailed            the clip will never be ready
└── TookTooLong           it was not ready by the deadline
"""

from __future__ import annotations


class ClientError(Exception):
    """Whatever a client raises."""


class Unreachable(ClientError):
    pass


class OutcomeUnknown(Unreachable):
    pass


class BadReply(ClientError):
    pass


class Refused(ClientError):
    """`status` is the reply's; `reason` what the provider says, without secrets."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(f"{status}: {reason}")
        self.status = status
        self.reason = reason


class InvalidRequest(Refused):
    pass


class Unauthorized(Refused):
    pass


class SignInAgain(Unauthorized):
    pass


class Forbidden(Refused):
    pass


class MissingScope(Forbidden):
    """`scope` is what the token lacks."""

    def __init__(self, status: int, reason: str, scope: str) -> None:
        super().__init__(status, f"{reason} (this call needs {scope})")
        self.scope = scope


class FeatureNotActive(Forbidden):
    pass


class TooManyClips(Forbidden):
    pass


class UsageLimitReached(Refused):
    pass


class NotFound(Refused):
    pass


class Conflict(Refused):
    pass


class RateLimited(Refused):
    """`after` is how many seconds the provider asks to wait, if it says."""

    def __init__(self, status: int, reason: str, after: float | None) -> None:
        super().__init__(status, reason)
        self.after = after


class ClipFailed(ClientError):
    pass


class TookTooLong(ClientError):
    pass


BY_STATUS: dict[int, type[Refused]] = {
    400: InvalidRequest,
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    413: InvalidRequest,
    415: InvalidRequest,
    422: InvalidRequest,
}
