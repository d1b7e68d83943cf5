"""Every word `mockserver explain` knows, and what to say of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from mockserver.cli.cards import Card, cards
from mockserver.contract.document import effective
from mockserver.contract.explain import CODES, explain_code, explain_operation
from mockserver.contract.lint import LINT_CODES, LintCode
from mockserver.contract.readings import load_readings
from mockserver.contract.routes import read_routes
from mockserver.contract.spot import Spot
from mockserver.core.provider import Provider
from mockserver.core.reading import Reading
from mockserver.core.text import Json

Meaning = Callable[[], str]


def meanings(providers: Iterable[Provider]) -> Mapping[str, Meaning]:
    """Operations, codes of violations and defects, readings and outcomes; an operation wins over an outcome's name."""
    known: dict[str, Meaning] = {code: partial(explain_code, code) for code in CODES}
    known |= {code: partial(_defect, entry) for code, entry in LINT_CODES.items()}
    documents: dict[str, Json] = {}
    for provider in providers:
        document = documents[provider.name] = effective(provider.name, provider.specs).value
        readings = load_readings(provider.name, provider.specs)
        for route in read_routes(Spot.of(document)):
            known[route.operation.id] = partial(explain_operation, document, route.operation.id, readings)
        known |= {reading.full_name: partial(_reading, reading) for reading in readings}
    return {card.name: partial(_card, card) for card in cards(documents)} | known


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


def _card(card: Card) -> str:
    lines = [
        f"{card.name}  {card.status} from {card.operation.id}",
        "",
        card.about,
        "",
        card.curl("http://127.0.0.1:4080"),
    ]
    return "\n".join([*lines, "", f"It says   {card.says}"] if card.says else lines)


def _line(text: str) -> str:
    return " ".join(text.split())
