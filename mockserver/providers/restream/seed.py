"""A world document's `restream:` section to records: accounts and files here, the rest in modules of their own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mockserver.core.provider import Moment
from mockserver.core.text import Json, Record
from mockserver.core.world import Change, Put
from mockserver.providers.restream.instants import month
from mockserver.providers.restream.plot import FIRST_ACCOUNT, Path, Plot, wrong
from mockserver.providers.restream.runs import NORMAL
from mockserver.providers.restream.seed_keys import key_records
from mockserver.providers.restream.seed_projects import project_records


def seed(section: Record, world: str, moment: Moment) -> Iterable[Change]:
    """The records of a new world. Raises ValueError("pointer: reason") for what the schema can't say."""
    plot = Plot.of(section, world, moment)
    accounts = dict(_once(_accounts(plot), "accounts", "id"))
    files = dict(_once(_files(plot), "files", "id"))
    changes: list[Change] = [Put("account", id, account) for id, account in accounts.items()]
    changes += [Put("file", id, file) for id, file in files.items()]
    changes += key_records(plot)
    changes += project_records(plot, files)
    return changes


def _once(records: Iterable[Record], *path: str) -> Iterator[tuple[str, Record]]:
    seen: set[str] = set()
    for index, record in enumerate(records):
        if record["id"] in seen:
            raise wrong((path[0], index, path[1]), f"`{record['id']}` is there twice")
        seen.add(record["id"])
        yield record["id"], record


def _accounts(plot: Plot) -> Iterator[Record]:
    for place, entry in enumerate(plot.entries("accounts") or [{"id": FIRST_ACCOUNT}]):
        chance = plot.chance("account", entry["id"])
        yield {
            "id": entry["id"],
            "place": place,
            "user": chance.uuid(),
            "secret": chance.hex(64),
            "clips": entry.get("clips", True),
            "limit": entry.get("quota"),
            "used": entry.get("used", 0),
            "month": month(plot.moment.now),
        }


def _files(plot: Plot) -> Iterator[Record]:
    for index, entry in enumerate(plot.entries("files")):
        yield file_record(plot, entry, ("files", index))


def file_record(plot: Plot, entry: Record, path: Path) -> Record:
    """A file from what a document says of it at `path`. Raises ValueError."""
    status = entry.get("status", "Ready")
    duration = entry.get("durationSeconds")
    if status == "Ready" and duration is None:
        raise wrong(path, "a file that is Ready has `durationSeconds`")
    if "readyAfter" in entry and (status != "Processing" or duration is None):
        raise wrong((*path, "readyAfter"), "only for a file in Processing that has `durationSeconds`")
    known = {"sizeBytes": entry.get("sizeBytes", _likely_size(duration)), "durationSeconds": duration}
    ready: Json = None
    if "readyAfter" in entry:
        ready = {**known, "at": plot.moment.now + plot.moment.lasting(entry["readyAfter"])}
    return {
        "id": entry["id"].lower(),
        "account": plot.owner(entry, path),
        "title": entry["title"],
        **(dict.fromkeys(known) if status == "Processing" else known),
        "status": status,
        "createdAt": plot.at(entry.get("createdAt", 0), (*path, "createdAt")),
        "generation": entry.get("generation", NORMAL),
        "ready": ready,
    }


def _likely_size(duration: float | None) -> int | None:
    """At 3 Mbit/s."""
    return None if duration is None else int(duration * 375_000)
