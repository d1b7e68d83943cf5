"""The generated parts of README.md. `make docs` writes them anew; a test compares them with what stands there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from itertools import groupby

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
    """Every operation of the effective documents, by provider."""
    rows = []
    for provider in registry.find(registry.names()):
        for route in read_routes(Spot.of(effective(provider.name, provider.specs).value)):
            operation = route.operation
            about = provider.not_simulated.get(operation.id)
            summary = operation.summary if about is None else f"not simulated: {about}"
            rows.append((f"`{operation.id}`", f"`{operation.method} {operation.path}`", summary))
    return _table(("Operation", "Request", "About"), rows)


def outcomes() -> str:
    """Every outcome of the default world, a row for each operation, told by what differs from its first one."""
    documents = {name: effective(name).value for name in ("livepeer", "restream")}
    rows = []
    for operation, group in groupby(cards(documents), key=lambda card: card.operation.id):
        first, *others = group
        cells = [_outcome(first, card) for card in (first, *others)]
        rows.append((f"`{operation}`", "<br>".join(cells)))
    return _table(("Operation", "Outcomes: status, name, what differs from the first"), rows)


def options() -> str:
    """Every option of a server, by its spelling on the command line and in the environment."""
    rows = []
    for option in OPTIONS.values():
        argument = f"{option.argument} {option.metavar}" if option.argument.startswith("-") else f"{option.metavar} ..."
        rows.append((f"`{argument.removesuffix(' None')}`", f"`{option.variable}`", option.about))
    return _table(("Option", "Variable", "Meaning (default)"), rows)


def _outcome(first: Card, card: Card) -> str:
    said = ", ".join(_differences(first, card))
    return f"{card.status} **{card.name}**" + (f" {said}" if said else "")


def _differences(first: Card, card: Card) -> Iterator[str]:
    """What to send instead of the first one's; what to leave out is told by `mockserver outcomes`."""
    if card.role != first.role:
        yield f"key `{card.key}`" if card.key else "no key"
    for part in ("path", "query", "body"):
        ours, theirs = (each.outcome.get(part) or {} for each in (card, first))
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


PARTS = {"operations": operations, "outcomes": outcomes, "options": options}


def renewed(text: str) -> str:
    """The text with every part between `<!-- name: make docs -->` and `<!-- end -->` written anew."""
    pattern = re.compile(r"(<!-- (\w+): make docs -->\n).*?(<!-- end -->)", re.DOTALL)
    return pattern.sub(lambda found: f"{found[1]}{PARTS[found[2]]()}\n{found[3]}", text)


if __name__ == "__main__":
    README.write_text(renewed(README.read_text("utf-8")), "utf-8")
