"""How a value breaks one keyword of its schema and, as far as can be told beforehand, nothing else.

A bend takes a value that fits, and a source of choices, to one that does not. Each keyword has several, the plainest
first; which of them break their rule alone in a given place is for the contract's check to say.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from hypothesis import strategies as st

from mockserver.core.text import Json
from mockserver.strategies.facts import Facts, Key, kinds_of
from mockserver.strategies.source import Source, ecma
from mockserver.strategies.texts import EDGES, FORMATS
from mockserver.strategies.values import SCALARS, STRANGERS, Values

Bend = Callable[[Json, Source], Json]

_WRONG: Final[tuple[Json, ...]] = (
    None, True, False, 0, 1, -1, 1.5, "", "a", "0", "1.5", "true", "null", [], {}, ["a"], {"a": 0}, 2**53, "\U0001f600",
)  # fmt: skip
_TEXT: Final = st.text(st.characters(codec="utf-8"), max_size=12)
_LONGEST: Final = 100_000


def _is(value: Json) -> Bend:
    return lambda _host, _source: value


def bends(keyword: str, limit: Json, facts: Facts, values: Values, key: Key) -> list[Bend]:
    """The ways to break a keyword whose value is `limit`, where `facts` hold for sure of the value."""
    make = _BENDS.get(keyword)
    return list(make(limit, facts, values, key)) if make is not None else []


def _type(limit: Json, facts: Facts, values: Values, key: Key) -> Iterator[Bend]:
    wanted = facts.kinds
    wrong = [value for value in _WRONG if not kinds_of(value) & wanted]
    yield from map(_is, sorted(wrong, key=lambda value: value is None))
    yield lambda host, source: source.either(
        (wrong[0],), _TEXT if "string" not in wanted else st.integers() if "integer" not in wanted else st.none()
    )


def _enum(limit: Json, facts: Facts, values: Values, key: Key) -> Iterator[Bend]:
    listed = limit if isinstance(limit, list) else [limit]
    texts = [one for one in listed if isinstance(one, str)]
    numbers = [one for one in listed if isinstance(one, (int, float)) and not isinstance(one, bool)]
    near: list[Json] = []
    if "string" in facts.kinds or texts:
        near += ["x", *(made for one in texts for made in (one.swapcase(), f"{one} ", one[:-1], f" {one}", one + "x"))]
        near += ["", "\U0001f600"]
        yield lambda host, source: source.either(("x",), _TEXT)
    near += [one + by for one in numbers for by in (1, -1)] + ([max(numbers) + 1e6] if numbers else [])
    near += [] if texts or numbers else list(_WRONG)
    yield from map(_is, (one for one in near if one not in listed))


def _under(limit: Json, facts: Facts, values: Values, key: Key, strict: bool = False) -> Iterator[Bend]:
    """Less than a bound; a strict one is broken by the bound itself."""
    if strict:
        yield _is(limit)
    yield from map(_is, (math.ceil(limit) - 1, math.ceil(limit) - 1_000_000, -(2**53)))
    if "fraction" in facts.kinds:
        yield from map(_is, (limit - 0.5, limit - 1e-3))
    yield lambda host, source: source.either((math.ceil(limit) - 1,), st.integers(max_value=math.ceil(limit) - 1))


def _over(limit: Json, facts: Facts, values: Values, key: Key, strict: bool = False) -> Iterator[Bend]:
    if strict:
        yield _is(limit)
    yield from map(_is, (math.floor(limit) + 1, math.floor(limit) + 1_000_000, 2**53))
    if "fraction" in facts.kinds:
        yield from map(_is, (limit + 0.5, limit + 1e-3))
    yield lambda host, source: source.either((math.floor(limit) + 1,), st.integers(min_value=math.floor(limit) + 1))


def _step(limit: Json, facts: Facts, values: Values, key: Key) -> Iterator[Bend]:
    for by in (limit / 2, 1, limit / 10):
        yield lambda host, source, by=by: host + by if isinstance(host, (int, float)) else by  # type: ignore[misc]
    yield from map(_is, (1, 1.5, 7))


def _shorter(limit: Json, facts: Facts, values: Values, key: Key) -> Iterator[Bend]:
    yield _is("a" * max(limit - 1, 0))
    yield _is("\U0001f600" * max(limit - 1, 0))
    yield lambda host, source: host[: max(limit - 1, 0)] if isinstance(host, str) else ""
    yield _is("")


def _longer(limit: Json, facts: Facts, values: Values, key: Key) -> Iterator[Bend]:
    if limit < _LONGEST:
        yield _is("a" * (limit + 1))
        yield _is("\U0001f600" * (limit + 1))
        yield lambda host, source: (host if isinstance(host, str) and host else "a").ljust(limit + 1, "0")
        yield _is("a" * (limit * 2 + 1))


def _pattern(limit: Json, facts: Facts, values: Values, key: Key) -> Iterator[Bend]:
    compiled = re.compile(ecma(limit), re.ASCII)
    near: list[Bend] = [
        lambda host, source: host + "!",
        lambda host, source: "!" + host,
        lambda host, source: host[1:],
        lambda host, source: host[:-1],
        lambda host, source: host.swapcase(),
        lambda host, source: host.replace("-", ""),
        lambda host, source: f" {host}",
        lambda host, source: f"{host}\n",
    ]
    known = [text for name in facts.formats if name in FORMATS for text in FORMATS[name].edges]
    yield from map(_is, (text for text in (*known, *EDGES, "!", "aaaa") if not compiled.search(text)))
    yield from (lambda host, source, bend=bend: bend(host if isinstance(host, str) else "", source) for bend in near)
    yield lambda host, source: source.either(("!",), _TEXT)


def _format(limit: Json, facts: Facts, values: Values, key: Key) -> Iterator[Bend]:
    known = FORMATS.get(limit)
    if known is not None:
        yield from map(_is, known.wrong)
        yield lambda host, source: f"{host} {{" if isinstance(host, str) else " {"
        return
    # A format of numbers says what its machine type can hold (`int32`, ...).
    yield from map(_is, (2**31, 2**63, -(2**31) - 1, -(2**63) - 1, 10**39, -(10**39)))


def _fewer(limit: Json, facts: Facts, values: Values, key: Key) -> Iterator[Bend]:
    yield lambda host, source: host[: limit - 1]


def _more(limit: Json, facts: Facts, values: Values, key: Key) -> Iterator[Bend]:
    def grown(host: Json, source: Source) -> Json:
        one = host[0] if host else values.make(source, facts.items, 0)
        if not facts.unique:
            return [*host, *[one] * (limit + 1 - len(host))]
        return [*host, *(values.make(source, facts.items, 0) for _ in range(limit + 1 - len(host)))]

    if limit < _LONGEST:
        yield grown


def _repeated(limit: Json, facts: Facts, values: Values, key: Key) -> Iterator[Bend]:
    yield lambda host, source: [*host, host[0] if host else None, host[0] if host else None][-max(len(host) + 1, 2) :]


def _without_contained(limit: Json, facts: Facts, values: Values, key: Key) -> Iterator[Bend]:
    yield _is([])
    yield _is([None])
    yield _is([{}])


def missing(name: str) -> Bend:
    """Without a property."""
    return lambda host, source: {key: value for key, value in host.items() if key != name}


def _unexpected(limit: Json, facts: Facts, values: Values, key: Key) -> Iterator[Bend]:
    """One property more: unknown, or known by another name."""
    names = list(facts.properties)
    near = [f"{names[0]}s", names[0].upper(), f"{names[-1]}_"] if names else []

    def added(host: Json, source: Source) -> Json:
        name = source.either(("x", *near, *STRANGERS[1:]), _TEXT)
        return {**host, name: source.either(SCALARS, None)} if name not in facts.properties else host

    yield added


def _fewer_properties(limit: Json, facts: Facts, values: Values, key: Key) -> Iterator[Bend]:
    def thinned(host: Json, source: Source) -> Json:
        kept = [name for name in host if name in facts.required] + [name for name in host if name not in facts.required]
        return {name: host[name] for name in kept[: max(limit - 1, 0)]}

    yield thinned


def _more_properties(limit: Json, facts: Facts, values: Values, key: Key) -> Iterator[Bend]:
    def grown(host: Json, source: Source) -> Json:
        spare = [*values.optional(facts), *STRANGERS, *(f"x{index}" for index in range(limit + 1))]
        out = dict(host)
        for name in spare:
            child = facts.child(name)
            if len(out) <= limit and name not in out and child is not None:
                out[name] = values.make(source, child, 0)
        return out

    if limit < _LONGEST:
        yield grown


def _names(limit: Json, facts: Facts, values: Values, key: Key) -> Iterator[Bend]:
    for name in (*STRANGERS, *EDGES, "A" * 300):
        child = facts.child(name)
        if child is not None:
            yield lambda host, source, name=name, child=child: {**host, name: values.make(source, child, 0)}  # type: ignore[misc]


def _negated(limit: Json, facts: Facts, values: Values, key: Key) -> Iterator[Bend]:
    for part in facts.parts:
        inner = values.grammar.at(part)
        if isinstance(inner, dict) and inner.get("not") is limit:
            both = (*key, f"{part}/not")
            if values.possible(both):
                yield lambda host, source, both=both: values.make(source, both, 1)  # type: ignore[misc]


def alternatives(
    choices: list[Key], values: Values, key: Key, inner: Callable[[Key], Iterator[Bend]], one: bool
) -> Iterator[Bend]:
    """Values that none of the alternatives takes (each of them bent once), or that several do where `one` may."""
    yield from map(_is, _WRONG)
    for choice in choices:
        for bend in inner(choice):
            yield lambda host, source, choice=choice, bend=bend: bend(values.make(source, (*key, *choice), 1), source)  # type: ignore[misc]
    if one:
        for index, choice in enumerate(choices):
            for other in choices[index + 1 :]:
                both = (*choice, *other)
                if values.possible(both):
                    yield lambda host, source, both=both: values.make(source, both, 1)  # type: ignore[misc]


_BENDS: Final[Mapping[str, Callable[[Json, Facts, Values, Key], Iterator[Bend]]]] = {
    "type": _type,
    "enum": _enum,
    "const": lambda limit, facts, values, key: _enum([limit], facts, values, key),
    "minimum": _under,
    "exclusiveMinimum": lambda limit, facts, values, key: _under(limit, facts, values, key, strict=True),
    "maximum": _over,
    "exclusiveMaximum": lambda limit, facts, values, key: _over(limit, facts, values, key, strict=True),
    "multipleOf": _step,
    "minLength": _shorter,
    "maxLength": _longer,
    "pattern": _pattern,
    "format": _format,
    "minItems": _fewer,
    "maxItems": _more,
    "uniqueItems": _repeated,
    "contains": _without_contained,
    "additionalProperties": _unexpected,
    "unevaluatedProperties": _unexpected,
    "minProperties": _fewer_properties,
    "maxProperties": _more_properties,
    "propertyNames": _names,
    "not": _negated,
}
