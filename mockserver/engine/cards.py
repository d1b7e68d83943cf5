"""The well-known cases of the default world: what to send to get each documented success and failure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from shlex import join
from urllib.parse import quote, urlencode

from mockserver import resources
from mockserver.contract.document import read_document
from mockserver.contract.routes import Route, read_routes
from mockserver.contract.spot import Spot
from mockserver.core.contract import Operation
from mockserver.core.payload import is_json
from mockserver.core.text import Json, Record


@dataclass(frozen=True, slots=True)
class Card:
    """One case.

    `role` follows the name of a test key ("" or `+stranger`), or is None to send no credential. `path` has its
    parameters filled in. `body` is the text to send, None for no body. `headers` are the ones this case is about;
    they win over the usual Authorization and Content-Type, and a value of None leaves that header out.
    """

    provider: str
    name: str
    about: str
    operation: Operation
    role: str | None
    path: str
    media: str
    body: str | None
    headers: Mapping[str, str | None]
    status: int
    says: str | None
    outcome: Record

    @property
    def key(self) -> str:
        """The key to send, "" for none or for another credential among the headers."""
        return "" if self.role is None or "Authorization" in self.headers else f"test_me{self.role}"

    @property
    def send(self) -> str:
        """The request in one line: method, path, the headers it is about, body."""
        headers = [f"{name}: {value}" if value is not None else f"no {name}" for name, value in self.headers.items()]
        said = [", ".join(headers)] if headers else []
        return " ".join([self.operation.method, self.path, *said, *([] if self.body is None else [self.body])])

    def curl(self, url: str) -> str:
        """The same as a command to paste; `url` is where the server is."""
        words = ["curl", url + self.path]
        if self.operation.method != ("GET" if self.body is None else "POST"):
            words += ["-X", self.operation.method]
        usual: dict[str, str | None] = {}
        if self.key:
            usual["Authorization"] = f"Bearer {self.key}"
        if self.body is not None:
            usual["Content-Type"] = self.media
        for name, value in {**usual, **self.headers}.items():
            words += ["-H", f"{name}: {value}" if value is not None else f"{name}:"]
        if self.body is not None:
            words += ["--data-raw", self.body]
        return join(words)


def shown(card: Card, url: str) -> dict[str, Json]:
    """A card as a program reads it; `url` is where the server is."""
    return {
        "provider": card.provider,
        "outcome": card.name,
        "operation": card.operation.id,
        "key": card.key,
        "send": card.send,
        "status": card.status,
        "meaning": card.about,
        "says": card.says,
        "curl": card.curl(url),
    }


def cards(documents: Mapping[str, Json]) -> Iterator[Card]:
    """The cards of providers; `documents` maps their names to their effective documents."""
    for provider, document in documents.items():
        path = resources.fixtures() / "outcomes" / f"{provider}.yaml"
        if not path.is_file():
            continue
        routes = {route.operation.id: route for route in read_routes(Spot.of(document))}
        for outcome in read_document(path).value["outcomes"]:
            yield _card(provider, outcome, routes[outcome["operation"]])


def _card(provider: str, outcome: Record, route: Route) -> Card:
    path = route.operation.path
    for name, value in outcome.get("path", {}).items():
        path = path.replace(f"{{{name}}}", quote(str(value), safe=""))
    query = outcome.get("query")
    media = _media(route)
    return Card(
        provider,
        outcome["name"],
        outcome["about"],
        route.operation,
        outcome.get("key", ""),
        f"{path}?{urlencode(query)}" if query else path,
        media,
        _body(outcome, media),
        outcome.get("headers", {}),
        outcome["status"],
        outcome.get("says"),
        outcome,
    )


def _body(outcome: Record, media: str) -> str | None:
    """The body as text: the outcome's own `text`, or its `body` spelled in the operation's media type."""
    if "text" in outcome:
        return str(outcome["text"])
    body = outcome.get("body")
    if body is None:
        return None
    return json.dumps(body, ensure_ascii=False) if is_json(media) else urlencode(body)


def _media(route: Route) -> str:
    """The media type to send a body in: JSON, unless the operation takes only something else."""
    content = route.spot.at("requestBody", "content")
    known = [*content.value] if content else []
    return next(filter(is_json, known), known[0] if known else "application/json")
