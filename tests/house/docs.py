"""The generated parts of README.md and the guide: `make docs` writes them, a test compares them with what is there."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from mockserver.cli import COMMANDS
from mockserver.contract.document import effective
from mockserver.contract.readings import load_readings
from mockserver.contract.routes import read_routes
from mockserver.contract.spot import Spot
from mockserver.core.contract import Operation
from mockserver.core.provider import Provider
from mockserver.core.text import Json
from mockserver.engine.cards import Card, cards
from mockserver.engine.edge_calls import EdgeCall
from mockserver.engine.edge_cards import EdgeCard, diagram, edges
from mockserver.engine.fault_cards import FAULT_CARDS, MISHAP_CARDS
from mockserver.engine.fault_plans import plans
from mockserver.options import OPTIONS
from mockserver.providers import registry
from tests.house import reference
from tests.house.source import CHECKOUT

README = CHECKOUT / "README.md"
DOCUMENTS = (README, *sorted((CHECKOUT / "mockserver" / "guide").glob("*.md")))
_LONGEST = 80


def operations() -> str:
    """Every operation of the effective documents, and the statuses the default world has a case for."""
    rows = []
    for provider, operation, same in _answered():
        why_not = provider.not_simulated.get(operation.id)
        statuses = ", ".join(str(status) for status in sorted({card.status for card in same}))
        told = statuses if why_not is None else f"not simulated: {why_not}"
        rows.append((f"`{operation.id}`", f"`{operation.method} {operation.path}`", told))
    return _table(("Operation", "Request", "Outcomes"), rows)


def outcomes() -> str:
    """The cases of the default world, one table for each operation."""
    return "\n\n".join(_outcomes_of(operation, same) for _, operation, same in _answered() if same)


def _answered() -> Iterator[tuple[Provider, Operation, list[Card]]]:
    providers = registry.find(registry.names())
    documents = {provider.name: effective(provider.name, provider.specs).value for provider in providers}
    known: dict[str, list[Card]] = {}
    for card in cards(documents):
        known.setdefault(card.operation.id, []).append(card)
    for provider in providers:
        for route in read_routes(Spot.of(documents[provider.name])):
            yield provider, route.operation, known.get(route.operation.id, [])


def _outcomes_of(operation: Operation, same: list[Card]) -> str:
    usual = next((card for card in same if card.status < 400), same[0])
    rows = [(str(card.status), f"`{card.name}`", ", ".join(_differences(usual, card)), card.about) for card in same]
    table = _table(("Status", "Outcome", "What differs in the request", "What happens"), rows)
    return f"### {operation.id}\n\n`{operation.method} {operation.path}`\n\n{table}"


def options() -> str:
    """Every option of a server, by its spelling on the command line and in the environment."""
    rows = []
    for option in OPTIONS.values():
        argument = f"{option.argument} {option.metavar}" if option.argument.startswith("-") else f"{option.metavar} ..."
        rows.append((f"`{argument.removesuffix(' None')}`", f"`{option.variable}`", option.about))
    return _table(("Option", "Variable", "Meaning (default)"), rows)


def faults() -> str:
    """Every fault: how one request asks for it, how many calls get it, and what a client sees."""
    rows = [
        (f"`{card.name}`", f"`Prefer: {card.prefer}`", f"`{json.dumps(card.fault)}`" if card.fault else "", card.client)
        for card in FAULT_CARDS
    ]
    return _table(("Fault", "For one request", "For many calls", "What the client sees"), rows)


def mishaps() -> str:
    """Every fault of deliveries, and what a receiver sees."""
    rows = [(f"`{card.name}`", f"`{json.dumps(card.fault)}`", card.receiver) for card in MISHAP_CARDS]
    return _table(("Fault of deliveries", "For `POST /__admin/faults`", "What the receiver sees"), rows)


def fault_plans() -> str:
    """The plans that come with us."""
    rows = [
        (f"`{plan.name}`", ", ".join(f"`{fault.name}`" for fault in plan.faults), plan.about)
        for plan in plans().values()
    ]
    return _table(("Plan", "Its faults", "What it is for"), rows)


def machines() -> str:
    """Every thing that has states: drawn, and each of its edges in a table."""
    return "\n\n".join(_machine(thing, same) for thing, same in edges().items())


def _machine(thing: str, same: Sequence[EdgeCard]) -> str:
    rows = [
        (f"{card.start} → {card.end}", card.why, "<br>".join(f"`{call.line}`" for call in _own_calls(card, same)))
        for card in same
    ]
    table = _table(("Edge", "What happens", "Calls, the last one of which takes it"), rows)
    return f"## {thing} of {same[0].provider}\n\n```mermaid\n{diagram(same)}\n```\n\n{table}"


def beginnings() -> str:
    """The worlds the edges are taken in."""
    return "\n".join(
        f"- {provider}: `{json.dumps(next(iter(same)).given[0].body)}`"
        for provider, same in groupby((card for same in edges().values() for card in same), lambda card: card.provider)
    )


def _own_calls(card: EdgeCard, same: Sequence[EdgeCard]) -> Iterator[EdgeCall]:
    """What it takes besides the world that all begin with."""
    usual = same[0].given[0]
    yield from (call for call in (*card.given, card.step) if call != usual)


def _differences(usual: Card, card: Card) -> Iterator[str]:
    """What to send instead of the usual, and what to leave out."""
    if card is usual:
        return
    for name, value in card.headers.items():
        yield f"no `{name}`" if value is None else f"`{name}: {_short(value)}`"
    if card.role != usual.role and "Authorization" not in card.headers:
        yield f"key `{card.key}`" if card.key else "no key"
    if "text" in card.outcome:
        yield f"body `{_short(card.outcome['text'])}`"
    for part in ("path", "query", "body"):
        ours, theirs = (each.outcome.get(part) or {} for each in (card, usual))
        if not isinstance(ours, dict) or not isinstance(theirs, dict):
            yield f"body `{_short(ours)}`"
            continue
        for name, value in ours.items():
            if theirs.get(name, ...) != value:
                yield f"`{name}={_short(value)}`"
        if part == "body" and "text" not in card.outcome:
            yield from (f"no `{name}`" for name in theirs if name not in ours)


def _short(value: Json) -> str:
    """A text as it is, any other value as JSON; control characters escaped, the rest of a long one left out."""
    text = value if isinstance(value, str) and value.isprintable() else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _table(headings: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [headings, ("---",) * len(headings), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def commands() -> str:
    """Every command."""
    return _table(
        ("Command", "What it does"), [(f"`mockserver {name}`", about) for name, (_, about) in COMMANDS.items()]
    )


def readings() -> str:
    """Every choice the providers' documents leave open."""
    rows = [
        (
            f"`{reading.full_name}`",
            f"`{reading.default}`",
            ", ".join(f"`{option}`" for option in reading.options if option != reading.default),
            " ".join(reading.question.split()),
        )
        for provider in registry.find(registry.names())
        for reading in load_readings(provider.name, provider.specs)
    ]
    return _table(("Reading", "Default", "Others", "What is not said"), rows)


PARTS: Mapping[str, Callable[[], str]] = {
    "beginnings": beginnings,
    "commands": commands,
    "faults": faults,
    "machines": machines,
    "mishaps": mishaps,
    "operations": operations,
    "options": options,
    "outcomes": outcomes,
    "plans": fault_plans,
    "readings": readings,
    **reference.PARTS,
}


def renewed(text: str) -> str:
    """The text with every part between `<!-- name: make docs -->` and `<!-- end -->` written anew."""
    pattern = re.compile(r"(<!-- ([\w.]+): make docs -->\n).*?(<!-- end -->)", re.DOTALL)
    return pattern.sub(lambda found: f"{found[1]}{PARTS[found[2]]()}\n{found[3]}", text)


if __name__ == "__main__":
    for document in DOCUMENTS:
        document.write_text(renewed(document.read_text("utf-8")), "utf-8")
