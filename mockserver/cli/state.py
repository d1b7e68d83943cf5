"""`mockserver state`: the worlds of a store that lasts, looked at, carried away, brought back and removed.

Each world is read, written and removed as a whole, whether servers use the store or not. Those that share it go on
with what is there from their next call on. One that has an SQLite file for itself finds what was brought back with the
first call of its key; worlds without a key of their own, when it is started again.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from mockserver.cli.show import as_json, plain_table
from mockserver.cli.state_file import check, read, said, written
from mockserver.cli.words import Words
from mockserver.core.text import Json
from mockserver.core.world import Contents, Store, StoreError, WorldId
from mockserver.engine.carrying import packed, tell, unpack
from mockserver.engine.kept import SERVER
from mockserver.errors import StartError, UsageError, WorldExists, WorldMissing, unknown
from mockserver.settings import Settings, load

_EPILOG: Final = """
  ls                     every world, how many calls changed it and how much it holds
  export [WORLD ...]     worlds as JSON, one a line, to standard output; all there are when none is named
  import FILE            the worlds of such lines (- is standard input); none of them if one is there already or bad
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
    scheme, _, place = settings.store.partition(":")
    file = Path(place.partition("?")[0])
    if scheme == "sqlite" and given.what != "import" and not file.exists():  # which opening it would make
        raise UsageError(f"{name}: there is no file {file}; check --store, or start `mockserver serve` with it first")
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
    named = set(await _named(store, given.names)) if given.names else None
    rows: list[dict[str, Json]] = [
        {"world": said(world), "calls": calls, "records": records}
        for world, calls, records in await store.sizes()
        # What servers keep for themselves is shown to who asks for it.
        if (world != SERVER if named is None else world in named)
    ]
    if given.json:
        as_json(rows)
    else:
        cells = [[row["world"], f"{row['calls']}", f"{row['records']}"] for row in rows]
        plain_table(("world", "calls", "records"), cells)


async def _export(store: Store, given: argparse.Namespace) -> None:
    for world in await _named(store, given.names):
        sys.stdout.buffer.write(written(world, packed(world, await store.contents(world))))
    sys.stdout.buffer.flush()


async def _import(store: Store, given: argparse.Namespace) -> None:
    if len(given.names) != 1:
        raise UsageError("state import: name one file, or - for standard input")
    lines = list(read(given.names[0]))
    there = [said(line.world) for line in lines if await store.exists(line.world)]
    if there and not given.replace:
        raise WorldExists(
            f"there already: {', '.join(there)}; nothing was imported. Say --replace, or `rm` them first."
        )
    await check(lines, _in_memory(), store)
    done: dict[WorldId, Contents | None] = {}
    try:
        for line in lines:
            await unpack(store, line.world, line.contents)
            done[line.world] = line.contents
    except StoreError as error:
        whole = ", ".join(map(said, done)) or "none"
        raise StoreError(
            f"{error}. Of {len(lines)} worlds {len(done)} were imported, each of them whole: {whole}"
        ) from error
    finally:
        with suppress(StoreError):
            await tell(store, done, _stamp())


async def _remove(store: Store, given: argparse.Namespace) -> None:
    if not given.names:
        raise UsageError("state rm: name the worlds to remove")
    worlds = await _named(store, given.names)
    for world in worlds:
        await store.drop(world)
    await tell(store, dict.fromkeys(worlds), _stamp())


def _in_memory() -> Store:
    from mockserver.server.assemble import store_of

    return store_of(Settings(store="memory:"))


def _stamp() -> str:
    from mockserver.server import entropy

    return entropy.token()


_DEEDS: Final[Mapping[str, Callable[[Store, argparse.Namespace], Awaitable[None]]]] = {
    "ls": _list,
    "export": _export,
    "import": _import,
    "rm": _remove,
}


async def _named(store: Store, names: Sequence[str]) -> list[WorldId]:
    """The worlds of these names, or all there are. Raises WorldMissing with the nearest name."""
    there = {said(world): world for world in await store.worlds()}
    for name in names:
        if name not in there:
            raise WorldMissing(unknown("world", name, there))
    return [there[name] for name in names] if names else list(there.values())
