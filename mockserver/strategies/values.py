"""Values that fit a schema: every alternative, every optional property on and off, bounds and other edges.

Values fit in all that `Facts` says. What it does not say is for the caller to check.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from mockserver.core.text import Json, dump
from mockserver.strategies import numbers, texts
from mockserver.strategies.facts import KINDS, Facts, Grammar, Key
from mockserver.strategies.source import Source

# How many levels down optional properties and items are still looked for; below it only what must be there.
DEPTH: Final = 4
_ENDLESS: Final = 99
_FEW: Final = 2
# One object in so many has a property its schema does not know, where it allows that.
_SELDOM: Final = 6
STRANGERS: Final = ("x", "newField", "id_", "_links", "é", "\U0001f600", "a b", "0", "constructor", "__proto__")
SCALARS: Final[tuple[Json, ...]] = ("x", 0, 1.5, True, None, "", [], {}, [None], {"a": {}})
_JSON: Final[SearchStrategy[Json]] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
_KIND_ORDER: Final = {kind: order for order, kind in enumerate(("string", *KINDS))}


class Values:
    """Makes values of one grammar."""

    def __init__(self, grammar: Grammar) -> None:
        self.grammar = grammar
        self._heights: dict[Key, int] = {}
        self._made: dict[tuple[Key, str | None], tuple[tuple[Facts, str], ...]] = {}
        self._names: dict[Key, list[str]] = {}
        # What is being looked at: a schema that needs itself is possible as far as this goes.
        self._open: set[Key] = set()

    def make(self, source: Source, key: Key | None = None, depth: int = DEPTH, only: str | None = None) -> Json:
        """A value that fits the schemas of a key, the grammar's own if none is given; `only` is the kind to make."""
        key = self.grammar.start if key is None else key
        choices = self._choices(key, only)
        if not choices:
            raise ValueError(f"nothing fits {' and '.join(key)}")
        if depth <= 0 and len(choices) > 1:
            choices = self._lowest(choices)
        facts, kind = choices[source.index(len(choices))]
        if facts.enum is not None:
            return facts.enum[source.index(len(facts.enum))]
        return _MAKERS[kind](self, source, facts, depth)

    def without(self, source: Source, key: Key, pointer: str) -> Json:
        """A value that fits the schemas of a key but for one, which lets nothing through."""
        facts = self.grammar.without(key, pointer)
        if facts.enum is not None:
            return facts.enum[source.index(len(facts.enum))]
        return _MAKERS[min(facts.kinds, key=_KIND_ORDER.__getitem__)](self, source, facts, 0)

    def possible(self, key: Key) -> bool:
        """Whether any value fits."""
        return key in self._open or bool(self._choices(key, None))

    def _can_be_whole(self, facts: Facts) -> bool:
        """Whether there can be all that is required."""
        return all(self.possible(facts.properties[name]) for name in facts.required)

    def _choices(self, key: Key, only: str | None) -> tuple[tuple[Facts, str], ...]:
        found = self._made.get((key, only))
        if found is None:
            self._open.add(key)
            pairs = [
                (facts, kind)
                for facts in self.grammar.facts(key)
                for kind in (sorted(facts.kinds, key=_KIND_ORDER.__getitem__) if facts.enum is None else ["enum"])
                if (only is None or kind == only) and (kind != "object" or self._can_be_whole(facts))
            ]
            self._open.discard(key)
            if not any(facts.parts and (facts.enum is not None or len(facts.kinds) < len(KINDS)) for facts, _ in pairs):
                pairs = pairs[:1] and [(pairs[0][0], only or "any")]
            found = self._made[key, only] = tuple(pairs)
        return found

    def _lowest(self, choices: tuple[tuple[Facts, str], ...]) -> tuple[tuple[Facts, str], ...]:
        heights = [self._height_of(facts, kind) for facts, kind in choices]
        return tuple(choice for choice, height in zip(choices, heights, strict=True) if height == min(heights))

    def _height(self, key: Key) -> int:
        """How many levels the lowest value of a key has; endless while it is being looked for."""
        if key not in self._heights:
            self._heights[key] = _ENDLESS
            self._heights[key] = min(
                (self._height_of(facts, kind) for facts, kind in self._choices(key, None)), default=_ENDLESS
            )
        return self._heights[key]

    def _height_of(self, facts: Facts, kind: str) -> int:
        if kind == "object":
            return 1 + max((self._height(facts.properties[name]) for name in facts.required), default=0)
        if kind == "array":
            return 1 + (self._height(facts.items) if facts.fewest else 0)
        return 0

    def optional(self, facts: Facts) -> list[str]:
        """The optional properties that may be there at all: not those that travel the other way."""
        if facts.parts not in self._names:
            self._names[facts.parts] = [name for name in facts.optional if self.possible(facts.properties[name])]
        return self._names[facts.parts]

    def object(self, source: Source, facts: Facts, depth: int) -> Json:
        chosen = {*facts.required}
        optional = self.optional(facts)
        if depth > 0 and optional:
            chosen |= _some(source, optional, depth)
        for trigger, needed in facts.depends:
            chosen |= set(needed) if trigger in chosen else set()
        spare = [name for name in optional if name not in chosen]
        while len(chosen) < facts.fewest_properties and spare:
            chosen.add(spare.pop(0))
        out = {
            name: self.make(source, child, depth - 1)
            for name, child in facts.properties.items()
            if name in chosen
            and (facts.most_properties is None or len(chosen) <= facts.most_properties or name in facts.required)
        }
        if facts.further is not None and (depth > 0 or len(out) < facts.fewest_properties):
            self._strangers(source, facts, out, depth)
        return out

    def _strangers(self, source: Source, facts: Facts, out: dict[str, Json], depth: int) -> None:
        """Properties no one named, where they are allowed; more often where there are no others."""
        if facts.properties or facts.patterned:
            count = int(source.index(_SELDOM) == _SELDOM - 1)
        else:
            count = source.index(_FEW + 1)
        for _ in range(max(count, facts.fewest_properties - len(out))):
            if facts.most_properties is not None and len(out) >= facts.most_properties:
                return
            name = STRANGERS[source.index(len(STRANGERS))]
            name = next(
                (one for one in (name, *STRANGERS) if one not in facts.properties and one not in out), name + "_"
            )
            child = facts.child(name)
            if child is not None and self.possible(child):
                out[name] = self.make(source, child, depth - 1)

    def array(self, source: Source, facts: Facts, depth: int) -> Json:
        most = facts.fewest + _FEW if depth > 0 else facts.fewest
        most = most if facts.most is None else min(most, facts.most)
        if not self.possible(facts.items):
            most = min(most, len(facts.prefix))
        count = facts.fewest + source.index(most - facts.fewest + 1)
        out: list[Json] = []
        for index in range(count):
            key = facts.prefix[index] if index < len(facts.prefix) else facts.items
            out.append(self.make(source, key, depth - 1))
        return _distinct(out) if facts.unique else out


