"""In which state everything of a world is, as the edges call it, and which edges lie between two such views."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final, NamedTuple

from mockserver.core.text import Json, Record
from mockserver.core.world import Contents
from mockserver.engine.edge_cards import GONE, NEW

Edge = tuple[str, str, str]


class State(NamedTuple):
    """A state by its name, and what may change within it."""

    name: str
    detail: Json = None


States = Mapping[tuple[str, str], State]


def states(provider: str, contents: Contents, now: int) -> States:
    """The state of each thing, by what it is and its id."""
    return dict(_STATES[provider](contents.records, now))


def edges_between(before: States, after: States) -> Iterator[Edge]:
    """What has come, gone or changed. A task is `pending` before it is queued, within the call that makes it."""
    for thing, id in {**before, **after}:
        old, new = before.get((thing, id), State(NEW)), after.get((thing, id), State(GONE))
        if thing == "task" and (old.name, new.name) == (NEW, "waiting"):
            yield thing, NEW, "pending"
            yield thing, "pending", "waiting"
        elif old != new:
            yield thing, old.name, new.name


def _livepeer(records: Mapping[str, Mapping[str, Record]], now: int) -> Iterator[tuple[tuple[str, str], State]]:
    docs = {
        "asset": records.get("asset", {}),
        "task": {id: task["doc"] for id, task in records.get("task", {}).items()},
    }
    for thing, found in docs.items():
        for id, doc in found.items():
            status = {key: value for key, value in doc["status"].items() if key != "updatedAt"}
            yield (thing, id), State(status["phase"], status)


def _restream(records: Mapping[str, Mapping[str, Record]], now: int) -> Iterator[tuple[tuple[str, str], State]]:
    runs = records.get("run", {})
    for id, run in runs.items():
        yield ("run", id), State(_of_run(run), run["made"])
    busy = {run["project"] for run in runs.values() if run["state"] in ("queued", "running")}
    for id in records.get("project", {}):
        yield ("project", id), State("generating" if id in busy else "idle")
    for id, file in records.get("file", {}).items():
        yield ("file", id), State(file["status"])
    for id, grant in records.get("grant", {}).items():
        yield ("token", id), State(_of_token(grant, grant["expiresAt"], now))
        if grant["refresh"] is not None:
            yield ("refresh token", id), State(_of_token(grant, grant["refreshExpiresAt"], now))


def _of_run(run: Record) -> str:
    if run["state"] == "running" and run["next"] is None:
        return "stuck"
    if run["state"] == "done" and not run["plan"]:
        return "empty"
    state: str = run["state"]
    return state


def _of_token(grant: Record, expires: int | None, now: int) -> str:
    if grant["revoked"]:
        return "revoked"
    return "expired" if expires is not None and expires < now else "active"


_STATES: Final[Mapping[str, Callable[..., Iterator[tuple[tuple[str, str], State]]]]] = {
    "livepeer": _livepeer,
    "restream": _restream,
}
