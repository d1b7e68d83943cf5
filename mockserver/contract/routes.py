"""Routes: from a method and a path as on the wire to an operation and its path parameters.

A tree of segments. At each segment a literal wins over a mixture (`{a}.{b}`), and that over a parameter; a way that
ends nowhere is taken back. A segment is percent-decoded after the path is cut, so `%2F` stays inside its value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from mockserver.contract.spot import Spot
from mockserver.core.contract import Match, Operation
from mockserver.core.http import decode_segment
from mockserver.errors import DocumentError

METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_PARAMETER: Final = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Routing:
    """How strict paths are compared: the document's `x-mockserver-routing`."""

    case_sensitive: bool = True
    trailing_slash: bool = True

    @classmethod
    def of(cls, document: Mapping[str, object]) -> Routing:
        said = document.get("x-mockserver-routing")
        if not isinstance(said, dict):
            return cls()
        return cls(said.get("caseSensitive") is not False, said.get("trailingSlash") is not False)


@dataclass(frozen=True, slots=True)
class Route:
    """An operation, the path templates it answers under (base path included), and where it is written."""

    operation: Operation
    templates: tuple[str, ...]
    spot: Spot
    path_item: Spot


def read_routes(root: Spot) -> Iterator[Route]:
    """Every operation of a document, in document order. Raises DocumentError when two share an operationId."""
    paths = root.at("paths")
    seen: dict[str, str] = {}
    for template, item in paths.items() if paths else ():
        for method in METHODS:
            spot = item.at(method)
            if spot is None or not isinstance(spot.value, dict):
                continue
            bases = _base_paths(spot) or _base_paths(item) or _base_paths(root) or ("",)
            templates = tuple(base + template for base in bases)
            name = spot.value.get("operationId") or f"{method.upper()} {template}"
            if name in seen:
                raise DocumentError(
                    f"{spot.pointer}: operationId `{name}` is that of {seen[name]} too; give one of them another name."
                )
            seen[name] = spot.pointer
            summary = spot.value.get("summary") or ""
            responses = spot.value.get("responses")
            statuses = tuple(map(str, responses)) if isinstance(responses, dict) else ()
            operation = Operation(name, method.upper(), templates[0], spot.pointer, summary, statuses)
            yield Route(operation, templates, spot, item)


def _base_paths(spot: Spot) -> tuple[str, ...]:
    servers = spot.value.get("servers")
    if not isinstance(servers, list):
        return ()
    found: dict[str, None] = {}
    for server in servers:
        url = server.get("url", "/") if isinstance(server, dict) else "/"
        for name, variable in (server.get("variables") or {}).items():
            url = url.replace(f"{{{name}}}", str(variable.get("default", "")))
        path = urlsplit(url).path.strip("/")
        found[f"/{path}" if path else ""] = None
    return tuple(found)


@dataclass(slots=True)
class _Leaf:
    names: tuple[str, ...]
    match: Match


@dataclass(slots=True)
class _Mixture:
    """A segment of literals and parameters: `{name}.{format}`."""

    source: str
    pattern: re.Pattern[str]
    literal: int
    node: _Node


@dataclass(slots=True)
class _Node:
    literals: dict[str, _Node] = field(default_factory=dict)
    mixtures: list[_Mixture] = field(default_factory=list)
    parameter: _Node | None = None
    leaves: dict[str, _Leaf] = field(default_factory=dict)


class Router:
    """Finds operations. Built once; a path without parameters costs one look-up."""

    def __init__(self, routes: Iterable[Route], routing: Routing) -> None:
        self._routing = routing
        self._root = _Node()
        self._plain: dict[str, dict[str, Match]] = {}
        for route in routes:
            for template in route.templates:
                self._add(template, route.operation)

    def find(self, method: str, path: str) -> Match | None:
        """The operation for a method (HEAD finds GET where no HEAD is written) and a path as on the wire."""
        plain = self._plain.get(path)
        if plain is not None:
            match = plain.get(method) or (plain.get("GET") if method == "HEAD" else None)
            if match is not None:
                return match
        segments = self._cut(path)
        if segments is None:
            return None
        found = self._search(self._root, segments, 0, method, ())
        if found is None and method == "HEAD":
            found = self._search(self._root, segments, 0, "GET", ())
        if found is None:
            return None
        leaf, values = found
        if not leaf.names:
            return leaf.match
        return Match(leaf.match.operation, dict(zip(leaf.names, map(decode_segment, values), strict=True)))

    def raw(self, match: Match, path: str) -> Mapping[str, str]:
        """The path parameters of a match as they came, not percent-decoded."""
        segments = self._cut(path)
        found = None
        if segments is not None:
            found = self._search(self._root, segments, 0, match.operation.method, ())
        if found is None or found[0].match.operation is not match.operation:
            return match.path
        return dict(zip(found[0].names, found[1], strict=True))

    def methods(self, path: str) -> list[str]:
        """The methods that have an operation under this path."""
        return [method.upper() for method in METHODS if self.find(method.upper(), path)]

    def _add(self, template: str, operation: Operation) -> None:
        segments = self._cut(template)
        if segments is None:
            raise DocumentError(f"{operation.pointer}: the path `{template}` has to begin with a slash.")
        node, names = self._root, []
        for segment in segments:
            names += _PARAMETER.findall(segment)
            node = self._step(node, segment)
        match = Match(operation, {})
        node.leaves.setdefault(operation.method, _Leaf(tuple(names), match))
        if not names:
            self._plain.setdefault(template, {}).setdefault(operation.method, match)

    def _step(self, node: _Node, segment: str) -> _Node:
        parts = _PARAMETER.split(segment)
        if len(parts) == 1:
            return node.literals.setdefault(self._same(segment), _Node())
        if parts[0] == parts[2] == "" and len(parts) == 3:
            node.parameter = node.parameter or _Node()
            return node.parameter
        source = "".join(re.escape(part) if index % 2 == 0 else "(.+)" for index, part in enumerate(parts))
        for mixture in node.mixtures:
            if mixture.source == source:
                return mixture.node
        flags = 0 if self._routing.case_sensitive else re.IGNORECASE
        literal = sum(len(part) for part in parts[::2])
        node.mixtures.append(_Mixture(source, re.compile(source, flags | re.DOTALL), literal, _Node()))
        node.mixtures.sort(key=lambda mixture: -mixture.literal)
        return next(mixture.node for mixture in node.mixtures if mixture.source == source)

    def _search(
        self, node: _Node, segments: list[str], at: int, method: str, values: tuple[str, ...]
    ) -> tuple[_Leaf, tuple[str, ...]] | None:
        if at == len(segments):
            leaf = node.leaves.get(method)
            return (leaf, values) if leaf else None
        segment = segments[at]
        literal = node.literals.get(self._same(decode_segment(segment)))
        found = self._search(literal, segments, at + 1, method, values) if literal else None
        if found:
            return found
        for mixture in node.mixtures:
            groups = mixture.pattern.fullmatch(segment)
            if groups:
                found = self._search(mixture.node, segments, at + 1, method, values + groups.groups())
                if found:
                    return found
        if node.parameter is not None and segment:
            return self._search(node.parameter, segments, at + 1, method, (*values, segment))
        return None

    def _cut(self, path: str) -> list[str] | None:
        if not path.startswith("/"):
            return None
        segments = path.split("/")[1:]
        if not self._routing.trailing_slash and len(segments) > 1 and segments[-1] == "":
            segments.pop()
        return segments

    def _same(self, segment: str) -> str:
        return segment if self._routing.case_sensitive else segment.casefold()
