"""Replies that contradict themselves: what no schema says and one reply shows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TypeGuard

from mockserver.conformance.finding import Level
from mockserver.conformance.traffic.history import Contradiction, Seen
from mockserver.core.text import Json

# In milliseconds this is 1973; a time below it is one in seconds.
_SMALLEST_TIME: Final = 10**11
_TIMED: Final = frozenset(
    ("getAsset", "getAssets", "updateAsset", "createClip", "getClips", "getClipsOf", "getSessionClips", "getAssetClips")
)
_STATED: Final = _TIMED | {"getTask", "getTasks"}


class Sense:
    """Sees each reply by itself. `provider` is whose facts hold, None for nobody's."""

    def __init__(self, provider: str | None) -> None:
        self._provider = provider

    def see(self, seen: Seen) -> Iterator[Contradiction]:
        if seen.status != 200 or seen.value is None:
            return
        if self._provider in ("livepeer", "restream"):
            yield from _pages(seen)
        if self._provider == "restream" and seen.operation.id == "getClipProject":
            yield from _clips(seen)
        if self._provider == "livepeer" and seen.operation.id in _STATED:
            yield from _times(seen)


def _pages(seen: Seen) -> Iterator[Contradiction]:
    """What a list says of itself: no more than was asked for, and where the rest is."""
    value = seen.value
    if seen.exchange.request.method != "GET":
        return
    limit = next((text for name, text in seen.exchange.request.arguments() if name == "limit"), "")
    items = value if isinstance(value, list) else value.get("projects") if isinstance(value, dict) else None
    if limit.isascii() and limit.isdecimal() and isinstance(items, list) and len(items) > int(limit) > 0:
        yield _one("page-limit-ignored", "A page has more than it was asked for", f"limit={limit}: {len(items)}", seen)
    pagination = value.get("pagination") if isinstance(value, dict) else None
    if isinstance(pagination, dict) and pagination.get("hasMore") is True and not pagination.get("nextCursor"):
        said = "`hasMore` is true, and `nextCursor` names no page"
        yield _one("cursor-missing", "There is more, and nothing that leads to it", said, seen)


def _clips(seen: Seen) -> Iterator[Contradiction]:
    clips = seen.value.get("clips") if isinstance(seen.value, dict) else None
    known: set[str] = set()
    for clip in clips if isinstance(clips, list) else ():
        if not isinstance(clip, dict):
            continue
        id, start, end = clip.get("clipId"), clip.get("sourceStartSeconds"), clip.get("sourceEndSeconds")
        if isinstance(id, str) and id in known:
            yield _one("clip-id-twice", "Two clips of a project have the same id", f"{id} comes twice", seen)
        known.add(id) if isinstance(id, str) else None
        if _is_number(start) and _is_number(end) and end <= start:
            yield _one("clip-without-length", "A clip ends where it begins, or before", f"{start} to {end}", seen)


def _times(seen: Seen) -> Iterator[Contradiction]:
    values = seen.value if isinstance(seen.value, list) else [seen.value]
    for each in values:
        thing = each.get("asset", each) if isinstance(each, dict) else None
        if not isinstance(thing, dict):
            continue
        status = thing.get("status")
        status = status if isinstance(status, dict) else {}
        for name, time in (("createdAt", thing.get("createdAt")), ("status.updatedAt", status.get("updatedAt"))):
            if _is_number(time) and 0 < time < _SMALLEST_TIME:
                said = f"`{name}` is {time}: in milliseconds that was before 1973"
                yield _one("time-in-seconds", "A time is in seconds, not in milliseconds", said, seen)
        if status.get("phase") == "failed" and not status.get("errorMessage"):
            said = "`phase` is failed, and there is no `errorMessage`"
            yield _one("failed-without-message", "What failed does not say why", said, seen, "warning")


def _is_number(value: Json) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _one(rule: str, title: str, evidence: str, seen: Seen, level: Level = "error") -> Contradiction:
    document = f"{seen.operation.pointer}/responses"
    return Contradiction(rule, title, evidence, (seen,), document, level=level, always=True)
