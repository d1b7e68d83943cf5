"""The generated parts of README.md. `make docs` writes them anew; a test compares them with what stands there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

from mockserver.contract.document import effective
from mockserver.contract.routes import read_routes
from mockserver.contract.spot import Spot
from mockserver.core.contract import Operation
from mockserver.core.provider import Provider
from mockserver.core.text import Json
from mockserver.engine.cards import Card, cards
from mockserver.engine.fault_cards import FAULT_CARDS
from mockserver.engine.fault_plans import plans
from mockserver.options import OPTIONS
from mockserver.providers import registry
from tests.house.source import CHECKOUT

README = CHECKOUT / "README.md"
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
    """The cases of the default world, one folded table for each operation."""
    return "\n\n".join(_folded(operation, same) for _, operation, same in _answered() if same)


def _answered() -> Iterator[tuple[Provider, Operation, list[Card]]]:
    providers = registry.find(registry.names())
    documents = {provider.name: effective(provider.name, provider.specs).value for provider in providers}
    known: dict[str, list[Card]] = {}
    for card in cards(documents):
        known.setdefault(card.operation.id, []).append(card)
    for provider in providers:
        for route in read_routes(Spot.of(documents[provider.name])):
            yield provider, route.operation, known.get(route.operation.id, [])


def _folded(operation: Operation, same: list[Card]) -> str:
    usual = next((card for card in same if card.status < 400), same[0])
    rows = [(str(card.status), f"`{card.name}`", ", ".join(_differences(usual, card)), card.about) for card in same]
    count = f"{len(same)} outcomes" if len(same) > 1 else "1 outcome"
    title = f"<code>{operation.id}</code> {operation.method} {operation.path}: {count}"
    table = _table(("Status", "Outcome", "What differs in the request", "What happens"), rows)
    return f"<details><summary>{title}</summary>\n\n{table}\n\n</details>"


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


def fault_plans() -> str:
    """The plans that come with us."""
    rows = [
        (f"`{plan.name}`", ", ".join(f"`{fault.name}`" for fault in plan.faults), plan.about)
        for plan in plans().values()
    ]
    return _table(("Plan", "Its faults", "What it is for"), rows)


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


PARTS = {"operations": operations, "outcomes": outcomes, "options": options, "faults": faults, "plans": fault_plans}


def renewed(text: str) -> str:
    """The text with every part between `<!-- name: make docs -->` and `<!-- end -->` written anew."""
    pattern = re.compile(r"(<!-- (\w+): make docs -->\n).*?(<!-- end -->)", re.DOTALL)
    return pattern.sub(lambda found: f"{found[1]}{PARTS[found[2]]()}\n{found[3]}", text)


if __name__ == "__main__":
    README.write_text(renewed(README.read_text("utf-8")), "utf-8")
