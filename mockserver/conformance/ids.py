"""Ids that work: learned from what a server answers, through the links of its document.

Tells those of things this run made from those that were there before, so that nobody's own things are changed. Knows
documents and steps, and makes no calls.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import quote

from mockserver.conformance.finding import Step
from mockserver.contract.check import CompiledContract
from mockserver.contract.spot import escape
from mockserver.core.contract import Match, Operation
from mockserver.core.http import Request
from mockserver.core.payload import read_payload
from mockserver.core.text import Json, resolve

_PARAMETER: Final = re.compile(r"\{([^{}]*)\}")
_EXPRESSION: Final = re.compile(r"\$(request|response)\.(body|path|query|header)(?:#(/.*)|\.(.+))?")
_READS: Final = ("GET", "HEAD", "OPTIONS")
# More of a kind than this are not kept: the newest tell as much.
_MOST: Final = 50
_BODY: Final = 1 << 24


@dataclass(frozen=True, slots=True)
class Id:
    """The values of a path's parameters, in order. `step` is the call whose reply has them, `saved` where in it."""

    values: tuple[str, ...]
    step: Step
    saved: Mapping[str, str] = field(default_factory=dict)
    made: bool = False


class Ids:
    """What is known so far. A place is a path template down to its last parameter, with the parameters unnamed."""

    def __init__(self, contract: CompiledContract) -> None:
        self._contract = contract
        self._known: dict[str, dict[tuple[str, ...], Id]] = {}

    def learn(self, step: Step) -> list[tuple[Operation, Id]]:
        """Take what a call's reply tells; those of things it made, each with an operation they are for."""
        match = self._contract.match(step.request.method, step.request.path)
        if match is None or step.reply is None or not 200 <= step.reply.status < 300:
            return []
        posted = match.operation.method == "POST"
        new = []
        for operation, values, saved in (*self._linked(match, step), *self._below(match, step)):
            kept = Id(values, step, saved, posted and not any(_was_sent(value, step.request) for value in values))
            there = self._known.setdefault(place(operation), {})
            if values in there:
                continue
            there[values] = kept
            if len(there) > _MOST:
                del there[next(iter(there))]
            if kept.made:
                new.append((operation, kept))
        return new

    def some(self, operation: Operation, *, made: bool = False) -> list[Id]:
        """Known ids of an operation's path, the newest last; only those of things this run made if `made`."""
        return [one for one in self._known.get(place(operation), {}).values() if one.made or not made]

    def is_made(self, operation: Operation, values: tuple[str, ...]) -> bool:
        """Whether this run made what a path is about."""
        found = self._known.get(place(operation), {}).get(values)
        return found is not None and found.made

    def _linked(self, match: Match, step: Step) -> Iterator[tuple[Operation, tuple[str, ...], dict[str, str]]]:
        assert step.reply is not None
        responses = self._contract.route(match.operation.id).spot.at("responses")
        spot = responses.at(str(step.reply.status)) if responses else None
        links = spot.at("links") if spot else None
        for _, link in links.items() if links else ():
            operation = self._contract.operations.get(str(link.value.get("operationId")))
            names = _PARAMETER.findall(operation.path) if operation else []
            said = link.value.get("parameters") or {}
            if operation is None or not names or not set(names) <= {name.removeprefix("path.") for name in said}:
                continue
            written = {name.removeprefix("path."): str(said[name]) for name in said}
            values = [_value(written[name], match, step) for name in names]
            if all(isinstance(value, str) and value for value in values):
                yield operation, tuple(map(str, values)), _saved(names, written)

    def _below(self, match: Match, step: Step) -> Iterator[tuple[Operation, tuple[str, ...], dict[str, str]]]:
        """Without links: what a list or a creation at `/things` names is at `/things/{id}`."""
        assert step.reply is not None
        for operation in self._contract.operations.values():
            head, _, last = operation.path.rpartition("/")
            name = _PARAMETER.fullmatch(last)
            if head != match.operation.path or name is None:
                continue
            for pointer, item in _items(step.reply.value):
                key = next((one for one in (name[1], "id") if isinstance(item.get(one), (str, int))), None)
                if key is not None and item[key] not in ("", True, False):
                    values = (*match.path.values(), str(item[key]))
                    yield operation, values, {name[1]: f"{pointer}/{escape(key)}"}


def place(operation: Operation) -> str:
    """Where the ids of an operation's path belong: `/api/asset/{}` for `/api/asset/{assetId}/retry`."""
    end = operation.path.rfind("}") + 1
    return _PARAMETER.sub("{}", operation.path[:end])


def at(request: Request, operation: Operation, id: Id) -> Request:
    """The request with its path about something else."""
    values = iter(id.values)
    return replace(request, path=_PARAMETER.sub(lambda _: quote(next(values), safe=""), operation.path))


def before(id: Id) -> Step:
    """The call that an id comes from, saving what a later one needs."""
    return replace(id.step, saved={**id.step.saved, **id.saved})


def reads(operation: Operation) -> bool:
    """Whether an operation changes nothing, by its method."""
    return operation.method in _READS


def _was_sent(value: str, request: Request) -> bool:
    """Whether a value came from the client: then the call made nothing of that name."""
    return value in request.target or value.encode() in request.body


def _value(expression: str, match: Match, step: Step) -> Json:
    found = _EXPRESSION.fullmatch(expression)
    if found is None:
        return None
    side, part, pointer, name = found.groups()
    if part == "path":
        return match.path.get(name or "")
    if part == "query":
        return dict(step.request.arguments()).get(name or "")
    if part == "header":
        reply = step.reply
        return step.request.header(name or "") if side == "request" or reply is None else reply.header(name or "")
    body = step.reply.value if side == "response" and step.reply else read_payload(step.request, _BODY).value
    try:
        return resolve(body, pointer or "")
    except KeyError:
        return None


def _saved(names: list[str], written: Mapping[str, str]) -> dict[str, str]:
    found = {name: _EXPRESSION.fullmatch(written[name]) for name in names}
    return {
        name: one[3] for name, one in found.items() if one is not None and one[1] == "response" and one[3] is not None
    }


def _items(value: Json) -> Iterator[tuple[str, Mapping[str, Json]]]:
    """The objects a reply is about: itself, or those of the first list in it."""
    if isinstance(value, list):
        yield from ((f"/{index}", one) for index, one in enumerate(value[:3]) if isinstance(one, dict))
    elif isinstance(value, dict):
        yield "", value
        for name, inner in value.items():
            if isinstance(inner, list):
                listed = ((f"/{escape(name)}/{index}", one) for index, one in enumerate(inner[:3]))
                yield from ((pointer, one) for pointer, one in listed if isinstance(one, dict))
                return
