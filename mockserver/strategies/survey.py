"""Every rule of a schema that a value can break, each with the way to its place and the ways to break it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

from mockserver.contract.spot import escape
from mockserver.core.text import Json
from mockserver.strategies.bends import Bend, alternatives, bends, missing
from mockserver.strategies.facts import ANY, Facts, Grammar, Key
from mockserver.strategies.source import Source
from mockserver.strategies.values import STRANGERS, Values

# Deeper than this no rule is looked for.
_DEEPEST: Final = 8
# Steps into any item of an array, and into any property that has no name.
ITEM: Final = "*"


@dataclass(frozen=True, slots=True)
class Step:
    """One step into a value. `kind` is what the value has to be; `name` a property's, `index` an item's (None: any).

    `label` is how the step is shown: `*` for any item and for properties that the schema does not name.
    """

    kind: str
    key: Key
    label: str
    name: str = ""
    index: int | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """One rule: where in the value, which keyword, where it is written, and how it may be broken.

    `needs` is the kind the value must have to be broken so (an object to lack a property), None for any.
    """

    steps: tuple[Step, ...]
    keyword: str
    document: str
    bends: tuple[Bend, ...]
    key: Key
    needs: str | None = None
    about: str = ""

    @property
    def where(self) -> str:
        """A pointer with `*` for items: `/profiles/*/fps`."""
        return "".join(f"/{step.label}" for step in self.steps)


_NEEDS: Final = {
    **dict.fromkeys(("minItems", "maxItems", "uniqueItems", "contains"), "array"),
    **dict.fromkeys(("minProperties", "maxProperties", "additionalProperties", "propertyNames"), "object"),
    "unevaluatedProperties": "object",
    "pattern": "string",
}
_HELD: Final = {"object": dict, "array": list, "string": str}
# In an alternative no rule is broken deeper than this, nor in more ways: alternatives in alternatives multiply.
_DEEPEST_INNER: Final = 2
_FEW: Final = 3
_ORDER: Final = (
    "type", "enum", "const", "minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "multipleOf", "minLength",
    "maxLength", "pattern", "format", "minItems", "maxItems", "uniqueItems", "contains", "minProperties",
    "maxProperties", "propertyNames", "additionalProperties", "unevaluatedProperties", "not",
)  # fmt: skip


class Survey:
    """The rules of one grammar."""

    def __init__(self, values: Values) -> None:
        self.values = values
        self.grammar: Grammar = values.grammar

    def candidates(self) -> Iterator[Candidate]:
        """Every rule that holds whichever alternative is taken, those of the value before those of what is in it."""
        yield from self._below(self.grammar.start, (), ())

    def _below(self, key: Key, steps: tuple[Step, ...], above: tuple[Key, ...]) -> Iterator[Candidate]:
        facts = self.grammar.sure(key)
        if facts.parts in above or len(steps) > _DEEPEST or not facts.parts:
            return
        yield from self._at(key, facts, steps, (*above, facts.parts))
        for step in self._steps(facts):
            if self.values.possible(step.key):
                yield from self._below(step.key, (*steps, step), (*above, facts.parts))
            else:
                yield from self._forbidden(step, steps)

    def _steps(self, facts: Facts) -> Iterator[Step]:
        for name, child in facts.properties.items():
            yield Step("object", child, escape(name), name)
        if facts.further:
            name = next((one for one in STRANGERS if facts.child(one) == facts.further), "")
            yield Step("object", facts.further, ITEM, name)
        for _, pointer in facts.patterned:
            name = next((one for one in (*STRANGERS, "x-a", "a1") if facts.child(one) == (pointer,)), "")
            if name:
                yield Step("object", (pointer,), ITEM, name)
        for index, child in enumerate(facts.prefix):
            yield Step("array", child, str(index), index=index)
        if facts.items and facts.most != len(facts.prefix):
            yield Step("array", facts.items, ITEM)

    def _at(self, key: Key, facts: Facts, steps: tuple[Step, ...], above: tuple[Key, ...]) -> Iterator[Candidate]:
        """The rules of one value."""
        for pointer in facts.parts:
            schema = self.grammar.at(pointer)
            if not isinstance(schema, dict):
                continue
            for keyword in _ORDER:
                if keyword in schema and not _covers(schema, keyword):
                    yield from self._of_keyword(keyword, schema[keyword], pointer, key, facts, steps)
            for name in schema.get("required", ()):
                yield Candidate(steps, "required", f"{pointer}/required", (missing(name),), key, "object", name)
            for trigger, others in schema.get("dependentRequired", {}).items():
                for name in others:
                    bend = partial(_half, self.values, facts, trigger, name)
                    document = f"{pointer}/dependentRequired"
                    yield Candidate(steps, "dependentRequired", document, (bend,), key, "object", name)
            for keyword in ("oneOf", "anyOf"):
                if keyword in schema:
                    choices: list[Key] = [(f"{pointer}/{keyword}/{index}",) for index in range(len(schema[keyword]))]
                    inner = partial(self._inner, above=above)
                    made = alternatives(choices, self.values, key, inner, one=keyword == "oneOf")
                    yield Candidate(steps, keyword, f"{pointer}/{keyword}", tuple(made), key)

    def _of_keyword(
        self, keyword: str, limit: Json, pointer: str, key: Key, facts: Facts, steps: tuple[Step, ...]
    ) -> Iterator[Candidate]:
        if keyword == "uniqueItems" and limit is not True:
            return
        if keyword in ("additionalProperties", "unevaluatedProperties") and limit is not False:
            return
        said = self.grammar.said.get(pointer)
        found = tuple(bends(said.rule if said else keyword, limit, facts, self.values, key))
        if said is not None:
            # One half of a range that `format` stands for; the other half is the same rule.
            if keyword == "minimum":
                found += tuple(bends("maximum", self.grammar.at(pointer)["maximum"], facts, self.values, key))
                found += tuple(bends("minimum", limit, facts, self.values, key))
                yield Candidate(steps, said.rule, said.pointer, found, key)
            return
        yield Candidate(steps, keyword, f"{pointer}/{keyword}", found, key, _NEEDS.get(keyword))

    def _inner(self, key: Key, above: tuple[Key, ...]) -> Iterator[Bend]:
        """Some ways to break what is in an alternative."""
        for candidate in self._below(key, (), above):
            if len(candidate.steps) <= _DEEPEST_INNER:
                for bend in candidate.bends[:_FEW]:
                    yield partial(bent, self.values, key, candidate, bend)

    def _forbidden(self, step: Step, steps: tuple[Step, ...]) -> Iterator[Candidate]:
        """A property that travels the other way, or that may not be there at all."""
        for pointer in self.grammar.sure(step.key).parts:
            said = self.grammar.said.get(pointer)
            if self.grammar.at(pointer) is False and step.kind == "object":
                rule, document = (said.rule, said.pointer) if said else ("false", pointer)
                bend = partial(_present, self.values, step, pointer)
                yield Candidate(steps, rule, document, (bend,), step.key, "object", step.name)


def _covers(schema: Json, keyword: str) -> bool:
    """Whether a keyword is there only to keep out numbers that JSON can't spell."""
    return bool(schema[keyword] == {"$ref": f"#{ANY}"})


