"""Replies a document has in store for an operation: which statuses, its examples, and values that fit its schemas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Final

from mockserver.contract.bodies import Body, read_content
from mockserver.contract.routes import Route, read_routes
from mockserver.contract.spot import Spot
from mockserver.core.chance import Chance
from mockserver.core.contract import Sample
from mockserver.core.text import Json

# A drawn value that does not fit is drawn again, so often.
_TRIES: Final = 30
# What an example is called that has no name in the document.
UNNAMED: Final = "example"


class DocumentSamples:
    """Implements `core.contract.Samples`."""

    def __init__(self, document: Json) -> None:
        self._document = document

    @cached_property
    def _routes(self) -> Mapping[str, Route]:
        """Read when somebody asks: most servers never do."""
        return {route.operation.id: route for route in read_routes(Spot.of(self._document))}

    def statuses(self, operation: str) -> tuple[str, ...]:
        """As the document writes them: `200`, `4XX`, `default`."""
        return tuple(name for name, _ in self._responses(operation))

    def examples(self, operation: str, status: int | None = None) -> Iterator[Sample]:
        """The examples of a status, or of all that are written as numbers, in document order."""
        for name, response in self._responses(operation):
            if not name.isdecimal() or (status is not None and int(name) != status):
                continue
            for body in _bodies(response):
                for title, value in _examples(body.spot):
                    yield Sample(int(name), title, body.media, value)

    def invented(self, operation: str, status: int, chance: Chance) -> Sample | None:
        """A reply with a value drawn for the status's schema; None if it has none, or no value was found that fits."""
        from mockserver.contract.invent import invent  # a server that is never asked for one never needs it

        response = self._response(operation, status)
        for body in _bodies(response) if response is not None else ():
            if body.is_json and body.schema is not None:
                for turn in range(_TRIES):
                    value = invent(body.schema, chance.child(turn))
                    if body.holds(value):
                        return Sample(status, "", body.media, value)
        return None

    def has_content(self, operation: str, status: int) -> bool:
        """Whether the document says that a reply of this status has a body."""
        response = self._response(operation, status)
        return response is not None and next(_bodies(response), None) is not None

    def _responses(self, operation: str) -> Iterator[tuple[str, Spot]]:
        responses = self._routes[operation].spot.at("responses")
        for name, spot in responses.items() if responses else ():
            yield (name if name.lower() == "default" else name.upper()), spot

    def _response(self, operation: str, status: int) -> Spot | None:
        named = dict(self._responses(operation))
        return named.get(str(status)) or named.get(f"{status // 100}XX") or named.get("default")


def _bodies(response: Spot) -> Iterator[Body]:
    content = read_content(response, "reply")
    if content is not None:
        for media in content.known:
            body = content.find(media)
            if body is not None:
                yield body


def _examples(entry: Spot) -> Iterator[tuple[str, Json]]:
    examples = entry.at("examples")
    for name, example in examples.items() if examples else ():
        if isinstance(example.value, dict) and "value" in example.value:
            yield name, example.value["value"]
    if "example" in entry.value:
        yield UNNAMED, entry.value["example"]
