"""Schemas of one sort with edits of that sort, so that a few examples meet each rule often."""

from __future__ import annotations

import copy
from collections.abc import Mapping

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from mockserver.core.text import Json
from tests.conformance.diff.drawing import NAMES, edited, schemas

Pair = tuple[Json, Json]

_LEAVES = st.sampled_from([{"type": "integer"}, {"type": "number"}, {"type": "string"}, {"const": 1}, {"type": "null"}])
_NUMBERS: Mapping[str, SearchStrategy[Json]] = {
    "minimum": st.integers(-1, 2),
    "maximum": st.integers(0, 3),
    "exclusiveMinimum": st.sampled_from([-1, 0, 0.5]),
    "exclusiveMaximum": st.sampled_from([2, 1.5]),
    "multipleOf": st.sampled_from([1, 2, 4, 0.5]),
    "enum": st.lists(st.sampled_from([0, 1, 1.0, 1.5, 2]), min_size=1, max_size=3),
    "type": st.sampled_from(["integer", "number", ["integer", "null"]]),
}
_TEXTS: Mapping[str, SearchStrategy[Json]] = {
    "minLength": st.integers(0, 2),
    "maxLength": st.integers(0, 2),
    "pattern": st.sampled_from(["^x", "y$"]),
    "enum": st.lists(st.sampled_from(["", "x", "xy", "y"]), min_size=1, max_size=3),
    "format": st.sampled_from(["date", "email"]),
    "type": st.sampled_from(["string", ["string", "null"]]),
}
_OBJECTS: Mapping[str, SearchStrategy[Json]] = {
    "required": st.lists(st.sampled_from(NAMES), max_size=2, unique=True),
    "properties": st.dictionaries(st.sampled_from(NAMES), _LEAVES, max_size=2),
    "additionalProperties": st.booleans() | _LEAVES,
    "minProperties": st.integers(0, 2),
    "maxProperties": st.integers(0, 2),
    "dependentRequired": st.just({"a": ["b"]}),
    "patternProperties": st.just({"a|b": {"type": "integer"}}),
    "propertyNames": st.sampled_from([{"enum": ["a", "b"]}, {"maxLength": 1}]),
    "unevaluatedProperties": st.booleans(),
    "allOf": st.lists(st.fixed_dictionaries({"required": st.lists(st.sampled_from(NAMES), max_size=1)}), max_size=1),
}
_ARRAYS: Mapping[str, SearchStrategy[Json]] = {
    "items": _LEAVES | st.booleans(),
    "prefixItems": st.lists(_LEAVES, min_size=1, max_size=2),
    "minItems": st.integers(0, 2),
    "maxItems": st.integers(0, 2),
    "uniqueItems": st.booleans(),
    "contains": _LEAVES,
}
_TAGGED = st.builds(
    lambda tag, leaf: {"type": "object", "required": ["a"], "properties": {"a": {"const": tag}, "b": leaf}},
    st.sampled_from(["x", "y", 0]),
    _LEAVES,
)


def _keywords(start: Json, pool: Mapping[str, SearchStrategy[Json]]) -> SearchStrategy[Pair]:
    @st.composite
    def pairs(draw: DrawFn) -> Pair:
        old = dict(start)
        for keyword in draw(st.lists(st.sampled_from(sorted(pool)), max_size=3, unique=True)):
            old[keyword] = draw(pool[keyword])
        new = copy.deepcopy(old)
        keyword = draw(st.sampled_from(sorted(pool)))
        if keyword in new and keyword != "type" and draw(st.booleans()):
            del new[keyword]
        else:
            new[keyword] = draw(pool[keyword])
        return old, new

    return pairs()


@st.composite
def _alternatives(draw: DrawFn) -> Pair:
    """One list of alternatives, of which one came, went or is another now."""
    kind = draw(st.sampled_from((_LEAVES, _TAGGED)))
    keyword = draw(st.sampled_from(("oneOf", "anyOf")))
    old = draw(st.lists(kind, min_size=1, max_size=3))
    new = copy.deepcopy(old)
    what = draw(st.sampled_from(("add", "remove", "change", "other keyword", "unwrap")))
    if what == "remove" and len(new) > 1:
        new.pop(draw(st.integers(0, len(new) - 1)))
    elif what == "change":
        new[draw(st.integers(0, len(new) - 1))] = draw(kind)
    elif what == "unwrap":
        return {keyword: old}, draw(st.sampled_from(old))
    else:
        new.append(draw(kind))
    other = {"oneOf": "anyOf", "anyOf": "oneOf"}[keyword] if what == "other keyword" else keyword
    pair = ({keyword: old}, {other: new if what != "other keyword" else old})
    return pair if draw(st.booleans()) else (pair[1], pair[0])


@st.composite
def _anything(draw: DrawFn) -> Pair:
    old = draw(schemas())
    return old, draw(edited(old))


FOCI: Mapping[str, SearchStrategy[Pair]] = {
    "numbers": _keywords({"type": "number"}, _NUMBERS),
    "texts": _keywords({"type": "string"}, _TEXTS),
    "objects": _keywords({"type": "object", "properties": {"a": {"type": "integer"}}}, _OBJECTS),
    "arrays": _keywords({"type": "array"}, _ARRAYS),
    "alternatives": _alternatives(),
    "anything": _anything(),
}
