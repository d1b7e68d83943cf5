"""A world and how it changes: records by kind, the indexes they are found by, and the ports of a store.

Records are values: a store may hand out the very object it keeps, so nobody changes one in place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Final, NamedTuple, Protocol

from mockserver.core.delivery import Delivery
from mockserver.core.http import Reply
from mockserver.core.text import Json, Record
from mockserver.core.value import valueclass

Order = int | str


class WorldId(NamedTuple):
    """Which world: the provider's name, and the name within it (mostly the key that owns it)."""

    provider: str
    name: str


@dataclass(frozen=True, slots=True)
class Index:
    """A way to find records of a kind without reading them all.

    `entry` gives the key and the order within that key, or None to leave the record out. Orders under one index are
    all of one type. `public` lets the store say which world owns a key (for calls that carry no credential);
    public keys are unique among worlds for what the seed makes, first come first served otherwise. A `credential` index
    is a public one whose keys callers authenticate with: no world may be given a key that another one has.
    """

    entry: Callable[[Record], tuple[str, Order] | None]
    public: bool = False
    credential: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """A sort of record. `due` says at which instant (ms) it wants its next step, None for never."""

    name: str
    indexes: Mapping[str, Index] = field(default_factory=dict)
    due: Callable[[Record], int | None] | None = None


@valueclass(frozen=True, slots=True)
class Put:
    """A record is created or replaced whole."""

    kind: str
    id: str
    record: Record


@valueclass(frozen=True, slots=True)
class Remove:
    """A record goes away; removing what is not there changes nothing. What is left of it is no `record`."""

    kind: str
    id: str
    record: ClassVar[None] = None


Change = Put | Remove


@dataclass(frozen=True, slots=True)
class Contents:
    """All that a world holds, as plain values that JSON can say: records by kind, then by id; and its `View.serial`."""

    records: Mapping[str, Mapping[str, Record]]
    serial: int = 0


def gathered(changes: Iterable[Change]) -> Contents:
    """What an empty world holds after these changes."""
    records: dict[str, dict[str, Record]] = {}
    for change in changes:
        if isinstance(change, Put):
            records.setdefault(change.kind, {})[change.id] = change.record
        else:
            records.get(change.kind, {}).pop(change.id, None)
    return Contents(records)


class Notice:
    """Something happened in a world at an instant (ms); a webhook delivery if someone subscribed.

    The body may be given as a function of values alone that makes it: mostly nobody listens, and then none is made.
    """

    __slots__ = ("_body", "at", "event")

    def __init__(self, event: str, at: int, body: Json | Callable[[], Json]) -> None:
        self.event: Final = event
        self.at: Final = at
        self._body = body

    @property
    def body(self) -> Json:
        if callable(self._body):
            self._body = self._body()
        return self._body

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Notice):
            return NotImplemented
        return (self.event, self.at, self.body) == (other.event, other.at, other.body)

    def __hash__(self) -> int:
        return hash((self.event, self.at))

    def __repr__(self) -> str:
        return f"Notice({self.event!r}, {self.at}, {self.body!r})"


