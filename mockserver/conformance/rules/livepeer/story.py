"""A clip that is made while webhooks listen, and what they were told of it."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from mockserver.conformance.finding import Finding
from mockserver.conformance.receiver import Received, Receiver
from mockserver.conformance.rules.asking import Answer, at
from mockserver.conformance.rules.evidence import found
from mockserver.conformance.session import Session
from mockserver.core.text import Json

SECRET: Final = "mockserver-check-secret"
EVENTS: Final = (
    *("asset.created", "asset.updated", "asset.ready", "asset.deleted"),
    *("task.spawned", "task.updated", "task.completed"),
)
# What comes at once comes within so long.
ARRIVAL_MS: Final = 4_000


@dataclass
class Mailbox:
    """What our receiver answers: the first delivery of one event fails, each of another is refused."""

    failed: Json = None
    refused: Json = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, got: Received) -> int:
        event, id = at(got.value, "/event"), at(got.value, "/id")
        with self.lock:
            if not got.path.endswith("/main"):
                return 200
            if event == "task.spawned" and self.refused in (None, id):
                self.refused = id
                return 404
            if event == "asset.created" and self.failed is None:
                self.failed = id
                return 503
        return 200


@dataclass(frozen=True)
class Story:
    """A clip that was made while webhooks listened."""

    session: Session
    receiver: Receiver
    mailbox: Mailbox
    hook: Answer
    made: Answer

    @property
    def patience(self) -> int:
        """How long is waited for what should come at once, in ms."""
        return min(ARRIVAL_MS, self.session.limits.patience_ms)

    def deliveries(self, box: str = "/main") -> list[Received]:
        """Those to one of our webhooks that are about the clip."""
        ids = (self.made.at("/asset/id"), self.made.at("/task/id"))
        return [got for got in self.receiver.got if got.path.endswith(box) and subject_of(got) in ids]

    def found(self, rule: str, title: str, shown: Sequence[Received], about: str = "", **more: Json) -> Finding:
        saw = "\n".join(_line(got) for got in shown[:4])
        operation = self.session.subject.contract.operations["createWebhook"].id
        return found(
            self.session, rule, title, [self.hook, self.made], saw=saw or "nothing came", about=about,
            operation=operation, **more,
        )  # fmt: skip


def event_of(got: Received) -> Json:
    return at(got.value, "/event")


def subject_of(got: Received) -> Json:
    """The id of the asset or task a delivery is about."""
    return at(got.value, "/payload/asset/id") or at(got.value, "/payload/task/id")


def _line(got: Received) -> str:
    signature = got.headers.first("livepeer-signature")
    return f"POST {got.path} (Livepeer-Signature: {signature}) {got.body[:200].decode('utf-8', 'replace')}"
