"""Worlds as lines of JSON: what `mockserver state export` writes, and `import` reads and checks before it writes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mockserver.core.text import TextError, dump, parse
from mockserver.core.world import Contents, Store, WorldId
from mockserver.engine.credentials import credentials, leads_elsewhere
from mockserver.engine.kept import kinds_of
from mockserver.errors import UsageError, WorldExists
from mockserver.providers import registry

FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class Line:
    """A world, and where it stands: FILE:LINE."""

    where: str
    world: WorldId
    contents: Contents


def said(world: WorldId) -> str:
    """A world as the command line names it."""
    return f"{world.provider}/{world.name}"


def written(world: WorldId, contents: Contents) -> bytes:
    """A world as a line."""
    head = {"format": FORMAT, "provider": world.provider, "world": world.name, "serial": contents.serial}
    return dump({**head, "records": contents.records}) + b"\n"


def read(name: str) -> Iterator[Line]:
    """The worlds of a file. Raises UsageError naming the line that is none, or that is there twice."""
    try:
        data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise UsageError(f"{name}: can't be read ({error.strerror})") from None
    seen: dict[WorldId, str] = {}
    for number, text in enumerate(data.splitlines(), start=1):
        line = _line(f"{name}:{number}", text)
        if line.world in seen:
            raise UsageError(f"{line.where}: {said(line.world)} is there already, in {seen[line.world]}")
        seen[line.world] = line.where
        yield line


def _line(where: str, text: bytes) -> Line:
    try:
        value = parse(text)
        if value["format"] != FORMAT:
            raise UsageError(f"{where}: a newer mockserver exported this (format {value['format']})")
        records = {kind: {id: dict(record) for id, record in some.items()} for kind, some in value["records"].items()}
        world = WorldId(str(value["provider"]), str(value["world"]))
        return Line(where, world, Contents(records, int(value["serial"])))
    except (TextError, KeyError, TypeError, ValueError, AttributeError):
        raise UsageError(f"{where}: not a world as `mockserver state export` writes it") from None


async def check(lines: list[Line], beside: Store, store: Store) -> None:
    """All of them can be kept, which an empty store `beside` finds out, and none has a key that leads elsewhere.

    Raises UsageError or WorldExists, naming the line.
    """
    kinds = kinds_of(registry.find(registry.names()))
    ours = {line.world for line in lines}
    for line in lines:
        try:
            await beside.replace(line.world, line.contents)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            why = f"{type(error).__name__}: {error}"
            raise UsageError(
                f"{line.where}: {said(line.world)} is none of this version's worlds ({why}); nothing was imported"
            ) from None
    for line in lines:
        records = ((kind, record) for kind, some in line.contents.records.items() for record in some.values())
        for kind, index, key in credentials(kinds[line.world.provider], records):
            for known in (beside, store):
                owner = await known.whose(line.world.provider, kind, index, key)
                elsewhere = None if owner in ours and known is store else leads_elsewhere(line.world, key, owner)
                if elsewhere is not None:
                    raise WorldExists(f"{line.where}: {said(line.world)}: {elsewhere}; nothing was imported")
