"""What the engine keeps in a store beside the records of providers, and how it is written as records.

In each world, committed with what the provider changes there: `-home`, what holds in the world (its own clock, pace,
readings, what it is made of), if that is not as in the server's own worlds; and a `-delivery` for each webhook delivery
that is not over. In a world of the server's own: its clock, when private worlds were last used, snapshots, and what
several servers tell each other (`shared_kept.py`).
"""

from __future__ import annotations

import math
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Final

from mockserver.contract.places import Mark
from mockserver.contract.yaml_text import Document
from mockserver.core.delivery import Answered, Attempt, Delivery, Sending, Spoiling
from mockserver.core.http import Headers
from mockserver.core.provider import Provider
from mockserver.core.text import Json, Record
from mockserver.core.world import Change, Contents, Index, Kind, Outcome, Put, Remove, View, WorldId
from mockserver.engine.documents import Seed, WorldDocument
from mockserver.engine.shared_kept import SHARED_KINDS

HOME: Final = "-home"
DELIVERY: Final = "-delivery"
# There is one of each in its world.
ONE: Final = ""

SERVER: Final = WorldId("-", "server")
CLOCK: Final = "clock"
USE: Final = "use"
SNAPSHOT: Final = "snapshot"
HELD: Final = "contents"

_OF_WORLDS: Final = {
    HOME: Kind(HOME),
    DELIVERY: Kind(DELIVERY, {"all": Index(lambda delivery: ("", delivery["number"]))}),
}
_OF_THE_SERVER: Final = {
    **SHARED_KINDS,
    CLOCK: Kind(CLOCK),
    USE: Kind(USE, {"provider": Index(lambda use: (use["provider"], use["at"]))}),
    SNAPSHOT: Kind(SNAPSHOT, {"all": Index(lambda snapshot: ("", snapshot["number"]))}),
    HELD: Kind(HELD),
}


def kinds_of(providers: Iterable[Provider]) -> Mapping[str, Mapping[str, Kind]]:
    """What the worlds of a store hold, by provider: also what the engine keeps there."""
    return {SERVER.provider: _OF_THE_SERVER, **{each.name: {**each.kinds, **_OF_WORLDS} for each in providers}}


# ---- deliveries


def with_deliveries(view: View, outcome: Outcome, keeper: str) -> Outcome:
    """An outcome that keeps its deliveries in the world until they are over: a server that dies loses none.

    `keeper` is the server, of several, that is to make them.
    """
    if not outcome.deliveries:
        return outcome
    last = next(view.find(DELIVERY, "all", "", reverse=True), None)
    number = 0 if last is None else last["number"] + 1
    kept = tuple(
        Put(DELIVERY, delivery.id, record_of(delivery, number + place, keeper))
        for place, delivery in enumerate(outcome.deliveries)
        if delivery.state == "pending"
    )
    return Outcome(outcome.reply, (*outcome.changes, *kept), outcome.notices, outcome.deliveries, outcome.heard)


def change_of(view: View, delivery: Delivery, keeper: str, *, begun: bool = False) -> Change:
    """What keeps a delivery as it is now; one that is over is not kept. `begun` says that an attempt is under way."""
    if delivery.state != "pending":
        return Remove(DELIVERY, delivery.id)
    before = view.get(DELIVERY, delivery.id)
    if before is None:
        last = next(view.find(DELIVERY, "all", "", reverse=True), None)
        number = 0 if last is None else last["number"] + 1
        return Put(DELIVERY, delivery.id, record_of(delivery, number, keeper, begun=begun))
    return Put(DELIVERY, delivery.id, record_of(delivery, before["number"], keeper, begun=begun))


def record_of(delivery: Delivery, number: int, keeper: str, *, begun: bool = False) -> Record:
    """A delivery as a record. They go out in the order of their numbers."""
    return {
        "number": number,
        "begun": begun,
        "keeper": keeper,
        "id": delivery.id,
        "event": delivery.event,
        "webhook": delivery.webhook,
        "url": delivery.url,
        "at": delivery.at,
        "due": delivery.due,
        "content": delivery.content,
        "attempts": [_attempt_record(attempt) for attempt in delivery.attempts],
        "spoiling": asdict(delivery.spoiling),
        "faults": list(delivery.faults),
    }


def deliveries_in(contents: Contents) -> list[Delivery]:
    """What waits to be delivered in a world that holds this, in order."""
    kept = sorted(contents.records.get(DELIVERY, {}).values(), key=lambda record: int(record["number"]))
    return [delivery_of(record) for record in kept]


