"""The limit on clips in progress: who counts as whom, and whose clips the server sees when it counts."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Final

from mockserver.core.provider import Moment
from mockserver.core.text import Record
from mockserver.core.world import View
from mockserver.providers.livepeer.kinds import BUSY, asked_by

MOST: Final = 5
LOOKS_BACK: Final = 5 * 60 * 1000
# The server reads one page of a caller's tasks in progress, by id, before it looks who asked for them.
PAGE: Final = 20

_ADDRESSES: Final = ("cf-connecting-ip", "true-client-ip", "x-forwarded-for")


def requester_id(said: Mapping[str, str], salt: str, playback_id: str) -> str:
    """Who asks, as the limit sees it: the address a proxy named and the stream, or just the stream."""
    for name in _ADDRESSES:
        address = said.get(name)
        if address:
            return sha256(f"{address}{salt}{playback_id}".encode(errors="surrogatepass")).hexdigest()
    return f"UNKNOWN-{playback_id}"


def is_reached(view: View, user: Record, requester: str, moment: Moment) -> bool:
    """Whether this user has as many clips in progress for this requester as may be."""
    most: int = user.get("clipLimit", MOST)
    counted = asked_by(user["id"], requester)
    if view.count("task", "requester", counted) < most:
        return False
    since = moment.now - LOOKS_BACK
    seen = 0
    for task in view.find("task", "requester", counted, reverse=True):
        if seen >= most or task["doc"].get("scheduledAt", 0) <= since:
            break
        seen += task["doc"]["type"] == "clip"
    if seen < most or moment.readings.get("limit") == "locked":
        return seen >= most
    return _counted_by_page(view, user["id"], requester, since) >= most


def _counted_by_page(view: View, user_id: str, requester: str, since: int) -> int:
    """As the server counts. What it looks for was touched since, so a long history need not be walked."""
    recent = []
    for task in view.find("task", "owner", user_id, reverse=True):
        doc = task["doc"]
        if doc["status"]["updatedAt"] <= since:
            break
        if doc["type"] == "clip" and doc["status"]["phase"] in BUSY and doc.get("scheduledAt", 0) > since:
            recent.append(doc)
    recent.sort(key=_id)
    return sum(doc.get("requesterId") == requester for doc in recent[:PAGE])


def _id(doc: Record) -> str:
    found: str = doc["id"]
    return found
