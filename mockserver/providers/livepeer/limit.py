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
    return most < 1 or _are_on_page(view, user["id"], requester, since, most)


def _are_on_page(view: View, user_id: str, requester: str, since: int, most: int) -> bool:
    """Whether the server, as it counts, finds so many clips of the requester: the last of them is on its page.

    What it looks for was touched since, so a long history need not be walked; nor need all that goes on at the moment,
    once a page full of it stands before that last one.
    """
    own = (task["doc"] for task in view.find("task", "requester", asked_by(user_id, requester)))
    ids = sorted(doc["id"] for doc in own if doc["status"]["updatedAt"] > since and _counts(doc, since))
    if len(ids) < most:
        return False
    before = 0
    for task in view.find("task", "owner", user_id, reverse=True):
        doc = task["doc"]
        if doc["status"]["updatedAt"] <= since:
            break
        before += doc["id"] < ids[most - 1] and _counts(doc, since)
        if before == PAGE:
            return False
    return True


def _counts(doc: Record, since: int) -> bool:
    return doc["type"] == "clip" and doc["status"]["phase"] in BUSY and doc.get("scheduledAt", 0) > since
