"""Every word `mockserver explain` knows, and what to say of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

from mockserver.contract.document import effective
from mockserver.contract.explain import CODES, explain_code, explain_operation
from mockserver.contract.lint import LINT_CODES, LintCode
from mockserver.contract.readings import load_readings
from mockserver.contract.routes import read_routes
from mockserver.contract.spot import Spot
from mockserver.core.provider import Provider
from mockserver.core.reading import Reading
from mockserver.core.text import Json
from mockserver.engine.cards import Card, cards
from mockserver.engine.edge_cards import EdgeCard, edges

Meaning = Callable[[], str]


def meanings(providers: Iterable[Provider]) -> Mapping[str, Meaning]:
    """Operations, codes, readings, outcomes and edges; an operation wins over an outcome's name."""
    known: dict[str, Meaning] = {code: partial(explain_code, code) for code in CODES}
    known |= {code: partial(_defect, entry) for code, entry in LINT_CODES.items()}
    documents: dict[str, Json] = {}
    for provider in providers:
        document = documents[provider.name] = effective(provider.name, provider.specs).value
        readings = load_readings(provider.name, provider.specs)
        for route in read_routes(Spot.of(document)):
            known[route.operation.id] = partial(explain_operation, document, route.operation.id, readings)
        known |= {reading.full_name: partial(_reading, reading) for reading in readings}
    named: dict[str, list[Card]] = {}
    for card in cards(documents):
        named.setdefault(card.name, []).append(card)
    known |= {card.name: partial(_edge, card) for same in edges().values() for card in same}
    return {name: partial(_cards, same) for name, same in named.items()} | known


def _defect(entry: LintCode) -> str:
    return f"{entry.code} {entry.title} ({entry.severity})\n\n{entry.why}\n\nRemedy    {entry.remedy}"


def _reading(reading: Reading) -> str:
    lines = [reading.full_name, "", _line(reading.question), ""]
    for option, meaning in reading.options.items():
        default = "  (default)" if option == reading.default else ""
        lines += [f"  {option}{default}", f"    {_line(meaning)}"]
    lines += ["", f"Evidence  {reading.evidence}: {_line(reading.because)}"]
    other = next(option for option in reading.options if option != reading.default)
    lines += ["", f"Switch it with  mockserver serve --reading {reading.full_name}={other}"]
    return "\n".join(lines)


def _cards(same: Sequence[Card]) -> str:
    """The outcomes of one name; each provider has its own."""
    return "\n\n".join(map(_card, same))


def _card(card: Card) -> str:
    lines = [f"{card.name}  {card.status} from {card.operation.id} of {card.provider}", "", card.about, ""]
    said = ["", f"It says   {card.says}"] if card.says else []
    return "\n".join([*lines, card.curl("http://127.0.0.1:4080"), *said])


def _edge(card: EdgeCard) -> str:
    head = f"{card.name}  a {card.thing} of {card.provider}, from {card.start} to {card.end}"
    return "\n".join([head, "", card.why, "", *card.script("http://127.0.0.1:4080")])


def _line(text: str) -> str:
    return " ".join(text.split())