def _some(source: Source, names: list[str], depth: int) -> set[str]:
    """Some of the names: none, one, all, or any of them."""
    if len(names) <= _FEW + 1:
        mask = source.index(1 << len(names))
        return {name for bit, name in enumerate(names) if mask >> bit & 1}
    how = source.index(6 if depth > 1 else 4)
    if how == 0:
        return set()
    if how == 1 or depth <= 1:
        return {names[source.index(len(names))]}
    if how == 5 and depth == DEPTH:
        return set(names)
    chosen: set[str] = set()
    for at in range(0, len(names), 8):
        chunk = names[at : at + 8]
        mask = source.index(1 << len(chunk))
        chosen |= {name for bit, name in enumerate(chunk) if mask >> bit & 1}
    return chosen


def _distinct(items: list[Json]) -> list[Json]:
    return list({dump(item): item for item in items}.values())


def _whole(values: Values, source: Source, facts: Facts, depth: int) -> Json:
    low = facts.low if facts.above is None else _max(facts.low, _after(facts.above))
    high = facts.high if facts.below is None else _min(facts.high, _before(facts.below))
    return numbers.integer(source, low, high, facts.steps[0] if facts.steps else None)


def _after(bound: float) -> float:
    return int(bound // 1) + 1


def _before(bound: float) -> float:
    return -int(-bound // 1) - 1


def _max(one: float | None, other: float) -> float:
    return other if one is None else max(one, other)


def _min(one: float | None, other: float) -> float:
    return other if one is None else min(one, other)


def _fraction(values: Values, source: Source, facts: Facts, depth: int) -> Json:
    low = facts.low if facts.above is None else _max(facts.low, facts.above)
    high = facts.high if facts.below is None else _min(facts.high, facts.below)
    made = numbers.fraction(source, low, high, facts.steps[0] if facts.steps else None)
    if made not in (facts.above, facts.below):
        return made
    if low is None or high is None:
        return low + 0.5 if low is not None else (high or 0.0) - 0.5
    return (low + high) / 2


def _text(values: Values, source: Source, facts: Facts, depth: int) -> Json:
    return texts.text(source, facts.shortest, facts.longest, facts.patterns, facts.formats)


def _any(values: Values, source: Source, facts: Facts, depth: int) -> Json:
    return source.either(SCALARS, _JSON)


_MAKERS: Final[Mapping[str, Callable[[Values, Source, Facts, int], Json]]] = {
    "null": lambda values, source, facts, depth: None,
    "boolean": lambda values, source, facts, depth: bool(source.index(2)),
    "integer": _whole,
    "fraction": _fraction,
    "string": _text,
    "array": Values.array,
    "object": Values.object,
    "any": _any,
}
