"""What a world in memory consists of: a shelf for each kind, the indexes over it, and an agenda of what is due."""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.core.text import Record
from mockserver.core.world import Contents, Index, Kind, Order, WorldId
from mockserver.stores.agenda import Agenda
from mockserver.stores.ordered import Ordered

Entry = tuple[str, Order]
Place = tuple[Order, str]
Owner = tuple[int, WorldId]


class Places:
    """An index over the records of a kind in one world: key -> (order, id), or a bag of those if there are several.

    `orders` is the type of its orders.
    """

    __slots__ = ("at", "entry", "name", "orders", "public")

    def __init__(self, name: str, index: Index) -> None:
        self.name = name
        self.entry = index.entry
        self.public = index.public
        self.orders: type | None = None
        self.at: dict[str, Place | Ordered[Place]] = {}


class Shelf:
    """The records of one kind in one world, and the indexes over them."""

    __slots__ = ("all_places", "indexes", "kind", "records")

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.records: dict[str, Record] = {}
        self.indexes = {name: Places(name, index) for name, index in kind.indexes.items()}
        self.all_places = tuple(self.indexes.values())


class World:
    """Everything one world holds. Its `owner` says how many worlds were made before it, and which it is."""

    __slots__ = ("agenda", "id", "owner", "serial", "shelves")

    def __init__(self, id: WorldId, age: int, kinds: Mapping[str, Kind]) -> None:
        self.id = id
        self.owner: Owner = (age, id)
        self.serial = 0
        self.shelves = Shelves(id.provider, kinds)
        self.agenda = Agenda()


class Shelves(dict[str, Shelf]):
    """A world's shelves by kind, each made when it is first asked for."""

    __slots__ = ("kinds", "provider")

    def __init__(self, provider: str, kinds: Mapping[str, Kind]) -> None:
        self.provider = provider
        self.kinds = kinds

    def __missing__(self, kind: str) -> Shelf:
        if kind not in self.kinds:
            known = ", ".join(self.kinds) or "none"
            raise KeyError(f"{self.provider} has no kind {kind!r}; its kinds are {known}")
        shelf = self[kind] = Shelf(self.kinds[kind])
        return shelf


def filled(world: World, contents: Contents) -> World:
    """An empty world, now with these records. Nobody sees it yet: whatever raises, nothing has happened."""
    world.serial = contents.serial
    for name, records in contents.records.items():
        shelf = world.shelves[name]
        shelf.records.update(records)
        due_of = shelf.kind.due
        for id, record in records.items():
            due = None if due_of is None else due_of(record)
            if type(id) is not str or not (due is None or type(due) is int):
                raise TypeError(f"{name} {id!r}: an id is a str and a due instant an int, not {due!r}")
            if due is not None:
                world.agenda.set(name, id, due)
        for places in shelf.indexes.values():
            at = places.at
            for id, record in records.items():
                entry = places.entry(record)
                if entry is None:
                    continue
                key, order = entry
                if type(key) is not str or type(order) is not places.orders:
                    check_first(shelf.kind, places, entry)
                there = at.get(key)
                if there is None:
                    at[key] = (order, id)
                elif isinstance(there, Ordered):
                    there.add((order, id))
                else:
                    both = at[key] = Ordered(there)
                    both.add((order, id))
    return world


def check_first(kind: Kind, places: Places, entry: Entry) -> None:
    """The first entry of an index settles the type of its orders; a later one of another type is refused."""
    if places.orders is None and type(entry[0]) is str and type(entry[1]) in (int, str):
        places.orders = type(entry[1])
        return
    wanted = places.orders.__name__ if places.orders else "int or str"
    raise TypeError(f"index {places.name} of {kind.name}: an entry is (str, {wanted}), not {entry!r}")