def _half(values: Values, facts: Facts, trigger: str, name: str, host: Json, source: Source) -> Json:
    child = facts.child(trigger)
    kept = {key: value for key, value in host.items() if key != name}
    return kept if child is None or trigger in kept else {**kept, trigger: values.make(source, child, 0)}


def _present(values: Values, step: Step, forbidden: str, host: Json, source: Source) -> Json:
    """With a property that may not be there, and that fits what else is said of it."""
    return {**host, str(step.name): values.without(source, step.key, forbidden)}


def bent(values: Values, key: Key, candidate: Candidate, bend: Bend, host: Json, source: Source) -> Json:
    """The value with one rule broken at the candidate's place, which is made where it is not there."""
    return _into(values, key, candidate.steps, candidate, bend, host, source)


def _into(
    values: Values, key: Key, steps: tuple[Step, ...], candidate: Candidate, bend: Bend, host: Json, source: Source
) -> Json:
    host = _as(values, key, steps[0].kind if steps else candidate.needs, host, source)
    if not steps:
        return bend(host, source)
    step = steps[0]
    inner = partial(_into, values, step.key, steps[1:], candidate, bend)
    if step.kind == "object":
        present = host[step.name] if step.name in host else values.make(source, step.key, 0)
        return {**host, step.name: inner(present, source)}
    items = list(host)
    at = step.index if step.index is not None else source.index(len(items)) if items else 0
    while len(items) <= at:
        items.append(values.make(source, step.key, 0))
    items[at] = inner(items[at], source)
    return items


def _as(values: Values, key: Key, needed: str | None, value: Json, source: Source) -> Json:
    """The value if it is of the kind it has to be, or one that is."""
    if needed is None or isinstance(value, _HELD[needed]):
        return value
    return values.make(source, key, 0, only=needed)
