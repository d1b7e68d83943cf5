"""A fault: which calls, which turns of them, and what is to go wrong. Values only; nothing here does it.

Two clocks are at work. The delay of a reply and the pace of a drip are real milliseconds of the wire: a client's
timeout is real. What becomes of a job (`Job`) happens on the server's clock, like every other step of it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Final, Literal

from mockserver.core.chance import Chance
from mockserver.core.mishap import Deliveries, Mishap
from mockserver.core.text import Json

# No reply is held back longer than this (ms of the wire), whatever was drawn.
MOST_DELAY: Final = 600_000

When = Literal["before", "after"]
"""Whether it strikes before the call is decided (nothing changes) or after (it changed what it changes)."""


@dataclass(frozen=True, slots=True)
class Calls:
    """Which calls are meant; what is left out stands for any.

    `path` is a template of the document (`/api/asset/{assetId}`) or a path as sent in which `*` stands for anything.
    `headers` are values by name, names in any case. `body` maps JSON pointers into the request's body to the values
    there. `status` is `2XX` or `201`: faults with it wait for the reply and strike then.
    """

    provider: str | None = None
    operations: tuple[str, ...] = ()
    world: str | None = None
    method: str | None = None
    path: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    body: tuple[tuple[str, Json], ...] = ()
    status: str | None = None


@dataclass(frozen=True, slots=True)
class Turns:
    """Which of the calls it strikes, counted from 1 in each world; all of them if nothing is said.

    `nth` that one alone. `after` leaves out so many, and counting begins behind them. `first` so many and no more.
    `every` each n-th. `chance` strikes with this probability (0 to 1), drawn from the server's seed.
    """

    nth: int | None = None
    after: int = 0
    first: int | None = None
    every: int | None = None
    chance: float | None = None

    def strikes(self, turn: int, chance: Chance) -> bool:
        """Whether it strikes at a call's turn. `chance` belongs to this turn alone."""
        if self.nth is not None and turn != self.nth:
            return False
        turn -= self.after
        if turn < 1 or (self.first is not None and turn > self.first) or (self.every and turn % self.every):
            return False
        return self.chance is None or chance.unit() < self.chance


@dataclass(frozen=True, slots=True)
class Delay:
    """How long (real ms of the wire) before the first byte of the reply; the call is decided before, not after it.

    `ms` is fixed. `mean` and `deviation` are of a normal, `median` and `sigma` (of the logarithm) of a log-normal
    distribution: the latter is how networks are slow. Never more than `most` ms, never less than none.
    """

    ms: int | None = None
    mean: float | None = None
    deviation: float = 0.0
    median: float | None = None
    sigma: float = 0.0
    most: int = MOST_DELAY

    def draw(self, chance: Chance) -> int:
        """Whole milliseconds."""
        if self.ms is not None:
            drawn = float(self.ms)
        elif self.mean is not None:
            drawn = self.mean + self.deviation * chance.normal()
        else:
            # An exponent beyond a double's range would raise; `most` cuts it off long before.
            drawn = (self.median or 0.0) * math.exp(min(self.sigma * chance.normal(), 100.0))
        return max(0, min(round(drawn), self.most, MOST_DELAY))


@dataclass(frozen=True, slots=True)
class Status:
    """Another status, with the provider's own body for it: an example of the document, or its error shape.

    `message` is the error's text, where the shape has room for one. `retry_after` is in seconds, told as a number of
    seconds or as an HTTP-date by the server's clock. `when` is `after` for a call that is decided, and whose reply is
    replaced: a gateway that gave up.
    """

    code: int
    message: str | None = None
    retry_after: int | None = None
    retry_after_as: Literal["seconds", "date"] = "seconds"
    when: When = "before"


@dataclass(frozen=True, slots=True)
class Truncate:
    """The body breaks off after `bytes`, or a share of it, and the connection ends; the whole length was promised."""

    bytes: int | None = None
    share: float | None = None

    def kept(self, length: int) -> int:
        """How many bytes of a body are sent: at least one fewer than there are."""
        wanted = self.bytes if self.bytes is not None else int(length * (self.share or 0.0))
        return max(0, min(wanted, length - 1))


@dataclass(frozen=True, slots=True)
class Drip:
    """The whole reply comes in pieces of so many bytes, with so many real ms before each but the first."""

    bytes: int
    ms: int


@dataclass(frozen=True, slots=True)
class Job:
    """What becomes of the job a call begins; all of it on the server's clock.

    `fail` and `stuck` are per cent of its way, where it fails for good or stays for ever. With `failures`, it fails so
    many times (at `fail`, or half-way) and then succeeds. It takes `times` as long.
    """

    fail: float | None = None
    failures: int | None = None
    stuck: float | None = None
    times: float = 1.0
    message: str | None = None

    @property
    def fails_at(self) -> float | None:
        """Per cent of the way, None if it doesn't fail."""
        return 50.0 if self.fail is None and self.failures is not None else self.fail

    def fails(self, failed: int) -> bool:
        """Whether it fails (again) after having failed so many times."""
        return self.fails_at is not None and (self.failures is None or failed < self.failures)


Spoilt = Literal["malformed", "html", "empty"]
"""A JSON body that breaks off (its length right), a page of HTML in its place, or nothing under a JSON Content-Type."""

