"""Small schemas, small edits of them, and values that keep to one side."""

from __future__ import annotations

import copy
from collections.abc import Callable

from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument
from hypothesis.strategies import DrawFn, SearchStrategy

from mockserver.contract.spot import Spot
from mockserver.core.text import Json
from tests.contract.making import values

NAMES = ("a", "b", "c")
PLACE = "/components/schemas/S"
_KEYWORDS: dict[str, SearchStrategy[Json]] = {
    "minimum": st.integers(-1, 2),
    "maximum": st.integers(0, 3),
    "exclusiveMinimum": st.sampled_from([0, 1, 0.5]),
    "multipleOf": st.sampled_from([1, 2, 3, 4, 0.5]),
    "minLength": st.integers(0, 2),
    "maxLength": st.integers(0, 2),
    "pattern": st.sampled_from(["^x", "y$"]),
    "format": st.sampled_from(["date", "int32", "uuid"]),
    "enum": st.lists(st.sampled_from([None, True, 0, 1, 1.0, 1.5, "x", "xy", {}, {"a": 1}]), min_size=1, max_size=3),
    "const": st.sampled_from([0, "x", {"a": 1}]),
    "required": st.lists(st.sampled_from(NAMES), max_size=2, unique=True),
    "minProperties": st.integers(0, 2),
    "maxProperties": st.integers(0, 2),
    "minItems": st.integers(0, 2),
    "maxItems": st.integers(0, 2),
    "uniqueItems": st.booleans(),
    "minContains": st.integers(0, 2),
    "dependentRequired": st.just({"a": ["b"]}),
    "readOnly": st.just(True),
    "writeOnly": st.just(True),
    "default": st.integers(0, 1),
    "deprecated": st.booleans(),
}
_TYPES = ("null", "boolean", "integer", "number", "string", "array", "object")
_ONE = ("not", "items", "additionalProperties", "propertyNames", "contains", "if", "then", "else")
_MANY = ("allOf", "anyOf", "oneOf", "prefixItems")


@st.composite
def schemas(draw: DrawFn, depth: int = 2) -> Json:
    """Mostly objects and scalars with a few keywords; alternatives, negations and references now and then."""
    shape = draw(st.sampled_from(("object", "object", "scalar", "array", "combined", "ref", "any")))
    if shape == "ref" and depth < 2:
        return {"$ref": f"#{PLACE}"}
    if shape == "any":
        return draw(st.sampled_from([True, {}, {"type": "object"}, False]))
    if shape == "scalar" or depth == 0:
        schema: Json = {"type": draw(st.sampled_from(_TYPES[:5]))}
    elif shape == "array":
        schema = {"type": "array", "items": draw(schemas(depth - 1))}
    elif shape == "combined":
        keyword = draw(st.sampled_from(_MANY[:3]))
        schema = {keyword: draw(st.lists(schemas(depth - 1), min_size=1, max_size=2))}
    else:
        names = draw(st.lists(st.sampled_from(NAMES), max_size=2, unique=True))
        schema = {"type": "object", "properties": {name: draw(schemas(depth - 1)) for name in names}}
    for keyword in draw(st.lists(st.sampled_from(sorted(_KEYWORDS)), max_size=2)):
        schema[keyword] = draw(_KEYWORDS[keyword])
    return schema


@st.composite
def edited(draw: DrawFn, schema: Json) -> Json:
    """The schema with up to three small edits."""
    schema = copy.deepcopy(schema)
    for _ in range(draw(st.integers(1, 3))):
        schema = draw(_edits(schema))
    return schema


def _edits(schema: Json) -> SearchStrategy[Json]:
    inside = [(key, value) for key, value in schema.items() if key in _ONE] if isinstance(schema, dict) else []
    choices: list[SearchStrategy[Json]] = [_at_top(schema), _at_top(schema)]
    for key, value in inside:
        choices.append(_edits(value).map(_putting(schema, key)))
    for key in _MANY if isinstance(schema, dict) else ():
        for index, value in enumerate(schema.get(key, ())):
            choices.append(_edits(value).map(_putting(schema, key, index)))
    for name, value in (schema.get("properties") or {}).items() if isinstance(schema, dict) else ():
        choices.append(_edits(value).map(_putting(schema, "properties", name)))
    return st.one_of(choices)


