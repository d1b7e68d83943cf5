"""References: to nothing, to the wrong kind of thing, in circles, out of the document."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Final
from urllib.parse import unquote

from mockserver.contract.lint.defect import Defect
from mockserver.contract.lint.outline import Outline, Path, Site, show
from mockserver.core.text import Json, pointer

_REMOTE: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def references(outline: Outline) -> Iterator[Defect]:
    """Every `$ref` of a kind of thing that may be referred to."""
    circles: set[frozenset[Path]] = set()
    for site in outline.sites:
        if not site.reference:
            continue
        target = site.value["$ref"]
        at = (*site.path, "$ref")
        if not isinstance(target, str):
            yield outline.defect("L102", at, f"a reference is text, not {show(target)}")
        elif target.startswith("#") or not target:
            yield from _internal(outline, site, at, target, circles)
        else:
            yield from _external(outline, at, target)


def steps(target: str) -> tuple[str, ...] | None:
    """The parts of an internal reference's JSON Pointer; None for an anchor or no reference of this document."""
    fragment = unquote(target.removeprefix("#"))
    if not target.startswith("#") or (fragment and not fragment.startswith("/")):
        return None
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in fragment.split("/")[1:])


def find(value: Json, parts: tuple[str, ...]) -> tuple[Path, Json] | None:
    """What stands at the parts and their path with list indexes as numbers, or None."""
    path: list[str | int] = []
    for part in parts:
        if isinstance(value, dict) and part in value:
            path.append(part)
            value = value[part]
        elif isinstance(value, list) and part.isdecimal() and part.isascii() and int(part) < len(value):
            path.append(int(part))
            value = value[int(part)]
        else:
            return None
    return tuple(path), value


def _internal(outline: Outline, site: Site, at: Path, target: str, circles: set[frozenset[Path]]) -> Iterator[Defect]:
    parts = steps(target)
    if parts is None:
        if not _anchored(outline, target[1:]):
            yield outline.defect("L101", at, f"nothing is anchored at `{target}`")
        return
    found = find(outline.document.value, parts)
    if found is None:
        yield outline.defect("L101", at, f"`{target}` points at nothing{_nearest(outline.document.value, parts)}")
        return
    path, value = found
    kind = outline.kinds.get(path)
    if kind is not None and kind != site.kind:
        yield outline.defect("L103", at, f"a {site.kind} is wanted here, and `{target}` is a {kind}")
    elif not isinstance(value, dict) and not (site.kind == "schema" and isinstance(value, bool)):
        yield outline.defect("L103", at, f"a {site.kind} is wanted here, and at `{target}` stands {show(value)}")
    else:
        circle = _circle(outline.document.value, site.path)
        if circle and circle not in circles:
            circles.add(circle)
            yield outline.defect("L104", at, f"`{target}` leads back here without ever reaching a {site.kind}")


def _anchored(outline: Outline, name: str) -> bool:
    return any(
        isinstance(site.value, dict) and name in (site.value.get("$anchor"), site.value.get("$dynamicAnchor"))
        for site in outline.sites
        if site.kind == "schema"
    )


def _nearest(document: Json, parts: tuple[str, ...]) -> str:
    """A hint: the name that was most likely meant at the first step that fails."""
    value = document
    for depth, part in enumerate(parts):
        found = find(value, (part,))
        if found is None:
            if isinstance(value, dict):
                near = get_close_matches(part, [str(key) for key in value], 1)
                if near:
                    return f"; is `#{pointer((*parts[:depth], near[0], *parts[depth + 1 :]))}` meant?"
            return f": there is no `{part}` at `#{pointer(parts[:depth])}`"
        value = found[1]
    return ""


def _circle(document: Json, start: Path) -> frozenset[Path] | None:
    """The places of a circle that the reference at `start` is part of."""
    path, seen = start, [start]
    while True:
        value = _at(document, path)
        if not isinstance(value, dict) or not isinstance(value.get("$ref"), str):
            return None
        parts = steps(value["$ref"])
        found = find(document, parts) if parts is not None else None
        if found is None:
            return None
        path = found[0]
        if path == start:
            return frozenset(seen)
        if path in seen:
            return None  # it leads into a circle elsewhere
        seen.append(path)


def _at(value: Json, path: Path) -> Json:
    for part in path:
        value = value[part]
    return value


def _external(outline: Outline, at: Path, target: str) -> Iterator[Defect]:
    if _REMOTE.match(target):
        yield outline.defect("L106", at, f"`{target[:80]}` was not fetched")
        return
    file = unquote(target.partition("#")[0])
    if _UUID.fullmatch(file):
        message = f"`{file}` is a UUID, read as the name of a file that is not there"
        yield outline.defect("L105", at, message + "; most likely a tool replaced the reference by an ID")
        return
    if outline.folder is not None and ("\0" in file or not (outline.folder / file).is_file()):
        yield outline.defect("L105", at, f"there is no file `{file[:80]}` beside {outline.document.source}")
        return
    yield outline.defect("L106", at, f"what stands in `{file[:80]}` was not looked at")
