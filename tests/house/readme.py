"""The generated parts of README.md. `make docs` writes them anew; a test compares them with what stands there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

from mockserver.cli.cards import Card, cards
from mockserver.contract.document import effective
from mockserver.contract.routes import read_routes
from mockserver.contract.spot import Spot
from mockserver.core.text import Json
from mockserver.options import OPTIONS
from mockserver.providers import registry
from tests.house.source import CHECKOUT

README = CHECKOUT / "README.md"


def operations() -> str:
    """Every operation of the effective documents, with the outcomes the default world has for it."""
    providers = registry.find(registry.names())
    documents = {provider.name: effective(provider.name, provider.specs).value for provider in providers}
    known: dict[str, list[Card]] = {}
    for card in cards(documents):
        known.setdefault(card.operation.id, []).append(card)
    rows = []
    for provider in providers:
        for route in read_routes(Spot.of(documents[provider.name])):
            operation = route.operation
            why_not = provider.not_simulated.get(operation.id)
            told = _outcomes(known.get(operation.id, [])) if why_not is None else f"not simulated: {why_not}"
            rows.append((f"`{operation.id}`<br>`{operation.method} {operation.path}`", told))
    return _table(("Operation", "Outcomes: status, name, what differs from the first success"), rows)


def options() -> str:
    """Every option of a server, by its spelling on the command line and in the environment."""
    rows = []
    for option in OPTIONS.values():
        argument = f"{option.argument} {option.metavar}" if option.argument.startswith("-") else f"{option.metavar} ..."
        rows.append((f"`{argument.removesuffix(' None')}`", f"`{option.variable}`", option.about))
    return _table(("Option", "Variable", "Meaning (default)"), rows)


def _outcomes(same: list[Card]) -> str:
    usual = next((card for card in same if card.status < 400), same[0])
    return "<br>".join(_outcome(usual, card) for card in same)


def _outcome(usual: Card, card: Card) -> str:
    said = ", ".join(_differences(usual, card))
    return f"{card.status} **{card.name}**" + (f" {said}" if said else "")


def _differences(usual: Card, card: Card) -> Iterator[str]:
    """What to send instead of the usual; what to leave out is told by `mockserver outcomes`."""
    if card.role != usual.role:
        yield f"key `{card.key}`" if card.key else "no key"
    for part in ("path", "query", "body"):
        ours, theirs = (each.outcome.get(part) or {} for each in (card, usual))
        if not isinstance(ours, dict) or not isinstance(theirs, dict):
            yield f"body `{json.dumps(ours, ensure_ascii=False)}`"
            continue
        for name, value in ours.items():
            if theirs.get(name, ...) != value:
                bare = isinstance(value, str) and part != "query"
                yield f"`{value}`" if bare else f"`{name}={_short(value)}`"


def _short(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _table(headings: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [headings, ("---",) * len(headings), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


PARTS = {"operations": operations, "options": options}


def renewed(text: str) -> str:
    """The text with every part between `<!-- name: make docs -->` and `<!-- end -->` written anew."""
    pattern = re.compile(r"(<!-- (\w+): make docs -->\n).*?(<!-- end -->)", re.DOTALL)
    return pattern.sub(lambda found: f"{found[1]}{PARTS[found[2]]()}\n{found[3]}", text)


if __name__ == "__main__":
    README.write_text(renewed(README.read_text("utf-8")), "utf-8")
