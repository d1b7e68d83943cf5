"""OpenAPI Overlay 1.0: actions over a document as published. An action that does nothing is an error.

https://spec.openapis.org/overlay/v1.0.0.html. Values in, a value out; knows nothing of OpenAPI.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import Final, NoReturn

from mockserver.contract.places import Document, Mark
from mockserver.core.text import Json
from mockserver.errors import DocumentError

Path = tuple[str | int, ...]

# Targets that name one place need no JSONPath library, whose import costs as much as loading both documents.
_STEP: Final = re.compile(r"\.([A-Za-z_][A-Za-z0-9_]*)|\[(0|[1-9][0-9]*)\]|\['([^'\\]*)'\]|\[\"([^\"\\]*)\"\]")
_PLAIN: Final = re.compile(rf"\$({_STEP.pattern})*")
_FIELDS: Final = frozenset({"target", "description", "update", "remove"})


def apply(document: Document, overlay: Document) -> Document:
    """The document after every action in order. Raises DocumentError for an overlay or action that can't be used."""
    _check(overlay)
    value, _ = _run(_clone(document.value), None, overlay)

    @cache
    def marks() -> Mark:
        return _run(_clone(document.value), _clone_mark(document.marks()), overlay)[1] or document.marks()

    return Document(value, f"{document.source} + {overlay.source}", marks)


def try_out(document: Document, overlay: Document) -> tuple[Document, dict[int, str]]:
    """The document after all actions that can be carried out on it; for each other one, by its index, why it can't.

    Raises DocumentError for what is no overlay.
    """
    _check(overlay)
    refused: dict[int, str] = {}
    value = document.value
    for index in range(len(overlay.value["actions"])):
        tried = _clone(value)
        try:
            _act(tried, None, overlay, index)
        except DocumentError as error:
            refused[index] = str(error)
        else:
            value = tried

    @cache
    def marks() -> Mark:
        tried, mark = _clone(document.value), _clone_mark(document.marks())
        for index in range(len(overlay.value["actions"])):
            if index not in refused:
                _act(tried, mark, overlay, index)
        return mark

    return Document(value, f"{document.source} + {overlay.source}", marks), refused


def _run(value: Json, mark: Mark | None, overlay: Document) -> tuple[Json, Mark | None]:
    for index in range(len(overlay.value["actions"])):
        _act(value, mark, overlay, index)
    return value, mark


def _act(value: Json, mark: Mark | None, overlay: Document, index: int) -> None:
    action = overlay.value["actions"][index]
    found = _find(value, action["target"], overlay, index)
    if not found:
        _refuse(overlay, index, "matches nothing", "Correct the target, or remove the action.")
    if action.get("remove") is True:
        for path in reversed(found):  # from the end, so that indexes stay true
            _remove(value, mark, path, overlay, index)
        return
    for path in found:
        _update(value, mark, path, overlay, index)


def _find(value: Json, target: str, overlay: Document, index: int) -> list[Path]:
    if _PLAIN.fullmatch(target):
        path: Path = tuple(
            int(number) if number else next(filter(None, names), "")
            for number, *names in (step.group(2, 1, 3, 4) for step in _STEP.finditer(target))
        )
        return [path] if _has(value, path) else []
    import jsonpath_rfc9535 as jsonpath  # only for filters, wildcards and descendants

    try:
        return list(dict.fromkeys(node.location for node in jsonpath.finditer(target, value)))
    except jsonpath.JSONPathError as error:
        _refuse(overlay, index, f"has a target that is no JSONPath ({error})", "Correct the target.")


def _has(value: Json, path: Path) -> bool:
    for part in path:
        if isinstance(part, int):
            if not isinstance(value, list) or part >= len(value):
                return False
        elif not isinstance(value, dict) or part not in value:
            return False
        value = value[part]
    return True


def _down(value: Json, mark: Mark | None, path: Path) -> tuple[Json, Mark | None]:
    for part in path:
        value = value[part]
        mark = mark.child(str(part)) if mark is not None else None
    return value, mark


