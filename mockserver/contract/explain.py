"""Explanations for people: of a violation's code, and of an operation with all the document says of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Final

from mockserver.contract.codes import CODES, Explanation
from mockserver.contract.dialect import marked_at, parts_of
from mockserver.contract.parameters import Parameter, read_parameters
from mockserver.contract.routes import Route, read_routes
from mockserver.contract.security import Security
from mockserver.contract.spot import Spot
from mockserver.contract.words import shorten, show
from mockserver.core.reading import Reading
from mockserver.core.text import Json
from mockserver.errors import UsageError

__all__ = ["CODES", "Explanation", "explain", "explain_code", "explain_operation"]

# How deep a body is told property by property; what lies below is named by its type. Errors are told in one line each.
_DEEPEST: Final = 3
_DEEPEST_ERROR: Final = 1


def explain(code: str) -> Explanation:
    """What a code means. Raises UsageError, with the nearest code, for one there is not."""
    found = CODES.get(code.upper())
    if found is None:
        near = get_close_matches(code.upper(), CODES, 1, 0.5)
        hint = f" Did you mean {near[0]}?" if near else f" They run from {min(CODES)} to {max(CODES)}."
        raise UsageError(f"There is no violation code `{code}`.{hint}")
    return found


def explain_code(code: str) -> str:
    """The explanation of a code as a text of a few lines. Raises UsageError."""
    found = explain(code)
    rules = ", ".join(f"`{rule}`" for rule in found.rules)
    return "\n".join(
        (
            f"{found.code} {found.title}",
            "",
            found.meaning,
            "",
            f"Rule      {rules}",
            f"Example   {found.example}",
            f"Remedy    {found.remedy}",
        )
    )


def explain_operation(document: Json, name: str, readings: Sequence[Reading] = ()) -> str:
    """An operation as text: path, credential, parameters, body, replies with their evidence, readings that name it.

    `document` is the effective document's value. Raises UsageError, with the nearest name, for an unknown operation.
    """
    root = Spot.of(document)
    routes = {route.operation.id: route for route in read_routes(root)}
    route = routes.get(name) or {key.lower(): route for key, route in routes.items()}.get(name.lower())
    if route is None:
        near = get_close_matches(name, routes, 1, 0.4)
        raise UsageError(f"There is no operation `{name}`." + (f" Did you mean `{near[0]}`?" if near else ""))
    return "\n".join(line.rstrip() for line in _operation(route, root, readings)).rstrip() + "\n"


def _operation(route: Route, root: Spot, readings: Sequence[Reading]) -> Iterator[str]:
    operation = route.operation
    yield operation.id
    for template in route.templates:
        yield f"  {operation.method} {template}"
    summary = route.spot.value.get("description") or operation.summary
    if summary:
        yield ""
        yield from _indented(str(summary), "  ")
    security = Security.of(route.spot, root)
    yield ""
    yield f"Credential  {security.wanted if security else 'none needed'}"
    yield f"Document    {operation.pointer}"
    parameters = read_parameters(route.spot, route.path_item)
    if parameters:
        yield from ("", "Parameters")
        for parameter in parameters:
            yield from _parameter(parameter)
    body = route.spot.at("requestBody")
    if body is not None:
        yield from ("", "Body" + (", required" if body.value.get("required") is True else ", optional"))
        yield from _content(body, _DEEPEST)
    yield from ("", "Replies")
    responses = route.spot.at("responses")
    for status, response in responses.items() if responses else ():
        yield from _reply(status, response)
    yield from _readings(operation.id, readings)


def _parameter(parameter: Parameter) -> Iterator[str]:
    schema = parameter.texts.schema
    required = ", required" if parameter.required else ""
    yield f"  {parameter.name}  in {parameter.where}, {_kind(schema)}{required}{_said(parameter.spot.value)}"


def _content(holder: Spot, depth: int) -> Iterator[str]:
    content = holder.at("content")
    for media, entry in content.items() if content else ():
        schema = entry.child("schema")
        yield f"  {media}  {_kind(schema)}"
        if schema is not None:
            yield from _properties([schema], "    ", depth)


def _reply(status: str, response: Spot) -> Iterator[str]:
    said: Mapping[str, Json] = response.value if isinstance(response.value, dict) else {}
    evidence = said.get("x-mockserver-evidence")
    source = said.get("x-mockserver-source")
    yield f"  {status}  {str(said.get('description', '')).strip()}" + (f"  [{evidence}]" if evidence else "")
    if source:
        yield from _indented(f"Source: {source}", "    ")
    headers = response.at("headers")
    for name, header in headers.items() if headers else ():
        yield f"    header {name}  {_kind(header.child('schema'))}{_said(header.value)}"
    for line in _content(response, _DEEPEST if status.startswith(("1", "2", "3")) else _DEEPEST_ERROR):
        yield f"  {line}"


def _readings(operation: str, readings: Sequence[Reading]) -> Iterator[str]:
    named = [
        reading
        for reading in readings
        if any(operation in text for text in (reading.question, reading.because, *reading.options.values()))
    ]
    if named:
        yield from ("", "Readings")
    for reading in named:
        yield f"  {reading.full_name} = {reading.default}  ({reading.evidence})"
        yield from _indented(reading.question, "    ")
        others = [option for option in reading.options if option != reading.default]
        yield f"    or: {', '.join(others)}"


def _properties(schemas: Sequence[Spot], margin: str, depth: int) -> Iterator[str]:
    """A line for each property, nested ones below; schemas that hold together are told as one."""
    parts = [part for schema in schemas for part in parts_of(schema)]
    if depth == 0:
        return
    required = {name for part in parts for name in part.value.get("required") or ()}
    known: dict[str, list[Spot]] = {}
    for part in parts:
        listed = part.child("properties")
        for name in listed.value if listed and isinstance(listed.value, dict) else ():
            child = listed.child(name) if listed else None
            if child is not None:
                known.setdefault(name, []).append(child)
    for name, children in known.items():
        marks = [word for word in ("readOnly", "writeOnly") if any(marked_at(child, word) for child in children)]
        flags = "".join(f", {word}" for word in (["required"] if name in required else []) + marks)
        yield f"{margin}{name}  {_kind(*children)}{flags}{_said(children[0].value)}"
        yield from _properties(children, margin + "  ", depth - 1)
    items = [child for part in parts if (child := part.child("items")) and isinstance(child.value, dict)]
    if items:
        yield f"{margin}each item  {_kind(*items)}"
        yield from _properties(items, margin + "  ", depth - 1)


def _kind(*schemas: Spot | None) -> str:
    """A schema in a few words: its types, format, bounds and values."""
    words = []
    for part in (part for schema in schemas if schema is not None for part in parts_of(schema)):
        said = part.value
        types = said.get("type")
        if types is not None:
            words.append("|".join(map(str, types)) if isinstance(types, list) else str(types))
        if isinstance(said.get("enum"), list):
            words.append("one of " + ", ".join(show(value) for value in said["enum"]))
        if "const" in said:
            words.append(f"always {show(said['const'])}")
        for key in ("oneOf", "anyOf"):
            if isinstance(said.get(key), list):
                words.append(f"{key} of {len(said[key])}")
        words += [f"{key} {show(said[key])}" for key in _LIMITS if key in said]
    return ", ".join(dict.fromkeys(words)) or "anything"


_LIMITS: Final = (
    "format",
    "pattern",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
)


def _said(value: Json) -> str:
    """The first line of a description, after a dash."""
    text = value.get("description") if isinstance(value, dict) else None
    return f" - {shorten(text.strip().splitlines()[0], 100)}" if isinstance(text, str) and text.strip() else ""


def _indented(text: str, margin: str) -> Iterator[str]:
    for line in text.strip().splitlines():
        yield f"{margin}{line.strip()}".rstrip()
