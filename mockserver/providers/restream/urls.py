"""Media URLs: thumbnails, and temporary signed downloads of clips and files, with what serves them.

Real download URLs are pre-signed, with user and clip in the query, and need no token; so are these. The bytes are
always those of one small video.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Final
from urllib.parse import urlencode

from mockserver.core.http import Reply
from mockserver.core.provider import Call, Moment
from mockserver.core.text import Record
from mockserver.core.world import View
from mockserver.providers.media import media_reply
from mockserver.providers.restream.errors import FORBIDDEN_URL, NO_ROUTE
from mockserver.providers.restream.instants import DAY, HOUR
from mockserver.providers.restream.readings import reading

MOUNT: Final = "/media/restream"

_LIFETIMES: Final = {"hour": HOUR, "day": DAY}
_IDS: Final = {"clip": "clipId", "file": "fileId"}


def download_url(moment: Moment, account: Record, kind: str, id: str) -> str:
    """Where to download a `clip` or `file`, for as long as the reading `download-url-lifetime` says."""
    expires = -(-(moment.now + _LIFETIMES[reading(moment, "download-url-lifetime")]) // 1000)
    query = {
        "userId": account["user"],
        _IDS[kind]: id,
        "expires": str(expires),
        "signature": _signature(account, kind, id, str(expires)),
    }
    return f"{moment.origin}{MOUNT}/{kind}.mp4?{urlencode(query)}"


def thumbnail_url(moment: Moment, account: Record, clip: str) -> str:
    return f"{moment.origin}{MOUNT}/thumbnail.jpg?userId={account['user']}&clipId={clip}"


def serve(view: View, call: Call, moment: Moment) -> Reply:
    """What stands behind a media URL: 403 for a URL that has expired or was changed, 404 for what is not there."""
    if call.request.method not in ("GET", "HEAD"):
        return NO_ROUTE
    query = dict(call.request.arguments())
    account = next(view.find("account", "user", query.get("userId", "")), None)
    name = call.request.path.removeprefix(f"{MOUNT}/")
    if name == "thumbnail.jpg":
        clip = view.get("clip", query.get("clipId", ""))
        mine = account is not None and clip is not None and clip["account"] == account["id"]
        return media_reply("restream", name, call.request) if mine else NO_ROUTE
    kind = name.removesuffix(".mp4")
    if kind not in _IDS or not name.endswith(".mp4"):
        return NO_ROUTE
    id, expires = query.get(_IDS[kind], ""), query.get("expires", "")
    if account is None or query.get("signature") != _signature(account, kind, id, expires):
        return FORBIDDEN_URL["tampered"]
    if int(expires) * 1000 < moment.now:
        return FORBIDDEN_URL["expired"]
    return media_reply("restream", "clip.mp4", call.request) if view.get(kind, id) else NO_ROUTE


def _signature(account: Record, kind: str, id: str, expires: str) -> str:
    text = f"{kind} {id} {expires}".encode(errors="replace")
    return blake2b(text, key=bytes.fromhex(account["secret"]), digest_size=20).hexdigest()
