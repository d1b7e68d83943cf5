"""What is made, changed and deleted through Livepeer's API, and what later reads say of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from mockserver.conformance.traffic.history import Contradiction, Memory, Seen
from mockserver.core.text import Json

# By what makes it: where its id is, and what reads it.
_MADE: Final[Mapping[str, tuple[str, str, str]]] = {
    "createClip": ("asset", "id", "getAsset"),
    "createStream": ("", "id", "getStream"),
    "createWebhook": ("", "id", "getWebhook"),
    "createClipProject": ("", "projectId", "getClipProject"),
}
_READS: Final = frozenset(made[2] for made in _MADE.values())
_DELETES: Final[Mapping[str, str]] = {"deleteAsset": "getAsset", "deleteWebhook": "getWebhook"}
_LISTS: Final[Mapping[str, str]] = {"getAssets": "getAsset", "getWebhooks": "getWebhook"}
_UPDATES: Final[Mapping[str, str]] = {"updateAsset": "getAsset", "updateWebhook": "getWebhook"}
_GONE: Final = 404


class Lives:
    """Sees things by what reads them and their ids."""

    def __init__(self) -> None:
        self._made: Memory[Seen] = Memory()
        self._deleted: Memory[Seen] = Memory()
        self._updated: Memory[tuple[dict[str, Json], Seen]] = Memory()

    def see(self, seen: Seen) -> Iterator[Contradiction]:
        name, good = seen.operation.id, 200 <= seen.status < 300
        id = next(iter(seen.path.values()), "")
        if name in _READS and seen.exchange.request.method == "GET":
            yield from self._read((seen.account, name, id), seen)
        elif good and name in _DELETES:
            key = (seen.account, _DELETES[name], id)
            self._deleted.put(key, seen.record)
            self._made.pop(key, None)
            self._updated.pop(key, None)
        elif good and name in _MADE:
            self._make(seen)
        elif good and name in _UPDATES:
            self._update((seen.account, _UPDATES[name], id), seen)
        elif good and name in _LISTS and isinstance(seen.value, list):
            yield from self._list(_LISTS[name], seen)

    def _make(self, seen: Seen) -> None:
        where, name, read = _MADE[seen.operation.id]
        held = seen.value if isinstance(seen.value, dict) else {}
        thing = held.get(where) if where else held
        if isinstance(thing, dict) and isinstance(thing.get(name), str):
            self._made.put((seen.account, read, thing[name]), seen.record)

    def _update(self, key: tuple[str, ...], seen: Seen) -> None:
        """What was sent and came back is how it is now."""
        sent, told = seen.body, seen.value
        if isinstance(sent, dict) and isinstance(told, dict):
            kept = {
                name: value
                for name, value in sent.items()
                if isinstance(value, str | int | float) and name in told and told[name] == value
            }
            self._updated.put(key, (kept, seen.record))

    def _read(self, key: tuple[str, ...], seen: Seen) -> Iterator[Contradiction]:
        deleted, made, updated = self._deleted.get(key), self._made.get(key), self._updated.pop(key, None)
        if seen.status == 200 and deleted is not None and seen.came_after(deleted):
            yield _undone(deleted, seen, ("replies[1].status_code == 404",))
        if seen.status == _GONE and made is not None and deleted is None and seen.came_after(made):
            yield _lost(made, seen)
        if seen.status == 200 and updated is not None and isinstance(seen.value, dict) and seen.came_after(updated[1]):
            other = [name for name, value in updated[0].items() if name in seen.value and seen.value[name] != value]
            if other:
                yield _not_kept(other, updated[1], seen)

    def _list(self, read: str, seen: Seen) -> Iterator[Contradiction]:
        if any(name == "all" for name, _ in seen.exchange.request.arguments()):
            return  # who may ask for all gets what was deleted, too
        for each in seen.value:
            id = each.get("id") if isinstance(each, dict) else None
            deleted = self._deleted.get((seen.account, read, id)) if isinstance(id, str) else None
            if deleted is not None and seen.came_after(deleted):
                yield _undone(deleted, seen, (f"{id!r} not in [each['id'] for each in replies[1].json()]",))


def _undone(deleted: Seen, seen: Seen, must: tuple[str, ...]) -> Contradiction:
    return Contradiction(
        "delete-undone",
        "What was deleted is still there",
        f"It was deleted with {deleted.status}, and {seen.operation.id} shows it after that.",
        (deleted, seen),
        f"{seen.operation.pointer}/responses",
        "Measured on the provider's server: what was deleted answers 404 and is in no list.",
        must,
        ("deleted", "read after that"),
    )


def _lost(made: Seen, seen: Seen) -> Contradiction:
    return Contradiction(
        "read-after-write",
        "What was made is not there",
        f"{made.operation.id} made it with {made.status}, and {seen.operation.id} answers 404 after that. "
        "Nobody deleted it in this recording.",
        (made, seen),
        f"{seen.operation.pointer}/responses",
        "What was made stays until it is deleted.",
        ("replies[1].status_code == 200",),
        ("made", "read after that"),
        level="warning",
    )


def _not_kept(names: list[str], updated: Seen, seen: Seen) -> Contradiction:
    told = ", ".join(f"`{name}`" for name in names)
    return Contradiction(
        "update-lost",
        f"A change of {told} is not there in the next read",
        f"{updated.operation.id} answered {updated.status} with the new {told}, and the read after it shows another.",
        (updated, seen),
        f"{seen.operation.pointer}/responses",
        "What was changed is read as it was changed, unless somebody else changed it.",
        notes=("changed", "read after that"),
        level="warning",
    )