def delivery_of(record: Record) -> Delivery:
    """The delivery of a record."""
    return Delivery(
        record["id"],
        record["event"],
        record["webhook"],
        record["url"],
        record["at"],
        record["due"],
        record["content"],
        attempts=tuple(_attempt(each) for each in record["attempts"]),
        spoiling=Spoiling(**record["spoiling"]),
        faults=tuple(record["faults"]),
    )


PERHAPS: Final = "mockserver ended while this was under way; perhaps it arrived, and what comes next repeats it"


REPEAT: Final = "Mockserver-Repeat"


def repeated(delivery: Delivery) -> Delivery:
    """A delivery of which an attempt was under way when its server died: that stands among its attempts."""
    sending = Sending("POST", delivery.url, Headers(), b"")
    perhaps = Attempt(delivery.due, sending, Answered(failure="connection", error=PERHAPS))
    return replace(delivery, attempts=(*delivery.attempts, perhaps))


def marked(delivery: Delivery, sending: Sending) -> Sending:
    """The request of an attempt; one that may have arrived before tells so, in a header that no provider has."""
    if not delivery.attempts or delivery.attempts[-1].answered.error != PERHAPS:
        return sending
    return replace(sending, headers=Headers.of([*sending.headers, (REPEAT, "perhaps")]))


def _attempt_record(attempt: Attempt) -> Json:
    sending, answered = attempt.sending, attempt.answered
    return {
        "at": attempt.at,
        "method": sending.method,
        "url": sending.url,
        "headers": [list(pair) for pair in sending.headers],
        "body": b64encode(sending.body).decode(),
        "answered": {
            **{name: getattr(answered, name) for name in _PLAIN},
            "headers": [list(pair) for pair in answered.headers],
            "body": b64encode(answered.body).decode(),
        },
    }


_PLAIN: Final = ("status", "reason", "cut", "failure", "error", "microseconds")


def _attempt(record: Record) -> Attempt:
    sending = Sending(record["method"], record["url"], _headers(record["headers"]), b64decode(record["body"]))
    said = record["answered"]
    plain = {name: said[name] for name in _PLAIN}
    answered = Answered(headers=_headers(said["headers"]), body=b64decode(said["body"]), **plain)
    return Attempt(record["at"], sending, answered)


def _headers(pairs: Json) -> Headers:
    return Headers.of((name, value) for name, value in pairs)


# ---- what holds in a world


def pace_record(pace: float) -> Json:
    """JSON has no infinity."""
    return "inf" if math.isinf(pace) else pace


def pace_of(record: Json) -> float:
    return math.inf if record == "inf" else float(record)


def seed_record(seed: Seed) -> Json:
    """A seed, as a record."""
    origin = seed.origin
    return {
        "document": origin.name,
        "source": origin.document.source,
        "readings": dict(origin.readings),
        "section": seed.section,
    }


def seed_of(record: Json, provider: Provider) -> Seed:
    document = Document({provider.name: record["section"]}, record["source"], _nowhere)
    origin = WorldDocument(record["document"], document, record["readings"], written=False)
    return Seed(provider, origin, record["section"])


@dataclass(frozen=True, slots=True)
class Made:
    """What a world was made of, and is made of again: a seed, and what held in it at first."""

    seed: Seed
    readings: Mapping[str, str]
    pace: float


def made_record(made: Made) -> Json:
    """What a world is made of, as a record."""
    return {**seed_record(made.seed), "chosen": dict(made.readings), "pace": pace_record(made.pace)}


def made_of(record: Json, provider: Provider) -> Made:
    return Made(seed_of(record, provider), record["chosen"], pace_of(record["pace"]))


def _nowhere() -> Mark:
    return Mark("", 1, 1)


def with_home(contents: Contents, record: Record | None) -> Contents:
    """What a world holds, with this said of what holds in it."""
    records = {kind: some for kind, some in contents.records.items() if kind != HOME}
    if record is not None:
        records[HOME] = {ONE: record}
    return Contents(records, contents.serial)


def with_keeper(contents: Contents, keeper: str) -> Contents:
    """What a world holds, its deliveries to be made by this server."""
    if DELIVERY not in contents.records:
        return contents
    kept = {id: {**record, "keeper": keeper} for id, record in contents.records[DELIVERY].items()}
    return Contents({**contents.records, DELIVERY: kept}, contents.serial)
