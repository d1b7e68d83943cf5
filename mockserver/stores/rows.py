"""What a store of rows keeps of a record: its text, the instant it is due, and its entries in the indexes of its kind.

The laws are those of the store in memory; here they are worked out for a record that comes from elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

import orjson

from mockserver.core.text import Record
from mockserver.core.world import Change, Contents, Kind, Order

# Rows hold whole numbers of 64 bits.
_LEAST: Final = -(2**63)
_MOST: Final = 2**63 - 1

# Before a text that orjson would not write, or would not read back as it was: lone surrogates, numbers beyond 64 bits.
_SLOW: Final = b"\0"


# A place in an index: which one, under a key, at an order. A plain tuple: a call makes half a dozen of them.
Entry = tuple[str, str, Order]


class Step(NamedTuple):
    """What a change comes to: the record as it is then (None: gone), and the entries that go and come."""

    kind: str
    id: str
    record: Record | None
    due: int | None
    gone: tuple[Entry, ...]
    come: tuple[Entry, ...]


def written(record: Record) -> bytes:
    """The text of a record."""
    try:
        return orjson.dumps(record)
    except TypeError:
        return _SLOW + json.dumps(record).encode()


def read(text: bytes) -> Record:
    """The record of a text."""
    value: Record = json.loads(text[1:]) if text[:1] == _SLOW else orjson.loads(text)
    return value


def octets(text: str) -> bytes:
    """A text as bytes, which sort as the text does. Lone surrogates come from clients, and are not refused here."""
    return text.encode("utf-8", "surrogatepass")


def blob(text: str) -> bytearray:
    """The same for SQLite: of all that is bytes, Python's module takes only this without looking for an adapter, which
    it does for each value of each row."""
    return bytearray(text.encode("utf-8", "surrogatepass"))


def text_of(octets: bytes) -> str:
    return octets.decode("utf-8", "surrogatepass")


def last_of(changes: Iterable[Change]) -> Mapping[tuple[str, str], Record | None]:
    """What becomes of each (kind, id) in the end."""
    return {(change.kind, change.id): change.record for change in changes}


class Kinds:
    """The kinds of a provider, and the type that the orders of each of their indexes have been seen to be of."""

    __slots__ = ("_orders", "by_name", "provider")

    def __init__(self, provider: str, kinds: Mapping[str, Kind]) -> None:
        self.provider = provider
        self.by_name = kinds
        self._orders: dict[tuple[str, str], type] = {}

    def __getitem__(self, name: str) -> Kind:
        try:
            return self.by_name[name]
        except KeyError:
            known = ", ".join(self.by_name) or "none"
            raise KeyError(f"{self.provider} has no kind {name!r}; its kinds are {known}") from None

    def step(self, name: str, id: str, old: Record | None, new: Record | None) -> Step:
        """What a change comes to. Whatever can't be kept raises here."""
        kind = self[name]
        due = None if new is None or kind.due is None else kind.due(new)
        if type(id) is not str or not (due is None or (type(due) is int and _LEAST <= due <= _MOST)):
            raise TypeError(f"{name} {id!r}: an id is a str and a due instant an int, not {due!r}")
        gone: list[Entry] = []
        come: list[Entry] = []
        for label, index in kind.indexes.items():
            before = index.entry(old) if old is not None else None
            after = index.entry(new) if new is not None else None
            if before == after:
                continue
            if before is not None:
                gone.append((label, *before))
            if after is not None:
                self._check(name, label, after)
                come.append((label, *after))
        return Step(name, id, new, due, tuple(gone), tuple(come))

    def coming(self, contents: Contents) -> list[Step]:
        """What it comes to that a world which is empty now holds this."""
        pairs = [(kind, some) for kind, some in contents.records.items()]
        return [self.step(kind, id, None, record) for kind, some in pairs for id, record in some.items()]

    def going(self, records: Mapping[tuple[str, str], Record]) -> list[Step]:
        """What it comes to that a world holds these no more. Of a kind that is not known any more nothing is known."""
        return [self.step(kind, id, record, None) for (kind, id), record in records.items() if kind in self.by_name]

    def public(self, steps: Iterable[Step]) -> list[tuple[str, str, str]]:
        """(kind, index, key) of what comes and goes in public indexes."""
        return [
            (step.kind, label, key)
            for step in steps
            for label, key, _ in (*step.gone, *step.come)
            if self.by_name[step.kind].indexes[label].public
        ]

    def _check(self, kind: str, index: str, entry: tuple[str, Order]) -> None:
        key, order = entry
        wanted = self._orders.get((kind, index))
        if type(key) is str and type(order) is wanted and (wanted is str or _LEAST <= order <= _MOST):  # type: ignore[operator]
            return
        if wanted is None and type(key) is str and type(order) in (int, str):
            self._orders[kind, index] = type(order)
            return self._check(kind, index, entry)
        said = "int or str" if wanted is None else wanted.__name__
        raise TypeError(f"index {index} of {kind}: an entry is (str, {said}), not {entry!r}")
