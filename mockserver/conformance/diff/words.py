"""What changed in the words: descriptions, examples, extensions. And what changed in writing alone.

Walks both documents side by side; knows which keys are words, and nothing of what the others mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from mockserver.conformance.diff.changes import NO
from mockserver.conformance.diff.shift import Shift
from mockserver.conformance.diff.wholes import spelled
from mockserver.contract.spot import escape
from mockserver.core.text import Json

_WORDS: Final = frozenset(
    ("title", "summary", "description", "example", "examples", "externalDocs", "tags", "info", "$comment", "xml")
)
# Under these keys stand names, which are no keywords whatever they are.
_MAPS: Final = frozenset(
    (
        *("properties", "patternProperties", "dependentSchemas", "$defs", "definitions", "schemas", "responses"),
        *("parameters", "requestBodies", "headers", "securitySchemes", "links", "callbacks", "pathItems", "paths"),
        *("webhooks", "content", "variables", "scopes", "mapping", "encoding", "flows"),
    )
)
_NAMES: Final = re.compile(r"\{[^{}]*\}")
# So many places are named; the count tells of the others.
_MOST: Final = 12

Pair = tuple[str | None, str | None]


def word_shifts(old: Json, new: Json, told: Iterable[Shift]) -> Iterator[Shift]:
    """Two at most: one for all words, one for what is written in another way and means the same, or is used nowhere."""
    spots = list(told)
    words, others = list[Pair](), list[Pair]()
    for is_word, before, after in _walk(old, new, "", "", named=False):
        (words if is_word else others).append((before, after))
    yield from _folded("texts-changed", "texts, examples and extensions have changed", words)
    seen_old, seen_new = {each.old for each in spots}, {each.new for each in spots}
    others = [pair for pair in others if not (_under(pair[0], seen_old) or _under(pair[1], seen_new))]
    text = "what is written in another way and means the same, or is used by no operation"
    yield from _folded("written-otherwise", text, others)


def _folded(rule: str, text: str, pairs: list[Pair]) -> Iterator[Shift]:
    if not pairs:
        return
    lines = [str(after if after is not None else f"{before} (gone)") for before, after in pairs[:_MOST]]
    lines += [f"and {len(pairs) - _MOST} more"] if len(pairs) > _MOST else []
    why = ("no call is other than it was", "no call is other than it was")
    title = f"{len(pairs)} place{'s' if len(pairs) != 1 else ''}: {text}"
    yield Shift("texts", rule, title, NO, NO, why, *pairs[0], None, "\n".join(lines), len(pairs))


def _under(pointer: str | None, told: set[str | None]) -> bool:
    """Whether something was said of the place, or of what is around it."""
    while pointer:
        if pointer in told:
            return True
        pointer = pointer.rpartition("/")[0]
    return False


def _walk(old: Json, new: Json, at: str, now: str, *, named: bool) -> Iterator[tuple[bool, str | None, str | None]]:
    if isinstance(old, dict) and isinstance(new, dict):
        paths = {_NAMES.sub("{}", key): key for key in new} if at == "/paths" else {key: key for key in new}
        left = dict(paths)
        for key, value in old.items():
            other = left.pop(_NAMES.sub("{}", key) if at == "/paths" else key, None)
            word = not named and _is_word(key)
            if other is None:
                yield word, f"{at}/{escape(key)}", None
            elif word:
                if spelled(value) != spelled(new[other]):
                    yield True, f"{at}/{escape(key)}", f"{now}/{escape(other)}"
            else:
                inside = not named and key in _MAPS and isinstance(value, dict)
                yield from _walk(value, new[other], f"{at}/{escape(key)}", f"{now}/{escape(other)}", named=inside)
        for key in left.values():
            yield not named and _is_word(key), None, f"{now}/{escape(key)}"
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, (one, other) in enumerate(zip(old, new, strict=True)):
            yield from _walk(one, other, f"{at}/{index}", f"{now}/{index}", named=False)
    elif spelled(old) != spelled(new):
        yield False, at, now


def _is_word(key: str) -> bool:
    return key in _WORDS or key.startswith("x-")
