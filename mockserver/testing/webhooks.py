"""A webhook receiver on this machine for one world: checks each signature and keeps what came."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from hmac import compare_digest, new
from typing import TYPE_CHECKING, Final

from mockserver.conformance import receiver
from mockserver.conformance.receiver import Receiver
from mockserver.contract.document import effective
from mockserver.core.http import Headers, Request
from mockserver.core.text import Json, dump
from mockserver.errors import UsageError, unknown
from mockserver.providers import registry

if TYPE_CHECKING:
    from mockserver.testing.mock import Mock

SECRET: Final = "the secret of a test's webhook"
PATH: Final = "/hook"
# No delivery on this machine takes longer to arrive (s of real time) unless something is wrong.
PATIENCE_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class Received(receiver.Received):
    """One request that came. `signed`: it carries a signature, and that is of these very bytes."""

    signed: bool

    @property
    def event(self) -> str:
        return str(self._of("event"))

    @property
    def id(self) -> str:
        """Of the event: a duplicate has the same one."""
        return str(self._of("id"))

    @property
    def payload(self) -> Json:
        return self._of("payload")

    def _of(self, name: str) -> Json:
        value = self.value
        return value.get(name) if isinstance(value, dict) else None


class Webhooks:
    """`mock.webhooks.register("asset.ready")`, then `mock.clock.settle()`, then look at `received`.

    Nothing listens until something is registered. It answers 200 unless told otherwise.
    """

    def __init__(self, mock: Mock) -> None:
        self._mock = mock
        self._receiver = Receiver(self._take)
        self._came: list[Received] = []
        self._answers: deque[int] = deque()
        self.secret = SECRET

    @property
    def url(self) -> str:
        """Where it listens; it does from the first look."""
        self._receiver.open()
        return f"{self._receiver.url}{PATH}"

    def register(self, *events: str, signed: bool = True) -> str:
        """Subscribe to events (all there are, if none is named); the webhook's id. `signed`: with the secret.

        Raises ValueError for an event there is not.
        """
        known = events_of(self._mock.provider)
        for event in events:
            if event not in known:
                raise ValueError(unknown("event", event, known))
        body = {"name": "a test's webhook", "url": self.url, "events": list(events or known)}
        if signed:
            body["sharedSecret"] = self.secret
        headers = {**self._mock.headers, "Content-Type": "application/json"}
        reply = self._mock.call(Request("POST", "/api/webhook", "", Headers.of(headers.items()), dump(body)))
        if reply.status >= 300:
            raise UsageError(f"the webhook was not registered: {reply.status} {reply.value}")
        return str(reply.value["id"])

    def answer_next(self, *statuses: int) -> None:
        """Answer the next deliveries with these statuses, one each, then 200 again."""
        self._answers.extend(statuses)

    @property
    def received(self) -> tuple[Received, ...]:
        """What came so far, in the order it came."""
        return tuple(self._came)

    def of(self, event: str) -> tuple[Received, ...]:
        """What came of an event."""
        return tuple(each for each in self.received if each.event == event)

    def wait(self, event: str, *, count: int = 1, seconds: float = PATIENCE_SECONDS) -> tuple[Received, ...]:
        """What came of an event, once so many of it did; for clocks that run. Raises TimeoutError."""

        def is_enough(got: list[receiver.Received]) -> bool:
            return len(self.of(event)) >= count

        if not self._receiver.wait(is_enough, round(seconds * 1_000)):
            came = ", ".join(each.event for each in self.received) or "nothing"
            raise TimeoutError(f"{event} did not come {count} times within {seconds:g} s; what came: {came}")
        return self.of(event)

    def wait_idle(self) -> None:
        """Returns when the server has nothing left to deliver, and nothing left to do, in real time."""
        self._mock.wait_idle()

    def clear(self) -> None:
        """Forget what came."""
        self._receiver.forget()
        self._came.clear()

    def close(self) -> None:
        self._receiver.close()

    def _take(self, got: receiver.Received) -> int:
        self._came.append(Received(got.path, got.headers, got.body, is_signed(got.headers, got.body, self.secret)))
        return self._answers.popleft() if self._answers else 200


@cache
def events_of(provider: str) -> tuple[str, ...]:
    """Every event the document of a provider names; not all of them happen here."""
    found = registry.find([provider])[0]
    schemas = effective(found.name, found.specs).value["components"]["schemas"]
    return tuple(schemas["webhook-event"]["enum"])


def is_signed(headers: Headers, body: bytes, secret: str) -> bool:
    """Whether `Livepeer-Signature: t=...,v1=...` holds the HMAC-SHA256 of the raw body under the secret."""
    said = headers.first("livepeer-signature") or ""
    parts = dict(part.partition("=")[::2] for part in said.split(","))
    return compare_digest(parts.get("v1", ""), new(secret.encode(), body, sha256).hexdigest())
