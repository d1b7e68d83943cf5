"""`mockserver routes`, `readings`, `outcomes` and `edges`: what there is, as tables for people or JSON for programs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from mockserver.cli.show import as_json, table
from mockserver.cli.words import Words
from mockserver.core.provider import Provider
from mockserver.core.text import Json

Row = Mapping[str, Json]


def run(name: str, about: str, words: Sequence[str]) -> int:
    """Print one of the lists, of all providers or of those named."""
    parser = Words(name, about)
    parser.add_argument("providers", nargs="*", metavar="PROVIDER", help="only of these; all when none is named")
    parser.add_argument("--json", action="store_true", help="everything about each, for a program")
    given = parser.read(words)
    if given is None:
        return 0
    from mockserver.providers import registry

    rows = list(_ROWS[name](registry.find(given.providers or registry.names())))
    if given.json:
        as_json(rows)
    else:
        columns = _COLUMNS[name]
        table(columns, [[str(row[column]) for column in columns] for row in rows], _SPARE)
    return 0


def _routes(providers: Sequence[Provider]) -> Iterator[Row]:
    from mockserver.contract.document import effective
    from mockserver.contract.routes import read_routes
    from mockserver.contract.spot import Spot

    for provider in providers:
        for route in read_routes(Spot.of(effective(provider.name, provider.specs).value)):
            operation = route.operation
            why_not = provider.not_simulated.get(operation.id)
            yield {
                "provider": provider.name,
                "method": operation.method,
                "path": operation.path,
                "operation": operation.id,
                "summary": operation.summary if why_not is None else f"not simulated: {why_not}",
                "simulated": operation.id in provider.simulated,
            }


def _readings(providers: Sequence[Provider]) -> Iterator[Row]:
    from mockserver.contract.readings import load_readings

    for provider in providers:
        for reading in load_readings(provider.name, provider.specs):
            yield {
                "reading": reading.full_name,
                "default": reading.default,
                "others": ", ".join(option for option in reading.options if option != reading.default),
                "evidence": reading.evidence,
                "question": " ".join(reading.question.split()),
                "options": dict(reading.options),
                "because": reading.because,
            }


def _outcomes(providers: Sequence[Provider]) -> Iterator[Row]:
    from mockserver.contract.document import effective
    from mockserver.engine.cards import cards, shown

    for card in cards({provider.name: effective(provider.name, provider.specs).value for provider in providers}):
        yield shown(card, "http://127.0.0.1:4080")


def _edges(providers: Sequence[Provider]) -> Iterator[Row]:
    from mockserver.engine.edge_cards import edges

    wanted = {provider.name for provider in providers}
    for cards in edges().values():
        yield from (card.to_json("http://127.0.0.1:4080") for card in cards if card.provider in wanted)


_ROWS: Final[Mapping[str, Callable[[Sequence[Provider]], Iterator[Row]]]] = {
    "routes": _routes,
    "readings": _readings,
    "outcomes": _outcomes,
    "edges": _edges,
}

_COLUMNS: Final = {
    "routes": ("operation", "method", "path", "provider", "summary"),
    "readings": ("reading", "default", "others", "evidence", "question"),
    "outcomes": ("outcome", "operation", "status", "key", "meaning", "send"),
    "edges": ("edge", "provider", "from", "to", "why", "step"),
}

# What a narrow terminal goes without: it stands in the names, or `mockserver explain` tells it.
_SPARE: Final = {"provider", "evidence", "key", "send"}
