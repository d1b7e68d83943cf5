"""The options of a server: one frozen value, read once, unknown keys refused with the nearest name.

Four sources, the later ones win: defaults, the nearest `mockserver.toml` or `pyproject.toml` with a `[tool.mockserver]`
table, the environment (`MOCKSERVER_PORT`), the command line (`--port`). Readings are merged, all else is replaced.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from mockserver.core.text import Json
from mockserver.errors import UsageError, unknown
from mockserver.options import CHECK_PREFIX, OPTIONS, PREFIX, URL_VARIABLE, Given, Option


@dataclass(frozen=True, slots=True)
class Settings:
    """How to serve.

    `world` is a named world or a path to a world file. `store` is the address of where worlds are kept, perhaps
    with a password: `memory:`, `sqlite:FILE`, `redis://HOST:PORT/DB`. `workers` is how many processes serve the port;
    several need a store they can share. Private worlds that nobody has used for `world_ttl` ms go. `at` is the instant
    (Unix ms) the clock starts at, None for the real time. `readings` maps full names (`restream.usage-limit`) to
    options. `pace` 0 holds time, inf finishes jobs at once. `admin` says whether there is a control API, `admin_token`
    what it wants to be shown; without one it is open to programs on this machine if the server listens on loopback.
    Webhooks go to this machine, and to the (host, port) pairs of `allow_target`; port None is any. What is in flight
    when the server is told to stop has `drain` s to finish. The journal keeps so many entries and about so many bytes
    of them.
    """

    providers: tuple[str, ...] = ("livepeer", "restream")
    host: str = "127.0.0.1"
    port: int = 4080
    world: str = "default"
    store: str = field(default="memory:", repr=False)
    workers: int = 1
    world_ttl: int | None = None
    seed: int = 0
    pace: float = 60.0
    at: int | None = None
    readings: Mapping[str, str] = field(default_factory=dict)
    allow_target: tuple[tuple[str, int | None], ...] = ()
    ready_file: Path | None = None
    log_format: Literal["text", "json"] = "text"
    log: bool = True
    drain: float = 0.6
    admin: bool = True
    admin_token: str | None = field(default=None, repr=False)
    journal_entries: int = 1_000
    journal_bytes: int = 16 * 1024 * 1024


def load(arguments: Mapping[str, Json], environ: Mapping[str, str], folder: Path) -> Settings:
    """The settings from every source; `arguments` are those given on the command line, by option name.

    Raises UsageError, naming the place and the nearest name, for anything unknown or ill-typed.
    """
    chosen: dict[str, Json] = {}
    sources = (*_from_file(folder), *_from_environment(environ, folder), *_from_arguments(arguments, folder))
    for option, given in sources:
        try:
            value = option.parse(given)
        except ValueError as error:
            raise UsageError(f"{given.where}: {error}") from None
        merged = option.name == "readings"
        chosen[option.setting] = {**chosen.get("readings", {}), **value} if merged else value
    settings = Settings(**chosen)
    if settings.workers > 1 and settings.store.startswith("memory:"):
        raise UsageError(
            f"--workers: {settings.workers} processes share no memory, so each would have worlds of its own. Keep them "
            "in a store that all can reach: --store sqlite:worlds.db on one machine, or redis://HOST:PORT/DB"
        )
    return settings


def _from_arguments(arguments: Mapping[str, Json], folder: Path) -> Iterator[tuple[Option, Given]]:
    for name, value in arguments.items():
        option = OPTIONS[name]
        yield option, Given(option.argument, value, folder)


def _from_environment(environ: Mapping[str, str], folder: Path) -> Iterator[tuple[Option, Given]]:
    variables = {option.variable: option for option in OPTIONS.values()}
    for variable, text in environ.items():
        if not variable.startswith(PREFIX):
            continue
        if variable == URL_VARIABLE or variable.startswith(CHECK_PREFIX):
            continue
        if variable not in variables:
            raise UsageError(f"environment: {unknown('variable', variable, variables)}")
        yield variables[variable], Given(variable, text, folder)


def _from_file(folder: Path) -> Iterator[tuple[Option, Given]]:
    for place in (folder, *folder.parents):
        for name, table in (("mockserver.toml", ""), ("pyproject.toml", "tool.mockserver")):
            found = _read(place / name, table)
            if found is not None:
                yield from _from_table(place / name, table, *found)
                return


def _read(path: Path, table: str) -> tuple[str, Mapping[str, Json]] | None:
    """The file's text and our table in it, or None if there is no such file or table."""
    try:
        text = path.read_text("utf-8")
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: can't be read: {error}") from None
    if table and not _may_have(table, text):
        return None
    import tomllib  # 7 ms that most starts need not pay

    try:
        value: Json = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path}: not TOML: {error}") from None
    for part in table.split(".") if table else ():
        value = value.get(part)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise UsageError(f"{path}: {part} is to be a table")
    return text, value


def _may_have(table: str, text: str) -> bool:
    """Whether a TOML text can have this table, however it is written; most pyproject.toml don't, and are not parsed."""
    first, _, last = table.partition(".")
    if last not in text:
        return False
    bare = "".join(text.split()).replace('"', "").replace("'", "")
    return any(opening in bare for opening in (table, f"[{first}]", f"{first}={{"))


def _from_table(path: Path, table: str, text: str, values: Mapping[str, Json]) -> Iterator[tuple[Option, Given]]:
    for key, value in values.items():
        line = _line_of(text, table, key)
        where = f"{path}:{line}" if line else str(path)
        if key not in OPTIONS:
            raise UsageError(f"{where}: {unknown('option', key, OPTIONS)}")
        yield OPTIONS[key], Given(f"{where}: {key}", value, path.parent)


def _line_of(text: str, table: str, key: str) -> int | None:
    """The line that sets `key`, or opens a table of that name; None when the file words it in a way not seen here."""
    current = ""
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.strip()
        if words.startswith("["):
            current = words.strip("[]").replace(" ", "")
            if current == f"{table}.{key}".lstrip("."):
                return number
        elif current == table and words.split("=")[0].split(".")[0].strip(" \"'") == key:
            return number
    return None
