"""Tiny notes whose notices are posted to subscribers, and receivers that are pure functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mockserver.core.delivery import Answered, Delivery, Sending, Verdict
from mockserver.core.http import Headers, Reply
from mockserver.core.provider import Moment, Webhooks
from mockserver.core.text import dump
from mockserver.core.world import Index, Kind, Outcome, Put, View, WorldId
from mockserver.engine.engine import Engine
from mockserver.engine.ports import Ports
from tests.engine import tiny
from tests.engine.asking import opened

Receiver = Callable[[Sending], Answered]

FIRST_PAUSE = 500
MOST_RETRIES = 3

KINDS = {
    **tiny.KINDS,
    "hook": Kind("hook", {"all": Index(lambda hook: ("", hook["id"]))}),
    "mail": Kind("mail"),
    "log": Kind("log", {"all": Index(lambda log: ("", log["at"]))}),
}


def listens(view: View) -> bool:
    return view.count("hook", "all", "") > 0


def hear(view: View, outcome: Outcome, moment: Moment) -> Outcome:
    mail = view.get("mail", "mail") or {"count": 0}
    count = mail["count"]
    deliveries = []
    for notice in outcome.notices:
        for hook in view.find("hook", "all", ""):
            count += 1
            content = {"note": notice.body["id"], "secret": "hush"}
            name = f"{count}"
            deliveries.append(Delivery(name, notice.event, hook["id"], hook["url"], notice.at, notice.at, content))
    changes = (*outcome.changes, Put("mail", "mail", {"count": count}))
    return Outcome(outcome.reply, changes, outcome.notices, tuple(deliveries), heard=True)


def write(delivery: Delivery, now: int) -> Sending:
    body = dump({"event": delivery.event, "note": delivery.content["note"], "at": now})
    return Sending("POST", delivery.url, Headers.of([("x-event", delivery.event)]), body)


def judge(delivery: Delivery, answered: Answered) -> Verdict:
    if answered.status == 200:
        return Verdict("delivered")
    retries = len(delivery.attempts)
    return Verdict("failed") if retries >= MOST_RETRIES else Verdict("pending", FIRST_PAUSE << retries)


def note(view: View, delivery: Delivery, moment: Moment) -> Outcome:
    made = delivery.attempts[-1]
    id = f"{delivery.id}.{len(delivery.attempts)}"
    return Outcome(Reply(204), (Put("log", id, {"id": id, "at": made.at, "status": made.answered.status}),))


WEBHOOKS = Webhooks(listens, hear, write, judge, note, ("made", "ripe", "done"))
PROVIDER = tiny.provider(kinds=KINDS, webhooks=WEBHOOKS)


async def takes_all(sending: Sending) -> Answered:
    return Answered(200, "OK", body=b"thanks")


def engine(send: Any = takes_all, *, hooks: tuple[str, ...] = ("a",), **options: Any) -> Engine:
    """An engine of tiny notes; each of its worlds has these webhooks."""

    def seed(section: Any, name: str, moment: Moment) -> Any:
        yield from tiny.seed(section, name, moment)
        for hook in hooks:
            yield Put("hook", hook, {"id": hook, "url": f"http://{hook}.test/"})

    provider = tiny.provider(kinds=KINDS, webhooks=WEBHOOKS, seed=seed)
    section = {"keys": ["main"]}
    return opened(tiny.engine(provider=provider, section=section, ports=Ports(send=send), **options))


def told(served: Engine, key: str | None = None) -> list[tuple[str, int, str, list[int | None]]]:
    """Event, instant, state and the statuses of every attempt, for each delivery in order."""
    return [
        (posted.delivery.event, posted.delivery.at, posted.delivery.state, statuses(posted.delivery))
        for posted in served.outbox
        if key in (None, posted.world.name)
    ]


def statuses(delivery: Delivery) -> list[int | None]:
    return [attempt.answered.status for attempt in delivery.attempts]


WORLD = WorldId("tiny", "default")
