"""Paths, operations and what hangs from them: parameters, responses, media types, links, servers, tags."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Final

from mockserver.contract.lint.defect import Defect
from mockserver.contract.lint.grammar import METHODS
from mockserver.contract.lint.outline import Outline, Path, Site, show
from mockserver.contract.lint.references import find, steps
from mockserver.core.text import Json

_VARIABLE: Final = re.compile(r"\{([^{}/]*)\}")
_STATUS: Final = re.compile(r"[1-5][0-9][0-9]|[1-5]XX|default")
_TOKEN: Final = r"[A-Za-z0-9!#$%&'*+.^_`|~-]+"
_MEDIA: Final = re.compile(rf"({_TOKEN}|\*)/({_TOKEN}|\*)(\s*;\s*{_TOKEN}=({_TOKEN}|\"[^\"]*\"))*")


def paths(outline: Outline) -> Iterator[Defect]:
    """Templates: their form, two of one shape, and their parameters against the declared ones."""
    items = outline.document.value.get("paths")
    shapes: dict[str, str] = {}
    for template in items if isinstance(items, dict) else ():
        if template.startswith("x-"):
            continue
        at: Path = ("paths", template)
        names = _VARIABLE.findall(template)
        if not template.startswith("/"):
            yield outline.defect("L401", at, f"the path `{template[:80]}` begins without a slash")
        if re.search(r"[{}]", _VARIABLE.sub("", template)) or not all(names) or len(set(names)) < len(names):
            yield outline.defect("L401", at, f"the parameters of `{template[:80]}` are not names in braces, each once")
        shape = _VARIABLE.sub("{}", template)
        if shape in shapes and template != shapes[shape]:
            yield outline.defect("L402", at, f"`{template}` matches the same requests as `{shapes[shape]}`")
        shapes.setdefault(shape, template)
        if outline.kinds.get(at) == "path-item":
            yield from _parameters(outline, at, items[template], names)


def _parameters(outline: Outline, at: Path, item: Json, names: list[str]) -> Iterator[Defect]:
    shared = dict(_declared(outline, (*at, "parameters"), item.get("parameters")))
    yield from _twice(outline, (*at, "parameters"), item.get("parameters"))
    operations = [method for method in METHODS if outline.kinds.get((*at, method)) == "operation"]
    missing: dict[str, list[str]] = {}
    used = set()
    for method in operations:
        listed = item[method].get("parameters")
        yield from _twice(outline, (*at, method, "parameters"), listed)
        own = dict(_declared(outline, (*at, method, "parameters"), listed))
        for (name, place), where in own.items():
            if place == "path" and name not in names:
                yield outline.defect("L404", where, f"`{name}` is not in the path `{at[-1]}`")
        used |= {name for name, place in own if place == "path"}
        for name in names:
            if (name, "path") not in own and (name, "path") not in shared:
                missing.setdefault(name, []).append(method)
    for (name, place), where in shared.items():
        if place == "path" and name not in names:
            yield outline.defect("L404", where, f"`{name}` is not in the path `{at[-1]}`")
    for name, methods in missing.items():
        yield outline.defect("L403", at, f"`{{{name}}}` is not declared for {', '.join(methods)}")


def _declared(outline: Outline, at: Path, listed: Json) -> Iterator[tuple[tuple[str, str], Path]]:
    """Name and place of each parameter of a list, references followed, and where it is listed."""
    for index, parameter in enumerate(listed if isinstance(listed, list) else ()):
        found = resolved(outline, parameter)
        if isinstance(found, dict) and isinstance(found.get("name"), str) and isinstance(found.get("in"), str):
            yield (found["name"], found["in"]), (*at, index)


def _twice(outline: Outline, at: Path, listed: Json) -> Iterator[Defect]:
    seen = set()
    for key, where in _declared(outline, at, listed):
        if key in seen:
            yield outline.defect("L406", where, f"the {key[1]} parameter `{key[0]}` is declared twice")
        seen.add(key)


def resolved(outline: Outline, value: Json) -> Json:
    """What a reference of this document leads to; the value itself if it is none, or leads nowhere."""
    for _ in range(20):
        if not isinstance(value, dict) or not isinstance(value.get("$ref"), str):
            return value
        parts = steps(value["$ref"])
        found = find(outline.document.value, parts) if parts is not None else None
        if found is None:
            return value
        value = found[1]
    return value


def operations(outline: Outline) -> Iterator[Defect]:
    """operationIds, responses, tags and links."""
    first: dict[str, Path] = {}
    described = [tag.value.get("name") for tag in outline.of("tag")]
    for site in outline.of("operation"):
        name = site.value.get("operationId")
        if name is None:
            yield outline.defect("L407", site.path, "this operation has no `operationId`")
        elif not isinstance(name, str):
            yield outline.defect("L601", (*site.path, "operationId"), f"an operationId is text, not {show(name)}")
        elif name in first:
            line = outline.document.line("/".join(("", *map(_escaped, first[name]))))
            yield outline.defect("L408", (*site.path, "operationId"), f"`{name}` is taken already, in line {line}")
        else:
            first[name] = (*site.path, "operationId")
        yield from _responses(outline, site)
        for index, tag in enumerate(site.value["tags"] if isinstance(site.value.get("tags"), list) else ()):
            if not isinstance(tag, str):
                yield outline.defect("L601", (*site.path, "tags", index), f"a tag is text, not {show(tag)}")
            elif described and tag not in described:
                yield outline.defect("L603", (*site.path, "tags", index), f"the tag `{tag}` is not described")
    yield from _links(
        outline,
        {
            site.value.get("operationId"): site
            for site in outline.of("operation")
            if isinstance(site.value.get("operationId"), str)
        },
    )


def _escaped(part: str | int) -> str:
    return str(part).replace("~", "~0").replace("/", "~1")


def _responses(outline: Outline, site: Site) -> Iterator[Defect]:
    responses = site.value.get("responses")
    if responses is None and "responses" not in site.value:
        if outline.version == "3.0":
            yield outline.defect("L409", site.path, "this operation has no `responses`")
        return
    if not isinstance(responses, dict):
        return
    statuses = [key for key in responses if not key.startswith("x-")]
    if not statuses:
        yield outline.defect("L409", (*site.path, "responses"), "these `responses` are empty")
    for key in statuses:
        if not _STATUS.fullmatch(key):
            yield outline.defect("L410", (*site.path, "responses", key), f"`{key[:40]}` is no status")


def _links(outline: Outline, operations: dict[str, Site]) -> Iterator[Defect]:
    for link in outline.of("link"):
        target = link.value.get("operationRef")
        if (
            isinstance(target, str)
            and target.startswith("#")
            and resolved(outline, {"$ref": target}) == {"$ref": target}
        ):
            yield outline.defect("L413", (*link.path, "operationRef"), f"`{target}` points at nothing")
        name = link.value.get("operationId")
        if name is None:
            continue
        if not isinstance(name, str) or name not in operations:
            near = get_close_matches(str(name), operations, 1)
            hint = f"; is `{near[0]}` meant?" if near else ""
            yield outline.defect("L413", (*link.path, "operationId"), f"no operation is called {show(name)}{hint}")
            continue
        meant = operations[name]
        item = find(outline.document.value, tuple(map(str, meant.path[:-1])))
        listed = [*_list(meant.value.get("parameters")), *_list(item[1].get("parameters") if item else None)]
        known = {key[0] for key, _ in _declared(outline, (), listed)}
        given = link.value.get("parameters")
        for key in given if isinstance(given, dict) else ():
            if key not in known and key.partition(".")[2] not in known:
                yield outline.defect("L414", (*link.path, "parameters", key), f"`{name}` has no parameter `{key}`")


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def parts(outline: Outline) -> Iterator[Defect]:
    """Parameters, headers and media types by themselves, wherever they stand; and the variables of servers."""
    for site in outline.sites:
        if not isinstance(site.value, dict) or site.reference:
            continue
        if site.kind == "parameter":
            yield from _parameter(outline, site)
        content = site.value.get("content") if site.kind != "schema" else None
        for name in content if isinstance(content, dict) else ():
            if not _MEDIA.fullmatch(name):
                yield outline.defect("L411", (*site.path, "content", name), f"`{name[:60]}` is no media type")
        if site.kind in ("parameter", "header"):
            given = [key for key in ("schema", "content") if key in site.value]
            if len(given) != 1:
                message = (
                    f"a {site.kind} has either a `schema` or a `content`, here it has {' and '.join(given) or 'none'}"
                )
                yield outline.defect("L412", site.path, message, "Keep one of them.")
        if site.kind == "server" and isinstance(site.value.get("url"), str):
            variables = site.value.get("variables")
            for name in _VARIABLE.findall(site.value["url"]):
                if not isinstance(variables, dict) or name not in variables:
                    yield outline.defect("L415", (*site.path, "url"), f"`{{{name}}}` is not declared")


def _parameter(outline: Outline, site: Site) -> Iterator[Defect]:
    place = site.value.get("in")
    if "in" in site.value and place not in ("path", "query", "header", "cookie"):
        yield outline.defect(
            "L412", (*site.path, "in"), f"a parameter is in path, query, header or cookie, not in {show(place)}"
        )
    if place == "path" and site.value.get("required") is not True:
        yield outline.defect(
            "L405", site.path, f"the path parameter {show(site.value.get('name'))} is not `required: true`"
        )
