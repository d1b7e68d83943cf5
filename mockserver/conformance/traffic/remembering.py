"""What was read once must be read again: things that vanish between two reads, and what never changes and did."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from mockserver.conformance.traffic.history import Contradiction, Memory, Seen
from mockserver.core.secrecy import without_secrets
from mockserver.core.text import Json

# Reads of one thing by its id, which is nobody's to give again.
_READS: Final = frozenset(("getAsset", "getTask", "getStream", "getSession", "getClipProject", "getStorageFile"))
# What of a thing never changes: by operation, where the things are, what they are called by, and their lasting fields.
_ASSET: Final = ("id", ("createdAt", "playbackId", "userId"))
_STREAM: Final = ("id", ("createdAt", "playbackId", "userId"))
_PROJECT: Final = ("projectId", ("createdAt", "sourceTypeName", "sourceIdentifier"))
_FILE: Final = ("id", ("createdAt",))
_Lasting = tuple[str, tuple[str, ...]]
_THINGS: Final[Mapping[str, tuple[str, _Lasting]]] = {
    "getAsset": ("", _ASSET),
    "getAssets": ("", _ASSET),
    "updateAsset": ("", _ASSET),
    "createClip": ("asset", _ASSET),
    "getClips": ("", _ASSET),
    "getClipsOf": ("", _ASSET),
    "getSessionClips": ("", _ASSET),
    "getStream": ("", _STREAM),
    "getStreams": ("", _STREAM),
    "createStream": ("", _STREAM),
    "createClipProject": ("", _PROJECT),
    "listClipProjects": ("projects", _PROJECT),
    "getStorageFile": ("", _FILE),
    "listStorageFiles": ("files", _FILE),
}
_GONE: Final = 404


class Vanishing:
    """Sees reads by id: there, not there, and there again."""

    def __init__(self) -> None:
        self._there: Memory[tuple[Seen, Seen | None]] = Memory()

    def see(self, seen: Seen) -> Iterator[Contradiction]:
        if seen.operation.id not in _READS or seen.exchange.request.method != "GET" or seen.exchange.request.query:
            return
        key = (seen.account, seen.operation.id, *seen.path.values())
        known = self._there.get(key)
        if seen.status == 200:
            if known is not None and known[1] is not None and seen.came_after(known[1]):
                yield _vanished(known[0], known[1], seen)
            self._there.put(key, (seen.record, None))
        elif seen.status == _GONE and known is not None and known[1] is None and seen.came_after(known[0]):
            self._there.put(key, (known[0], seen.record))


class Lasting:
    """Sees the fields of things that are set when they are made."""

    def __init__(self, readings: Mapping[str, str]) -> None:
        self._readings = readings
        self._known: Memory[tuple[dict[str, Json], Seen]] = Memory()

    def see(self, seen: Seen) -> Iterator[Contradiction]:
        found = _THINGS.get(seen.operation.id)
        if found is None or not 200 <= seen.status < 300:
            return
        where, (name, fields) = found
        for thing in _things(seen.value, where):
            id = thing.get(name)
            if not isinstance(id, str):
                continue
            if seen.operation.id == "createClipProject" and self._readings.get("later-created-at") != "original":
                continue
            key = (seen.account, name, ",".join(fields), id)
            said = {field: thing[field] for field in fields if field in thing}
            known = self._known.get(key)
            if known is None:
                self._known.put(key, (said, seen.record))
                continue
            for field, value in said.items():
                if field in known[0] and known[0][field] != value and not _hidden(known[0][field], value):
                    yield _changed(id, field, known[0][field], value, known[1], seen)
            self._known.put(key, ({**said, **known[0]}, known[1]))


def _things(value: Json, where: str) -> Iterator[dict[str, Json]]:
    held = value.get(where) if where and isinstance(value, dict) else value
    for each in held if isinstance(held, list) else [held]:
        if isinstance(each, dict):
            yield each


def _hidden(*values: Json) -> bool:
    return any(isinstance(value, str) and "[" in value for value in values)


def _vanished(first: Seen, gone: Seen, again: Seen) -> Contradiction:
    return Contradiction(
        "read-after-write",
        "Something was there, then 404, then there again",
        f"{again.operation.path}: 200, then 404, then 200 for the same account and id.",
        (first, gone, again),
        f"{again.operation.pointer}/responses",
        "What was made stays until it is deleted, and what was deleted does not come back.",
        ("replies[1].status_code == 200",),
        ("it is there", "it is not", "it is"),
    )


def _changed(id: str, field: str, before: Json, after: Json, first: Seen, last: Seen) -> Contradiction:
    return Contradiction(
        "lasting-field-changes",
        f"`{field}` of the same thing is another one",
        f"{id}: `{field}` was {without_secrets(str(before)):.80}, then {without_secrets(str(after)):.80}.",
        (first, last),
        f"{last.operation.pointer}/responses",
        f"`{field}` is set when the thing is made.",
    )
