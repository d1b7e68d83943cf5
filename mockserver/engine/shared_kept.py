"""What several servers on one store write down for each other, in the world of the server's own.

`mark` says how often anything was set, and when each topic was set last, so that a call sees with one look whether it
has to read more. `fault`, `met` and `turn` are the faults that stand and what they have met, `scripted` replies laid
ready, `place` what holds in a world that was made, changed or dropped, `worker` who is alive and which slot of serials
is whose, `serial` since when these are counted.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Final

from mockserver.core.http import Headers, Reply, media_type
from mockserver.core.payload import is_json
from mockserver.core.text import Json, Record, TextError, parse
from mockserver.core.world import Index, Kind, WorldId

MARK: Final = "mark"
FAULTS: Final = "fault"
MET: Final = "met"
TURN: Final = "turn"
SCRIPTED: Final = "scripted"
PLACE: Final = "place"
LEASE: Final = "worker"
SERIAL: Final = "serial"

SHARED_KINDS: Final[Mapping[str, Kind]] = {
    MARK: Kind(MARK),
    FAULTS: Kind(FAULTS),
    MET: Kind(MET),
    TURN: Kind(
        TURN,
        {
            "fault": Index(lambda turn: (turn["fault"], turn["world"])),
            "world": Index(lambda turn: (turn["world"], turn["fault"])),
        },
    ),
    SCRIPTED: Kind(
        SCRIPTED,
        {"all": Index(lambda said: ("", said["id"])), "world": Index(lambda said: (said["world"], said["id"]))},
    ),
    PLACE: Kind(PLACE),
    LEASE: Kind(LEASE, {"all": Index(lambda lease: ("", lease["name"]))}),
    SERIAL: Kind(SERIAL),
}

# Who is this far behind reads everything anew.
MOST_MOVED: Final = 64

# What can be set, by topic.
CLOCK_TOPIC: Final = "clock"
FAULTS_TOPIC: Final = "faults"
SCRIPTED_TOPIC: Final = "scripted"
WORLDS_TOPIC: Final = "worlds"
TOPICS: Final = (CLOCK_TOPIC, FAULTS_TOPIC, SCRIPTED_TOPIC, WORLDS_TOPIC)
FIRST_MARK: Final[Record] = {
    "version": 0,
    "stamp": "",
    "born": "",
    CLOCK_TOPIC: 0,
    FAULTS_TOPIC: 0,
    SCRIPTED_TOPIC: 0,
    WORLDS_TOPIC: 0,
    "moved": [],
}


def moved_on(mark: Record, topics: set[str], worlds: list[WorldId], stamp: str) -> Record:
    """The mark after something of these topics was set; `worlds` are those that were made, changed or dropped.

    No other mark has this `stamp`; the first one of a store stays in all that follow.
    """
    version = mark["version"] + 1
    moved = [*mark["moved"], *([version, *world] for world in worlds)][-MOST_MOVED:]
    born = mark.get("born") or stamp
    return {**mark, **dict.fromkeys(topics, version), "version": version, "stamp": stamp, "born": born, "moved": moved}


def is_same(mark: Record, seen: Record) -> bool:
    """Whether nothing was set between two marks."""
    return bool(mark["version"] == seen["version"] and mark.get("stamp") == seen.get("stamp"))


def has_gone_back(mark: Record, seen: Record) -> bool:
    """Whether the store has lost what was set by the mark that was seen before this one, or is another store by now."""
    if mark["version"] < seen["version"]:
        return True
    known = seen.get("born")
    return bool(
        (known and mark.get("born") != known) or (mark["version"] == seen["version"] and not is_same(mark, seen))
    )


def moved_since(mark: Record, seen: Record) -> list[WorldId] | None:
    """The worlds that were made, changed or dropped between two marks; None if that is not known any more."""
    if mark[WORLDS_TOPIC] == seen[WORLDS_TOPIC]:
        return []
    moved = mark["moved"]
    if len(moved) >= MOST_MOVED and moved[0][0] > seen[WORLDS_TOPIC]:
        return None
    return list(dict.fromkeys(WorldId(provider, name) for at, provider, name in moved if at > seen[WORLDS_TOPIC]))


def label(world: WorldId) -> str:
    """A world as an id, which no other world has: no provider's name has a slash."""
    return f"{world.provider}/{world.name}"


def labelled(text: str) -> WorldId:
    provider, _, name = text.partition("/")
    return WorldId(provider, name)


def reply_record(reply: Reply) -> Json:
    headers = [list(pair) for pair in reply.headers]
    return {"status": reply.status, "headers": headers, "body": b64encode(reply.body).decode()}


def reply_of(record: Json) -> Reply:
    headers = Headers.of((name, value) for name, value in record["headers"])
    body, value = b64decode(record["body"]), None
    if is_json(media_type(headers.first("content-type"))[0]):
        try:
            value = parse(body)
        except TextError:
            value = None
    return Reply(record["status"], headers, body, value)