@valueclass(frozen=True, slots=True)
class Outcome:
    """A reply, its changes, its notices and the deliveries these cause: one value, committed together or not at all.

    `heard` says that somebody waits to be told what happens in the world: what falls due there must then happen
    without being asked for.
    """

    reply: Reply
    changes: tuple[Change, ...] = ()
    notices: tuple[Notice, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    heard: bool = False


class Due(NamedTuple):
    """A record whose next step is due at an instant (ms). Sorts by instant, then kind, then id."""

    at: int
    kind: str
    id: str


class View(Protocol):
    """One world, read. What a view returns is as of one moment; nothing changes under a decision."""

    @property
    def serial(self) -> int:
        """How many calls have changed this world so far (lifecycle steps do not count)."""

    def get(self, kind: str, id: str) -> Record | None:
        """The record, or None."""

    def find(
        self, kind: str, index: str, key: str, *, reverse: bool = False, after: tuple[Order, str] | None = None
    ) -> Iterator[Record]:
        """Records under an index key, by (order, id); lazily. `after` skips up to and including that (order, id)."""

    def count(self, kind: str, index: str, key: str) -> int:
        """How many records stand under an index key."""

    def next_due(self) -> Due | None:
        """The earliest due record, or None."""


Decide = Callable[[View], Outcome]


class Interrupted(Exception):
    """Of many decisions one could not be made, or not be committed: `done` are the outcomes of those before it.

    Its cause is what went wrong.
    """

    def __init__(self, done: Sequence[Outcome]) -> None:
        super().__init__(f"after {len(done)} decisions")
        self.done = tuple(done)


class WorldGone(KeyError):
    """There is no such world, or not any more: others that share the store may have let it go."""


class StoreError(Exception):
    """The store can't be read or written now. Nothing was changed; the same call may well succeed later.

    `str(error)` is a sentence for a person: which store, what is wrong, what to do.
    """


class Store(Protocol):
    """Where worlds are kept. Every call is atomic; `decide` may run again if the world moved meanwhile.

    A decision is a function of what it reads, and may be broken off at any read to be made again: it changes nothing
    outside. Orders and due instants are within 64 bits. Every coroutine raises StoreError when the store is out of
    reach.
    """

    @property
    def never_waits(self) -> bool:
        """Whether none of its coroutines ever gives the loop to somebody else: they can be run to their end at once."""

    @property
    def lasts(self) -> bool:
        """Whether what is kept outlives this process."""

    @property
    def address(self) -> str:
        """Where it is, as `--store` says it, without secrets."""

    @property
    def warning(self) -> str | None:
        """What may lose worlds there one day, as a sentence for a person; None if nothing is known of that kind."""

    async def transact(self, world: WorldId, decide: Decide, *, counted: bool = True) -> Outcome:
        """Run `decide` on the world and commit its changes, all or none. `counted` moves `View.serial` on a change.

        Raises WorldGone for a world that does not exist.
        """

    async def live(self, world: WorldId, decide: Callable[[View], Outcome | None]) -> list[Outcome]:
        """Run `decide` again and again, each time on what the one before left, until it gives None; the outcomes.

        Each is committed with its changes, none of them counted; a store may write only what is left in the end. Raises
        WorldGone for a world that does not exist, or Interrupted.
        """

    async def create(self, world: WorldId, changes: Iterable[Change]) -> bool:
        """Make a world with these records; False, and nothing done, if it is there already."""

    async def contents(self, world: WorldId) -> Contents:
        """All that a world holds at one moment; what happens to it later leaves that value alone.

        Raises WorldGone for a world that does not exist. A store of rows answers with its rows, one for each record.
        """

    async def replace(self, world: WorldId, contents: Contents) -> None:
        """Let a world hold this and nothing else, all or none of it; a world that does not exist is made.

        Its place among worlds stays what it was. Public indexes follow.
        """

    async def exists(self, world: WorldId) -> bool: ...

    async def drop(self, world: WorldId, *, calls: int | None = None) -> bool:
        """Forget a world, or only if so many `calls` have changed it; False, and nothing done, if not, or if none."""

    async def worlds(self, provider: str | None = None) -> list[WorldId]:
        """Every world, oldest first."""

    async def sizes(self) -> list[tuple[WorldId, int, int]]:
        """Every world, oldest first, with how many calls have changed it and how many records it holds."""

    async def whose(self, provider: str, kind: str, index: str, key: str) -> WorldId | None:
        """The world that owns a key of a public index, the oldest if several do, or None."""

    def gather(self) -> None:
        """Decisions that are taken from here to `settle` may be committed together. Nothing is awaited meanwhile."""

    def settle(self) -> None:
        """Commit them. StoreError says that none of them has come to anything."""

    async def check(self) -> None:
        """Returns when it can be read and written."""

    async def close(self) -> None:
        """Let go of what it holds open. It opens that again when it is asked again."""
