"""`mockserver state`: the worlds of a store that lasts, looked at, carried away, brought back and removed.

Each world is read, written and removed as a whole, whether a server uses the store or not. What was brought back a
running server finds with the first call of its key; worlds without a key of their own, when it is started again.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from mockserver.cli.show import as_json, plain_table
from mockserver.cli.words import Words
from mockserver.core.text import Json, TextError, dump, parse
from mockserver.core.world import Contents, Store, StoreError, WorldId
from mockserver.engine.kept import SERVER
from mockserver.errors import StartError, UsageError, WorldExists, WorldMissing, unknown
from mockserver.settings import load

FORMAT: Final = 1
_EPILOG: Final = """
  ls                     every world, how many calls changed it and how much it holds
  export [WORLD ...]     worlds as JSON, one a line, to standard output; all there are when none is named
  import FILE            the worlds of such lines (- is standard input); none of them if one is there already
  rm WORLD ...           remove worlds

WORLD is PROVIDER/NAME, as in livepeer/test_me. STORE comes from the options of `serve` if it is not said here.
"""


def run(name: str, about: str, words: Sequence[str]) -> int:
    """Do one of these with a store; the exit code."""
    parser = Words(name, about, _EPILOG)
    parser.add_argument("what", metavar="ls|export|import|rm", help="what to do")
    parser.add_argument("names", nargs="*", metavar="WORLD|FILE", help="with which worlds, or from which file")
    parser.add_argument("--store", metavar="STORE", help="sqlite:FILE or redis://HOST:PORT/DB")
    parser.add_argument("--replace", action="store_true", help="import: put worlds in place of those that are there")
    parser.add_argument("--json", action="store_true", help="ls: for a program")
    given = parser.read(words)
    if given is None:
        return 0
    if given.what not in _DEEDS:
        raise UsageError(f"{name}: {unknown('deed', given.what, _DEEDS)}")
    settings = load({} if given.store is None else {"store": given.store}, os.environ, Path.cwd())
    if settings.store == "memory:":
        raise UsageError(f"{name}: worlds in memory end with their server; say --store sqlite:FILE or redis://HOST/DB")
    from mockserver.server.assemble import store_of

    asyncio.run(_done(store_of(settings), _DEEDS[given.what], given))
    return 0


async def _done(store: Store, deed: Callable[[Store, argparse.Namespace], Awaitable[None]], given: Json) -> None:
    try:
        await deed(store, given)
    except StoreError as error:
        raise StartError(str(error)) from error
    finally:
        await store.close()


async def _list(store: Store, given: argparse.Namespace) -> None:
    rows: list[dict[str, Json]] = []
    for world in await _named(store, given.names):
        if world == SERVER and not given.names:
            continue  # what servers keep for themselves
        contents = await store.contents(world)
        records = sum(len(some) for some in contents.records.values())
        rows.append({"world": _said(world), "calls": contents.serial, "records": records})
    if given.json:
        as_json(rows)
    else:
        cells = [[row["world"], f"{row['calls']}", f"{row['records']}"] for row in rows]
        plain_table(("world", "calls", "records"), cells)


async def _export(store: Store, given: argparse.Namespace) -> None:
    for world in await _named(store, given.names):
        contents = await store.contents(world)
        said = {"format": FORMAT, "provider": world.provider, "world": world.name, "serial": contents.serial}
        sys.stdout.buffer.write(dump({**said, "records": contents.records}) + b"\n")
    sys.stdout.buffer.flush()


async def _import(store: Store, given: argparse.Namespace) -> None:
    if len(given.names) != 1:
        raise UsageError("state import: name one file, or - for standard input")
    found = list(_read(given.names[0]))
    there = [_said(world) for world, _ in found if await store.exists(world)]
    if there and not given.replace:
        raise WorldExists(
            f"there already: {', '.join(there)}; nothing was imported. Say --replace, or `rm` them first."
        )
    for world, contents in found:
        try:
            await store.replace(world, contents)
        except (KeyError, TypeError) as error:
            raise UsageError(f"{given.names[0]}: {_said(world)} is none of this version's worlds ({error})") from None


async def _remove(store: Store, given: argparse.Namespace) -> None:
    if not given.names:
        raise UsageError("state rm: name the worlds to remove")
    for world in await _named(store, given.names):
        await store.drop(world)


_DEEDS: Final[Mapping[str, Callable[[Store, argparse.Namespace], Awaitable[None]]]] = {
    "ls": _list,
    "export": _export,
    "import": _import,
    "rm": _remove,
}


async def _named(store: Store, names: Sequence[str]) -> list[WorldId]:
    """The worlds of these names, or all there are. Raises WorldMissing with the nearest name."""
    there = {_said(world): world for world in await store.worlds()}
    for name in names:
        if name not in there:
            raise WorldMissing(unknown("world", name, there))
    return [there[name] for name in names] if names else list(there.values())


def _said(world: WorldId) -> str:
    return f"{world.provider}/{world.name}"


def _read(name: str) -> Iterator[tuple[WorldId, Contents]]:
    """The worlds of a file. Raises UsageError naming the line that is none."""
    try:
        data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise UsageError(f"{name}: can't be read ({error.strerror})") from None
    for number, line in enumerate(data.splitlines(), start=1):
        try:
            said = parse(line)
            if said["format"] != FORMAT:
                raise UsageError(f"{name}:{number}: a newer mockserver exported this (format {said['format']})")
            contents = Contents({kind: dict(some) for kind, some in said["records"].items()}, int(said["serial"]))
            yield WorldId(str(said["provider"]), str(said["world"])), contents
        except (TextError, KeyError, TypeError, ValueError, AttributeError):
            raise UsageError(f"{name}:{number}: not a world as `mockserver state export` writes it") from None