def _remove(value: Json, mark: Mark | None, path: Path, overlay: Document, index: int) -> None:
    if not path:
        _refuse(overlay, index, "removes the whole document", "Name a part of it.")
    parent, above = _down(value, mark, path[:-1])
    del parent[path[-1]]
    if above is not None and above.inside is not None:
        del above.inside[path[-1]]  # type: ignore[arg-type]


def _update(value: Json, mark: Mark | None, path: Path, overlay: Document, index: int) -> None:
    target, below = _down(value, mark, path)
    update = overlay.value["actions"][index]["update"]
    own = overlay.marks().walk(f"/actions/{index}/update") if mark is not None else None
    if isinstance(target, list):
        target.append(_clone(update))
        if below is not None and own is not None and isinstance(below.inside, list):
            below.inside.append(_clone_mark(own))
        return
    if not isinstance(target, dict):
        _refuse(overlay, index, f"updates `{target!r:.40}`, no object or array", "Aim the target one level higher.")
    if not isinstance(update, dict):
        _refuse(overlay, index, "updates an object with something else", "Make the update a mapping.")
    _merge(target, update)
    if below is not None and own is not None:
        _merge_marks(below, own)


def _merge(target: dict[str, Json], update: dict[str, Json]) -> None:
    for key, new in update.items():
        old = target.get(key)
        if isinstance(old, dict) and isinstance(new, dict):
            _merge(old, new)
        elif isinstance(old, list) and isinstance(new, list):
            old.extend(map(_clone, new))
        else:
            target[key] = _clone(new)


def _merge_marks(target: Mark, update: Mark) -> None:
    assert isinstance(target.inside, dict) and isinstance(update.inside, dict)
    for key, new in update.inside.items():
        old = target.inside.get(key)
        if old is not None and isinstance(old.inside, dict) and isinstance(new.inside, dict):
            _merge_marks(old, new)
        elif old is not None and isinstance(old.inside, list) and isinstance(new.inside, list):
            old.inside.extend(map(_clone_mark, new.inside))
        else:
            target.inside[key] = _clone_mark(new)


def _clone(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _clone(item) for key, item in value.items()}
    return [_clone(item) for item in value] if isinstance(value, list) else value


def _clone_mark(mark: Mark) -> Mark:
    if isinstance(mark.inside, dict):
        return replace(mark, inside={key: _clone_mark(item) for key, item in mark.inside.items()})
    return replace(mark, inside=[_clone_mark(item) for item in mark.inside]) if mark.inside is not None else mark


def _check(overlay: Document) -> None:
    value = overlay.value
    if not isinstance(value, dict) or not re.fullmatch(r"1\.0\.\d+", str(value.get("overlay"))):
        _complain(overlay, "", "no overlay of version 1.0", "Begin it with `overlay: 1.0.0`.")
    info = value.get("info")
    if not isinstance(info, dict) or not all(isinstance(info.get(key), str) for key in ("title", "version")):
        _complain(overlay, "/info", "`info` with a title and a version is missing", "Add both, as text.")
    actions = value.get("actions")
    if not isinstance(actions, list) or not actions:
        _complain(overlay, "/actions", "`actions` must be a list of at least one action", "Add one.")
    for index, action in enumerate(actions):
        if not isinstance(action, dict) or not isinstance(action.get("target"), str):
            _complain(overlay, f"/actions/{index}", f"action {index} has no target", "Add a JSONPath as `target`.")
        unknown = sorted(key for key in action if key not in _FIELDS and not key.startswith("x-"))
        if unknown:
            _refuse(overlay, index, f"has the unknown field `{unknown[0]}`", f"Known are {', '.join(sorted(_FIELDS))}.")
        if "update" not in action and action.get("remove") is not True:
            _refuse(overlay, index, "neither updates nor removes", "Add `update`, or `remove: true`.")


def _refuse(overlay: Document, index: int, what: str, remedy: str) -> NoReturn:
    target = overlay.value["actions"][index]["target"]
    _complain(overlay, f"/actions/{index}", f"action {index} (target {target}) {what}", remedy)


def _complain(overlay: Document, pointer: str, what: str, remedy: str) -> NoReturn:
    raise DocumentError(f"{overlay.place(pointer)}: {what}. {remedy}")
