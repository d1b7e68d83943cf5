"""The well-known cases of the default world: what to send to get each documented success and failure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from shlex import quote
from urllib.parse import quote as percent_encode
from urllib.parse import urlencode

from mockserver import resources
from mockserver.contract.document import read_document
from mockserver.contract.routes import read_routes
from mockserver.contract.spot import Spot
from mockserver.core.contract import Operation
from mockserver.core.text import Json, Record


@dataclass(frozen=True, slots=True)
class Card:
    """One case. `key` follows the name of a test key: "" or `+stranger`. `path` has its parameters filled in."""

    provider: str
    name: str
    about: str
    operation: Operation
    key: str
    path: str
    body: Json
    status: int
    says: str | None

    @property
    def send(self) -> str:
        """The request in one line: method, path, body."""
        body = "" if self.body is None else " " + json.dumps(self.body, ensure_ascii=False)
        return f"{self.operation.method} {self.path}{body}"

    def curl(self, url: str, key: str = "test_me") -> str:
        """The same as a command to paste; `url` is where the server is."""
        words = (
            ["curl", "-X", self.operation.method] if self.operation.method != "POST" or self.body is None else ["curl"]
        )
        words += [quote(url + self.path), "-H", quote(f"Authorization: Bearer {key}{self.key}")]
        if self.body is not None:
            words += ["-H", "'Content-Type: application/json'", "-d", quote(json.dumps(self.body, ensure_ascii=False))]
        return " ".join(words)


def cards(documents: Mapping[str, Json]) -> Iterator[Card]:
    """The cards of providers; `documents` maps their names to their effective documents."""
    world = read_document(resources.fixtures() / "worlds" / "default.yaml").value
    for provider, document in documents.items():
        operations = {route.operation.id: route.operation for route in read_routes(Spot.of(document))}
        for outcome in world.get(provider, {}).get("outcomes", ()):
            yield _card(provider, outcome, operations[outcome["operation"]])


def _card(provider: str, outcome: Record, operation: Operation) -> Card:
    path = operation.path
    for name, value in outcome.get("path", {}).items():
        path = path.replace(f"{{{name}}}", percent_encode(str(value), safe=""))
    query = outcome.get("query")
    return Card(
        provider,
        outcome["name"],
        outcome["about"],
        operation,
        outcome.get("key", ""),
        f"{path}?{urlencode(query)}" if query else path,
        outcome.get("body"),
        outcome["status"],
        outcome.get("says"),
    )
