"""A webhook delivery: what is told to whom, when it is due, and every attempt to tell it. Values; nothing is sent here.

Instants are Unix ms of the world's clock.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple

from mockserver.core.http import Headers
from mockserver.core.text import Json

# pending    another attempt is due
# delivered  the receiver took it
# failed     it did not, and that was the last attempt
# refused    the target may not be called (see --allow-target)
# dropped    a fault let it fall, or there was no room for it
# withdrawn  its world was put back to a state from before
State = Literal["pending", "delivered", "failed", "refused", "dropped", "withdrawn"]
Failure = Literal["timeout", "connection", "refused"]


@dataclass(frozen=True, slots=True)
class Sending:
    """One outgoing request. `headers` are those that are chosen; Host, length and the like follow from the rest."""

    method: str
    url: str
    headers: Headers
    body: bytes


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of an outgoing request: an answer (`status`), or none, and then why (`failure`, `error` in words).

    Of the answer's body only the beginning is kept; `cut` says that there was more.
    """

    status: int | None = None
    reason: str = ""
    headers: Headers = field(default_factory=Headers)
    body: bytes = b""
    cut: bool = False
    failure: Failure | None = None
    error: str | None = None
    microseconds: int = 0


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try: when it was due and thus made, what was sent, what came of it."""

    at: int
    sending: Sending
    answered: Answered


class Verdict(NamedTuple):
    """How a delivery stands after an attempt. A pending one is tried again after `pause` ms of life."""

    state: State
    pause: int = 0


@dataclass(frozen=True, slots=True)
class Spoiling:
    """What a fault does to each request of a delivery.

    `forged` signs with another secret, `stale` dates it so many ms back, `tampered` alters the body after signing.
    """

    forged: bool = False
    stale: int = 0
    tampered: bool = False


PURE: Final = Spoiling()


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event for one webhook. `id` is unique among a world's deliveries; `at` is when the event happened.

    `due` is when the next attempt is to be made, or when the last one was. `content` is what the provider needs to
    write a request, secrets included: it is never shown. `faults` are the ids of the faults at work.
    """

    id: str
    event: str
    webhook: str
    url: str
    at: int
    due: int
    content: Json = field(repr=False)
    attempts: tuple[Attempt, ...] = ()
    state: State = "pending"
    spoiling: Spoiling = PURE
    faults: tuple[str, ...] = ()


def attempt_json(attempt: Attempt) -> dict[str, Json]:
    """`at`, `milliseconds` it took, `request`, and `response` or `error` (the other one is null)."""
    sending, answered = attempt.sending, attempt.answered
    response = None
    if answered.status is not None:
        response = {
            "status": answered.status,
            "reason": answered.reason,
            "headers": [list(pair) for pair in answered.headers],
            "body": _text(answered.body),
            "cut": answered.cut,
        }
    return {
        "at": attempt.at,
        "milliseconds": answered.microseconds / 1000,
        "request": {
            "method": sending.method,
            "url": sending.url,
            "headers": [list(pair) for pair in sending.headers],
            "body": _text(sending.body),
        },
        "response": response,
        "failure": answered.failure,
        "error": answered.error,
    }


def delivery_json(delivery: Delivery) -> dict[str, Json]:
    """A delivery without its secrets. `due` is null when no attempt is to come."""
    return {
        "id": delivery.id,
        "event": delivery.event,
        "webhook": delivery.webhook,
        "url": delivery.url,
        "at": delivery.at,
        "due": delivery.due if delivery.state == "pending" else None,
        "state": delivery.state,
        "faults": list(delivery.faults),
        "attempts": [attempt_json(attempt) for attempt in delivery.attempts],
    }


def _text(body: bytes) -> str:
    return body.decode("utf-8", "replace")