def _putting(schema: Json, *way: str | int) -> Callable[[Json], Json]:
    def put(value: Json) -> Json:
        whole = copy.deepcopy(schema)
        at = whole
        for part in way[:-1]:
            at = at[part]
        at[way[-1]] = value
        return whole

    return put


@st.composite
def _at_top(draw: DrawFn, schema: Json) -> Json:
    if not isinstance(schema, dict):
        return draw(schemas(1))
    schema = copy.deepcopy(schema)
    what = draw(st.sampled_from(("keyword", "keyword", "type", "property", "drop", "one", "many", "wrap", "replace")))
    if what == "keyword":
        keyword = draw(st.sampled_from(sorted(_KEYWORDS)))
        schema[keyword] = draw(_KEYWORDS[keyword])
    elif what == "type":
        schema["type"] = draw(st.lists(st.sampled_from(_TYPES), min_size=1, max_size=3, unique=True))
    elif what == "property":
        schema.setdefault("properties", {})[draw(st.sampled_from(NAMES))] = draw(schemas(1))
    elif what == "drop" and schema:
        del schema[draw(st.sampled_from(sorted(schema)))]
    elif what == "one":
        schema[draw(st.sampled_from(_ONE))] = draw(schemas(1))
    elif what == "many":
        keyword = draw(st.sampled_from(_MANY))
        schema[keyword] = [*schema.get(keyword, ()), draw(schemas(1))]
    elif what == "wrap":
        return {draw(st.sampled_from(_MANY[:3])): [schema, *draw(st.lists(schemas(1), max_size=1))]}
    else:
        return draw(schemas(1))
    return schema


def endless(schema: Json) -> bool:
    """Whether it asks itself about the same value."""
    if not isinstance(schema, dict):
        return False
    same = [each for key in ("allOf", "anyOf", "oneOf") for each in schema.get(key, ())]
    same += [schema[key] for key in ("not", "if", "then", "else") if key in schema]
    return "$ref" in schema or any(map(endless, same))


def document(schema: Json) -> Json:
    return {"openapi": "3.1.0", "components": {"schemas": {"S": schema}}}


def closed(schema: Json, *, inside: bool = False) -> Json:
    """The schema for who sends no property that it does not name: `additionalProperties: true` names nothing."""
    if not isinstance(schema, dict):
        return {"unevaluatedProperties": False} if schema is True and not inside else schema
    if "$ref" in schema:
        return {**schema, "$ref": schema["$ref"]}
    closed_ = dict(schema)
    if closed_.get("additionalProperties") in (True, {}):
        del closed_["additionalProperties"]
    for key in ("items", "additionalProperties", "contains"):
        if key in closed_:
            closed_[key] = closed(closed_[key])
    for key in _MANY:
        if key in closed_:
            closed_[key] = [closed(each, inside=key != "prefixItems") for each in closed_[key]]
    for key in ("if", "then", "else"):
        if key in closed_:
            closed_[key] = closed(closed_[key], inside=True)
    if "properties" in closed_:
        closed_["properties"] = {name: closed(each) for name, each in closed_["properties"].items()}
    return closed_ if inside else {**closed_, "unevaluatedProperties": False}


_SCALARS = st.sampled_from([None, True, False, 0, 1, 2, -1, 4, 1.5, 0.5, "", "x", "xy", "y", "zz", "2026-11-22", 2**40])
_POOL = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=3),
    max_leaves=5,
)


@st.composite
def candidates(draw: DrawFn, one: Json, other: Json) -> Json:
    """A value that may fit either."""
    if draw(st.integers(0, 2)) == 0:
        return draw(_POOL)
    root = document(draw(st.sampled_from((one, other))))
    try:
        return draw(values(Spot.of(root, PLACE), 3))
    except InvalidArgument:  # bounds that exclude each other: nothing fits
        return draw(_POOL)