Chunked = Literal["malformed", "unfinished"]
"""Chunked encoding whose second size is no number, or whose last chunk never comes."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What goes wrong. What is None goes right.

    `length` is how many bytes more (or fewer) than there are the Content-Length promises. `empty` closes the connection
    without a byte, `reset` breaks it with a TCP RST (`middle`: half of the body was sent), `hang` never answers, until
    the client leaves or the server stops.
    """

    delay: Delay | None = None
    status: Status | None = None
    json: Spoilt | None = None
    truncate: Truncate | None = None
    length: int | None = None
    chunk: Chunked | None = None
    drip: Drip | None = None
    empty: When | None = None
    reset: Literal["before", "after", "middle"] | None = None
    hang: When | None = None
    job: Job | None = None

    def __iter__(self) -> Iterator[str]:
        """The names of what goes wrong."""
        return (each.name for each in fields(self) if getattr(self, each.name) is not None)

    @property
    def undecided(self) -> bool:
        """Whether it strikes before the call is decided, so that nothing changes."""
        status = self.status.when if self.status else None
        return "before" in (status, self.empty, self.reset, self.hang)

    @property
    def silent(self) -> bool:
        """Whether no byte of a reply is sent."""
        return self.empty is not None or self.hang is not None or self.reset in ("before", "after")


@dataclass(frozen=True, slots=True)
class Fault:
    """Which calls, which turns of them, and what then; or which `deliveries` of webhooks, and then a `mishap`."""

    effect: Effect
    calls: Calls = Calls()
    turns: Turns = Turns()
    name: str | None = None
    about: str = ""
    deliveries: Deliveries | None = None
    mishap: Mishap | None = None

    def to_json(self) -> dict[str, Json]:
        """As `engine.fault_reader.fault_from` reads it; what is left out is the default."""
        calls, turns = _spelled(self.calls), _spelled(self.turns)
        if "operations" in calls:
            operations = calls.pop("operations")
            calls = {"operation": operations[0] if len(operations) == 1 else list(operations), **calls}
        for name in ("headers", "body"):
            if name in calls:
                calls[name] = dict(calls[name])
        said: dict[str, Json] = {"name": self.name, "about": self.about, "calls": calls, "turns": turns}
        found = {name: value for name, value in said.items() if value} | _spelled(self.effect)
        if self.deliveries is not None and self.mishap is not None:
            about = _spelled(self.deliveries)
            if "events" in about:
                events = about.pop("events")
                about = {"event": events[0] if len(events) == 1 else list(events), **about}
            found |= {"deliveries": about, **_spelled(self.mishap)}
        return found


def _spelled(value: Json) -> dict[str, Json]:
    """The fields of a value that are not as they are without a word, named as in JSON."""
    found: dict[str, Json] = {}
    for each in fields(value):
        item = getattr(value, each.name)
        if item != each.default:
            first, *rest = each.name.split("_")
            name = first + "".join(map(str.capitalize, rest))
            found[name] = _spelled(item) if hasattr(item, "__dataclass_fields__") else item
    return found


@dataclass(frozen=True, slots=True)
class Manner:
    """How the wire is to give a reply, all chance drawn: `delay` in real ms, then what of the effect is the wire's."""

    effect: Effect
    delay: int = 0


def conflict(effect: Effect, *, of_reply: bool = False) -> tuple[tuple[str, ...], str] | None:
    """Two things that can't go wrong at once, and why; None if all can. `of_reply`: it waits for the reply's status."""
    names = tuple(effect)
    ends = [name for name in names if name in _ENDS]
    if len(ends) > 1:
        return (ends[0], ends[1]), "each says how the reply ends, and it ends once; take one of them"
    if effect.silent:
        for name in ("status", "json", "drip"):
            if name in names:
                return (ends[0], name), f"no byte of a reply is sent, so there is nothing for `{name}` to change"
    if effect.job is not None and effect.undecided:
        before = next(name for name in ("status", *ends) if name in names)
        return (before, "job"), "the call is not decided, so it begins no job; let it happen `after`, or leave one out"
    if of_reply and (effect.undecided or effect.job is not None):
        name = next(name for name in ("job", "status", *ends) if name in names)
        remedy = "leave `calls.status` out" if name == "job" else "let it happen `after`, or leave `calls.status` out"
        return (name,), f"the reply's status is known only when the call is decided; {remedy}"
    return None


_ENDS: Final = ("truncate", "length", "chunk", "empty", "reset", "hang")


def merged(first: Effect, then: Effect) -> Effect | None:
    """Both at once; None if they can't be, or both say something of the same."""
    names = set(first)
    if not names.isdisjoint(then):
        return None
    said: Mapping[str, Json] = {
        each.name: getattr(first if each.name in names else then, each.name) for each in fields(first)
    }
    both = Effect(**said)
    return both if conflict(both) is None else None


NOTHING: Final = Effect()


@dataclass(frozen=True, slots=True)
class Struck:
    """What strikes one call: the effects of all faults whose turn it is, together, and their ids."""

    effect: Effect = field(default=NOTHING)
    ids: tuple[str, ...] = ()
    delay: int = 0
