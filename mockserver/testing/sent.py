"""Which parts of its requests a client has ever sent: arguments, properties, values of enums; of those documented.

Parts are spelled `?limit` for an argument of the query, `name` for a property of the body, `range.start` for one within
another, `sourceType=Event` for a value the document lists.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final

from mockserver.contract.check import compile_contract
from mockserver.contract.document import effective
from mockserver.contract.parameters import read_parameters
from mockserver.contract.spot import Spot
from mockserver.core.bodies import value_of
from mockserver.core.text import Json
from mockserver.engine.journal import Entry
from mockserver.providers import registry

# Objects within objects are followed so far.
_DEEPEST: Final = 3

Parts = dict[str, dict[str, dict[str, int]]]
"""How often each documented part was sent, by provider and operation."""


def counted(parts: Parts, entries: Iterable[Entry]) -> None:
    """Count what these exchanges sent; what the document does not know is left out."""
    for entry in entries:
        if entry.operation is None:
            continue
        known = documented(entry.provider).get(entry.operation, frozenset())
        found = parts.setdefault(entry.provider, {}).setdefault(entry.operation, {})
        for part in known.intersection(_sent(entry)):
            found[part] = found.get(part, 0) + 1


def merged(one: Parts, other: Parts) -> Parts:
    """Both runs together."""
    both: Parts = {}
    for parts in (one, other):
        for provider, operations in parts.items():
            for operation, found in operations.items():
                kept = both.setdefault(provider, {}).setdefault(operation, {})
                for part, count in found.items():
                    kept[part] = kept.get(part, 0) + count
    return both


def joined(met: Json, parts: Parts) -> Json:
    """Coverage with two fields more for each operation: the parts `sent` and how often, and those `neverSent`."""

    def told(provider: str, each: Json) -> Json:
        found = parts.get(provider, {}).get(each["operation"], {})
        known = documented(provider).get(each["operation"], frozenset())
        return {**each, "sent": dict(sorted(found.items())), "neverSent": sorted(known - set(found))}

    return {
        provider: {**whole, "tried": [told(provider, each) for each in whole["tried"]]}
        for provider, whole in met.items()
    }


@cache
def documented(provider: str) -> dict[str, frozenset[str]]:
    """The parts a request of each operation may have, by the provider's document."""
    found = registry.find([provider])[0]
    contract = compile_contract(effective(found.name, found.specs).value)
    parts: dict[str, frozenset[str]] = {}
    for name in contract.operations:
        route = contract.route(name)
        arguments = {f"?{each.name}" for each in read_parameters(route.spot, route.path_item) if each.where == "query"}
        content = route.spot.at("requestBody", "content")
        schemas = [spot.at("schema") for _, spot in content.items()] if content else []
        parts[name] = frozenset(arguments.union(*(_parts(each, "", _DEEPEST) for each in schemas if each)))
    return parts


def _parts(schema: Spot, within: str, deepest: int) -> Iterator[str]:
    for word in ("allOf", "anyOf", "oneOf"):
        branches = schema.at(word)
        for branch in branches.entries() if branches else ():
            yield from _parts(branch, within, deepest)
    properties = schema.at("properties")
    for name, spot in properties.items() if properties else ():
        if not isinstance(spot.value, dict) or spot.value.get("readOnly") is True:
            continue
        yield within + name
        yield from (f"{within}{name}={value}" for value in spot.value.get("enum", ()) if isinstance(value, str))
        if deepest > 1:
            yield from _parts(spot, f"{within}{name}.", deepest - 1)


def _sent(entry: Entry) -> Iterator[str]:
    yield from (f"?{name}" for name, _ in entry.request.arguments())
    value = value_of(entry.request)
    if isinstance(value, dict):
        yield from _named(value, "", _DEEPEST)


def _named(value: dict[str, Json], within: str, deepest: int) -> Iterator[str]:
    for name, item in value.items():
        yield within + name
        if isinstance(item, str):
            yield f"{within}{name}={item}"
        elif isinstance(item, dict) and deepest > 1:
            yield from _named(item, f"{within}{name}.", deepest - 1)
