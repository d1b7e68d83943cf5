"""Examples and defaults against the schemas they stand in or beside, references followed.

What is broken elsewhere and reported there is taken out first, so that it hides no contradiction beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import quote

import jsonschema_rs

from mockserver.contract.lint.defect import Defect
from mockserver.contract.lint.operations import resolved
from mockserver.contract.lint.outline import Outline, Path, Site
from mockserver.core.payload import is_json
from mockserver.core.text import Json, pointer

_DOCUMENT: Final = "urn:document"
_NAMES: Final = {"L301": "example", "L302": "default"}


def examples(outline: Outline, broken: Iterable[Path]) -> Iterator[Defect]:
    """Every example and default. `broken` are the paths of schemas that can't be used; anything keeps them."""
    wanted = [item for site in outline.sites for item in _given(outline, site)]
    if not wanted:
        return
    document = _usable(outline, set(broken))
    try:
        registry = jsonschema_rs.Registry([(_DOCUMENT, document)])
    except (ValueError, jsonschema_rs.ReferencingError):  # two anchors of one name, and the like
        return
    for code, schema, at, value in wanted:
        reason = _contradiction(registry, schema, value)
        if reason is not None:
            yield outline.defect(code, at, f"this {_NAMES[code]} contradicts its schema: {reason}")


def _given(outline: Outline, site: Site) -> Iterator[tuple[str, Path, Path, Json]]:
    """Code, path of the schema, path of the value, value."""
    if not isinstance(site.value, dict):
        return
    if site.kind == "schema":
        if outline.version == "3.0" and "$ref" in site.value:
            return
        if "default" in site.value:
            yield "L302", site.path, (*site.path, "default"), site.value["default"]
        if "example" in site.value:
            yield "L301", site.path, (*site.path, "example"), site.value["example"]
        listed = site.value.get("examples")
        if isinstance(listed, list):
            for index, value in enumerate(listed):
                yield "L301", site.path, (*site.path, "examples", index), value
    elif site.kind in ("media-type", "parameter", "header") and outline.kinds.get((*site.path, "schema")) == "schema":
        for at, value in _beside(outline, site):
            if not _written_out(site, value):
                yield "L301", (*site.path, "schema"), at, value


def _beside(outline: Outline, site: Site) -> Iterator[tuple[Path, Json]]:
    """The examples beside a schema, `example` and those under `examples`, references followed."""
    if "example" in site.value:
        yield (*site.path, "example"), site.value["example"]
    named = site.value.get("examples")
    for name, example in named.items() if isinstance(named, dict) else ():
        meant = resolved(outline, example)
        if isinstance(meant, dict) and "value" in meant:
            yield (*site.path, "examples", name, *(("value",) if meant is example else ())), meant["value"]


def _written_out(site: Site, value: Json) -> bool:
    """Whether the example is the text of a body that is no JSON, as `a=1&b=2` is of a form: no value of its schema."""
    return site.kind == "media-type" and isinstance(value, str) and not is_json(str(site.path[-1]).partition(";")[0])


def _contradiction(registry: jsonschema_rs.Registry, schema: Path, value: Json) -> str | None:
    """Why the value is not allowed; None if it is, or if the schema is beyond use for a reason given elsewhere."""
    reference = f"{_DOCUMENT}#{quote(pointer(schema), safe='/~')}"
    try:
        validator = jsonschema_rs.Draft202012Validator({"$ref": reference}, registry=registry)
        first = next(iter(validator.iter_errors(value)), None)
    except (ValueError, jsonschema_rs.ReferencingError, OverflowError):
        return None
    if first is None:
        return None
    where = pointer([str(part) for part in first.instance_path])
    return f"{first.message[:200]}" + (f" (at {where})" if where else "")


def _usable(outline: Outline, broken: set[Path]) -> Json:
    """A copy of the document in which broken schemas allow everything and 3.0 reads as JSON Schema 2020-12."""
    document = _clone(outline, (), outline.document.value)
    for path in broken:
        _put(document, path, True)
    if outline.version == "3.0":
        for site in outline.sites:
            if site.kind == "schema" and isinstance(site.value, dict) and site.path not in broken:
                _put(document, site.path, _modern(_get(document, site.path)))
    return document


def _clone(outline: Outline, path: Path, value: Json) -> Json:
    """A copy without identifiers, with references in schemas only: the registry takes every `$ref` for one."""
    if isinstance(value, list):
        return [_clone(outline, (*path, index), item) for index, item in enumerate(value)]
    if not isinstance(value, dict):
        return value
    gone = {"$id", "$schema", "$dynamicRef", "$dynamicAnchor"}
    if outline.kinds.get(path) != "schema":
        gone = {"$ref", "$anchor"} if isinstance(value.get("$ref"), str) else {"$anchor"}
    return {key: _clone(outline, (*path, key), item) for key, item in value.items() if key not in gone}


def _get(document: Json, path: Path) -> Json:
    """What stands at a path; True if something above it was taken out already."""
    for part in path:
        if document is True:
            break
        document = document[part]
    return document


def _put(document: Json, path: Path, value: Json) -> None:
    holder = _get(document, path[:-1])
    if path and holder is not True:
        holder[path[-1]] = value


def _modern(schema: Json) -> Json:
    """A 3.0 schema in the words of 2020-12; what is below it stays."""
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return {"$ref": schema["$ref"]}
    modern = dict(schema)
    for bound, strict in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        flag = modern.pop(strict, None)
        if flag is True and bound in modern:
            modern[strict] = modern.pop(bound)
    if modern.pop("nullable", None) is True:
        if isinstance(modern.get("type"), str):
            modern["type"] = [modern["type"], "null"]
        if isinstance(modern.get("enum"), list):
            modern["enum"] = [*modern["enum"], None]
    return modern
