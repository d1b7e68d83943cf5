"""The options of a server as people write them: their names, what each accepts, and what the help says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from mockserver.core.instants import duration_from, instant_from
from mockserver.core.text import Json
from mockserver.errors import unknown

PREFIX: Final = "MOCKSERVER_"
# Says to `mockserver ctl` where the server is, and nothing to the server.
URL_VARIABLE: Final = "MOCKSERVER_URL"
# What `mockserver check` takes from the environment, so that no key stands in a list of processes.
CHECK_PREFIX: Final = "MOCKSERVER_CHECK_"
KEY_VARIABLE: Final = "MOCKSERVER_CHECK_KEY"
OTHER_KEY_VARIABLE: Final = "MOCKSERVER_CHECK_OTHER_KEY"
DEFAULT_URL: Final = "http://127.0.0.1:4080"

# As RFC 6750, 2.1, has it, and long enough not to be guessed over a network.
_TOKEN: Final = re.compile(r"[A-Za-z0-9._~+/-]{8,200}=*")


class Given(NamedTuple):
    """A value as a person wrote it. `where` names the place; relative paths are seen from `folder`."""

    where: str
    value: Json
    folder: Path


_TARGET: Final = re.compile(
    r"(?:\[(?P<six>[0-9a-fA-F:.]+)\]|(?P<bare>[0-9a-fA-F]*:[0-9a-fA-F]*:[0-9a-fA-F:.]*)|(?P<host>[^\s:/?#@\[\]*,]+))"
    r"(?:(?<!:):(?P<port>[0-9]{1,5}))?"
)

Parse = Callable[[Given], Json]


@dataclass(frozen=True, slots=True)
class Option:
    """One option. `name` is its spelling in files; `--name` and `MOCKSERVER_NAME` follow from it, but for `flag`.

    `parse` takes text (environment, command line) or a TOML value and raises ValueError saying what it expected.
    """

    name: str
    parse: Parse
    metavar: str | None
    about: str
    flag: str = ""
    field: str = ""
    repeatable: bool = False

    @property
    def variable(self) -> str:
        return PREFIX + self.name.replace("-", "_").upper()

    @property
    def setting(self) -> str:
        """The field of Settings it fills."""
        return self.field or self.name.replace("-", "_")

    @property
    def argument(self) -> str:
        """How the command line spells it; a name without dashes is positional."""
        return self.flag or f"--{self.name}"


def _word(given: Given) -> str:
    if not isinstance(given.value, str) or not given.value.strip():
        raise ValueError(f"expected a text, got {given.value!r}")
    return given.value.strip()


def _whole(given: Given) -> int:
    try:
        return int(given.value) if isinstance(given.value, str) else _exactly_int(given.value)
    except ValueError:
        raise ValueError(f"expected a whole number, got {given.value!r}") from None


def _exactly_int(value: Json) -> int:
    if type(value) is not int:  # True is an int to isinstance
        raise ValueError
    return value


def _port(given: Given) -> int:
    port = _whole(given)
    if not 0 <= port <= 65_535:
        raise ValueError(f"expected a port from 0 (any free one) to 65535, got {port}")
    return port


def _pace(given: Given) -> float:
    value = given.value
    try:
        pace = float(value) if isinstance(value, str) or type(value) in (int, float) else -1.0
    except ValueError:
        pace = -1.0
    if not pace >= 0:  # NaN is not
        raise ValueError(f"expected a number from 0 (time stands still) to inf (jobs finish at once), got {value!r}")
    return pace


def _instant(given: Given) -> int:
    value = given.value
    return instant_from(value.isoformat() if hasattr(value, "isoformat") else value)  # TOML has dates of its own


def _long(given: Given) -> int:
    """A length of time that is longer than nothing, in ms."""
    ms = duration_from(given.value)
    if ms <= 0:
        raise ValueError(f"expected a length of time such as 7d, got {given.value!r}")
    return ms


def _providers(given: Given) -> tuple[str, ...]:
    value = given.value.split(",") if isinstance(given.value, str) else given.value
    if not isinstance(value, list) or not value or not all(isinstance(name, str) and name.strip() for name in value):
        raise ValueError(f"expected the names of providers, got {given.value!r}")
    return tuple(dict.fromkeys(name.strip() for name in value))


def _readings(given: Given) -> Mapping[str, str]:
    """From `name=option` texts, one text with commas, or a TOML table, nested by provider or not."""
    if isinstance(given.value, dict):
        return dict(_flat(given.value, ""))
    value = [part for part in given.value.split(",") if part.strip()] if isinstance(given.value, str) else given.value
    if not isinstance(value, list):
        raise ValueError(f"expected a table of readings, got {value!r}")
    readings: dict[str, str] = {}
    for each in value:
        name, equals, option = str(each).partition("=")
        if not equals or not name.strip() or not option.strip():
            raise ValueError(f"expected NAME=OPTION such as restream.usage-limit=402, got {each!r}")
        readings[name.strip()] = option.strip()
    return readings


def _targets(given: Given) -> tuple[tuple[str, int | None], ...]:
    value = given.value.split(",") if isinstance(given.value, str) else given.value
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise ValueError(f"expected hosts such as hooks.example.com or 10.0.0.5:8080, got {given.value!r}")
    return tuple(dict.fromkeys(_target(each.strip()) for each in value if each.strip()))


def _target(text: str) -> tuple[str, int | None]:
    """HOST or HOST:PORT; an IPv6 address with a port stands in brackets."""
    found = _TARGET.fullmatch(text)
    port = int(found["port"]) if found and found["port"] else None
    if found is None or (port is not None and not 0 < port < 65_536):
        hint = "; a URL has more than that" if "/" in text else ""
        raise ValueError(f"expected HOST or HOST:PORT such as 10.0.0.5:8080 or [fd00::5]:8080, got {text!r}{hint}")
    return (found["six"] or found["bare"] or found["host"]).lower(), port


def _flat(table: Mapping[str, Json], prefix: str) -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        elif isinstance(value, str) or type(value) is int:
            yield prefix + key, str(value)
        else:
            raise ValueError(f"expected an option of the reading {prefix}{key}, got {value!r}")


def _from(least: int, what: str) -> Parse:
    def parse(given: Given) -> int:
        if (count := _whole(given)) < least:
            raise ValueError(f"expected a number from {least} ({what}), got {count}")
        return count

    return parse


def _bytes(given: Given) -> int:
    """From `64MiB`, `64M` (the same) or a number of bytes."""
    text = given.value.strip().lower().removesuffix("ib").removesuffix("b") if isinstance(given.value, str) else None
    unit = _UNITS.get(text[-1:], 1) if text else 1
    try:
        count = int(text[:-1] if unit > 1 else text) * unit if text else _exactly_int(given.value)
    except ValueError:
        count = -1
    if count < 0:
        raise ValueError(f"expected a size such as 64MiB, or a number of bytes, got {given.value!r}")
    return count


_UNITS: Final = {"k": 1024, "m": 1024**2, "g": 1024**3}


def _world(given: Given) -> str:
    """A name stays a name; what looks like a file is seen from where it was written."""
    name = _word(given)
    is_file = "/" in name or name.endswith((".yaml", ".yml", ".json"))
    return str(_path(given)) if is_file else name


def _path(given: Given) -> Path:
    try:
        return given.folder / Path(_word(given)).expanduser()
    except RuntimeError:  # ~nobody/file
        raise ValueError(f"expected a path, got {given.value!r}, and nobody here has that home") from None


def _store(given: Given) -> str:
    """Where worlds are kept; a file is seen from where it was written."""
    text = _word(given)
    scheme, _, rest = text.partition(":")
    if scheme == "memory" and not rest:
        return text
    if scheme == "sqlite":
        path, _, query = rest.partition("?")
        if query not in ("", "synchronous=full", "synchronous=normal"):
            raise ValueError(f"expected nothing or synchronous=full after the `?` of a file, got {query!r}")
        if not path or path.startswith("//") or path == ":memory:":
            raise ValueError(f"expected sqlite:FILE such as sqlite:/var/lib/worlds.db, got {text!r}")
        return f"sqlite:{_path(given._replace(value=path))}" + (f"?{query}" if query else "")
    if scheme in _REDIS:
        if not rest.startswith("//") or len(rest) < 3:
            raise ValueError(f"expected {scheme}://HOST:PORT/DB after the scheme")
        prefix = _PREFIX.search(rest)
        if prefix is not None and not _WORD.fullmatch(prefix[1]):
            raise ValueError("expected letters, digits, `.`, `_` and `-` as the prefix of all keys")
        return text
    shown = f"{scheme}://...@{text.rpartition('@')[2]}" if "@" in text else text
    raise ValueError(f"expected memory:, sqlite:FILE or redis://HOST:PORT/DB, got {shown!r}")


# As redis-py takes them; the last two are ours, since its clients for these have no URLs of their own.
_REDIS: Final = ("redis", "rediss", "unix", "redis+sentinel", "redis+cluster")
_PREFIX: Final = re.compile(r"[?&]prefix=([^&]*)")
_WORD: Final = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)


def _log_format(given: Given) -> str:
    name = _word(given)
    if name not in ("text", "json"):
        raise ValueError(unknown("log format", name, ("text", "json")))
    return name


def _seconds(given: Given) -> float:
    value = given.value
    try:
        seconds = float(value) if isinstance(value, str) or type(value) in (int, float) else -1.0
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= 86_400:  # NaN is not
        raise ValueError(f"expected seconds from 0 to 86400 (a day), got {value!r}")
    return seconds


def _token(given: Given) -> str:
    """Never repeated, not even when it is wrong."""
    value = given.value.strip() if isinstance(given.value, str) else ""
    if not _TOKEN.fullmatch(value):
        raise ValueError("expected 8 to 200 letters, digits or any of ._~+/- as a token; another text can't be sent")
    return value


def _not(given: Given) -> bool:
    value = given.value
    words = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}
    if isinstance(value, str):
        value = words.get(value.strip().lower(), value)
    if not isinstance(value, bool):
        raise ValueError(f"expected true or false, got {value!r}")
    return not value


OPTIONS: Final[Mapping[str, Option]] = {
    option.name: option
    for option in (
        Option("providers", _providers, "PROVIDER", "which APIs to fake (livepeer restream)", flag="provider"),
        Option("host", _word, "HOST", "the address to listen on (127.0.0.1)"),
        Option("port", _port, "PORT", "the port to listen on; 0 takes a free one (4080)"),
        Option("world", _world, "NAME|FILE", "the state the fake accounts start with (default)"),
        Option("store", _store, "STORE", "where worlds are kept: memory:, sqlite:FILE, redis://HOST:PORT/DB (memory:)"),
        Option("workers", _from(1, "one process"), "N", "serve from N processes that act as one (1)"),
        Option("world-ttl", _long, "TIME", "let private worlds go that nobody used for so long, as in 7d (they stay)"),
        Option("seed", _whole, "N", "what every id, name and score is drawn from (0)"),
        Option("pace", _pace, "N", "run jobs N times faster than life; 0 holds them, inf ends them at once (60)"),
        Option("at", _instant, "INSTANT", "start the clock at 2026-11-22T11:50:00Z, or at Unix ms (now)"),
        Option(
            "readings",
            _readings,
            "NAME=OPTION",
            "read an unclear sentence of the docs so, as in restream.usage-limit=402; repeatable",
            flag="--reading",
            repeatable=True,
        ),
        Option(
            "allow-target",
            _targets,
            "HOST[:PORT]",
            "let webhooks go to this host too, not only to this machine; repeatable",
            repeatable=True,
        ),
        Option("ready-file", _path, "FILE", "write url, port and pid there as JSON once the port is open"),
        Option("log-format", _log_format, "text|json", "how to print each request, and what went wrong (text)"),
        Option("drain", _seconds, "SECONDS", "when told to stop, let what is in flight finish for so long (0.6)"),
        Option("journal-entries", _from(0, "none is kept"), "N", "keep the last N exchanges in the journal (1000)"),
        Option("journal-bytes", _bytes, "SIZE", "and no more than about SIZE of them, as in 64MiB (16MiB)"),
        Option("quiet", _not, None, "do not print requests", field="log"),
        Option(
            "admin-token", _token, "TOKEN", "what the control API wants to be shown (none on loopback, else made up)"
        ),
        Option("no-admin", _not, None, "no control API", field="admin"),
    )
}
