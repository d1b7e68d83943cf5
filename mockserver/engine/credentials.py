"""What leads a caller to a world: keys, tokens, client ids. No world may be given what leads to another one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from mockserver.core.text import Record
from mockserver.core.world import Kind, WorldId
from mockserver.engine.worlds import private_name

PRIVATE = "test_"


def credentials(kinds: Mapping[str, Kind], records: Iterable[tuple[str, Record]]) -> Iterator[tuple[str, str, str]]:
    """(kind, index, key) of all that callers may authenticate with by these records, which are (kind, record)."""
    indexes = {
        name: [(label, index) for label, index in kind.indexes.items() if index.credential]
        for name, kind in kinds.items()
    }
    for kind, record in records:
        for label, index in indexes.get(kind, ()):
            entry = index.entry(record)
            if entry is not None:
                yield kind, label, entry[0]


def leads_elsewhere(world: WorldId, key: str, owner: WorldId | None) -> str | None:
    """Why a world can't be given a key that leads to `owner` so far; None if it can."""
    if owner is not None and owner != world:
        return f"the key `{key}` leads to the world {owner.name}"
    if key.startswith(PRIVATE) and private_name(key) != world.name:
        return f"the key `{key}` is of the form that leads to a private world of its own"
    return None
