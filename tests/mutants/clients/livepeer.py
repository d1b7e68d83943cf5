"""A client of Livepeer Studio's clips: make, wait for, list, play, download, delete, and hear of them by webhook."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import httpx

from mockserver.core.text import Json
from tests.mutants.clients.api import Api, Connection, json_of, text_of
from tests.mutants.clients.deliveries import Deliveries
from tests.mutants.clients.errors import BadReply, ClipFailed, NotFound, OutcomeUnknown, Refused, TooManyClips
from tests.mutants.clients.values import Number, maybe, need, segment

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EVENTS = ("asset.ready", "asset.failed", "asset.updated", "asset.deleted")


@dataclass(frozen=True, slots=True)
class Clip:
    """A clip as it was when it was asked for. `progress` is a part of 1; the URLs come when it is ready."""

    id: str
    name: str
    phase: str
    playback_id: str | None = None
    progress: float | None = None
    error: str | None = None
    playback_url: str | None = None
    download_url: str | None = None
    hashes: dict[str, str] = field(default_factory=dict)


class LivepeerClient(Api):
    deliveries: type[Deliveries] = Deliveries

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        # Clips this client made and has a reply for.
        self._known: set[str] = set()

    # ---- making

    def create_clip(
        self, playback_id: str, start: datetime, end: datetime, *, name: str, session_id: str | None = None
    ) -> Clip:
        """Ask for a clip of a stream. Its name is yours to keep unique: by it a clip is found whose reply was lost.

        Raises OutcomeUnknown when the reply was lost and no such clip is there (yet); TooManyClips when others have to
        be ready first.
        """
        try:
            reply = self.call("POST", "/clip", body=self._clip_body(playback_id, start, end, name, session_id))
        except OutcomeUnknown:
            for clip in self.clips(playback_id):
                if clip.name == name and clip.id not in self._known:
                    break
            else:
                raise
        else:
            clip = self._clip(need(json_of(reply), "asset", dict))
        self._known.add(clip.id)
        return clip

    def _clip_body(
        self, playback_id: str, start: datetime, end: datetime, name: str, session_id: str | None
    ) -> dict[str, Json]:
        times = {"startTime": self._time(start), "endTime": self._time(end)}
        body = {"playbackId": playback_id, **times, "name": name, "sessionId": session_id}
        return {key: value for key, value in body.items() if value is not None}

    def _time(self, moment: datetime) -> float:
        """Whole milliseconds: fractions are accepted, and fail later."""
        return (moment - EPOCH) // timedelta(milliseconds=1)

    # ---- waiting

    def clip(self, clip_id: str) -> Clip:
        return self._clip(json_of(self.call("GET", f"/asset/{segment(clip_id)}")))

    def wait_until_ready(
        self, clip_id: str, *, deadline: float = 900, tell: Callable[[float], None] | None = None
    ) -> Clip:
        """The clip, ready. `tell` hears of progress (0 to 1). Raises ClipFailed, TookTooLong, NotFound if deleted."""
        for _ in self._ticks(deadline, f"clip {clip_id}"):
            clip = self.clip(clip_id)
            if tell is not None and clip.progress is not None:
                tell(clip.progress)
            if self.is_ready(clip):
                return clip
            if self.has_failed(clip):
                raise ClipFailed(clip.error or f"clip {clip_id} is {clip.phase}")
        raise AssertionError("ticks end with an error")

    def is_ready(self, clip: Clip) -> bool:
        return clip.phase == "ready"

    def has_failed(self, clip: Clip) -> bool:
        return clip.phase in ("failed", "deleting", "deleted")

    # ---- finding

    def clips(self, playback_id: str) -> list[Clip]:
        """All clips of a stream, last changed first; each once, however the list moves while it is read."""
        found: dict[str, Clip] = {}
        params = {"limit": str(self.page_size)}
        while True:
            reply = self.call("GET", f"/stream/{segment(playback_id)}/clips", params=params)
            page = json_of(reply)
            if not isinstance(page, list):
                raise BadReply("the list of clips is no list")
            for asset in page:
                clip = self._clip(asset)
                found.setdefault(clip.id, clip)
            cursor = self._next_cursor(reply)
            if cursor is None or cursor == params.get("cursor"):
                return list(found.values())
            params["cursor"] = cursor

    def _next_cursor(self, reply: httpx.Response) -> str | None:
        try:
            query = urlsplit(reply.links.get("next", {}).get("url", "")).query
        except ValueError:
            raise BadReply("the link to the next page is no URL") from None
        return next(iter(parse_qs(query).get("cursor", ())), None)

    # ---- using

    def playback_url(self, clip: Clip) -> str:
        """An HLS manifest."""
        return clip.playback_url or self._source(clip, "html5/application/vnd.apple.mpegurl")

    def download_url(self, clip: Clip) -> str:
        """An MP4, the best there is."""
        return clip.download_url or self._source(clip, "html5/video/mp4")

    def _source(self, clip: Clip, kind: str) -> str:
        if clip.playback_id is None:
            raise BadReply(f"clip {clip.id} has no playbackId")
        info = json_of(self.call("GET", f"/playback/{segment(clip.playback_id)}"))
        sources = need(need(info, "meta", dict), "source", list)
        fitting = [source for source in sources if need(source, "type", str) == kind]
        if not fitting:
            raise BadReply(f"clip {clip.id} has no source of type {kind}")
        return need(max(fitting, key=lambda source: maybe(source, "bitrate", Number) or 0), "url", str)

    def download(self, clip: Clip) -> bytes:
        return self.call("GET", self.download_url(clip)).content

    def delete(self, clip_id: str) -> None:
        """Delete a clip; one that is gone already is no error."""
        try:
            self.call("DELETE", f"/asset/{segment(clip_id)}")
        except Refused as refusal:
            if not self._is_gone(refusal):
                raise

    def _is_gone(self, refusal: Refused) -> bool:
        return isinstance(refusal, NotFound) or "already deleted" in refusal.reason

    # ---- webhooks

    def register_webhook(self, name: str, url: str, secret: str, events: Sequence[str] = EVENTS) -> str:
        """Have events delivered to `url`; the webhook's id."""
        body = self._webhook_body(name, url, secret, events)
        return need(json_of(self.call("POST", "/webhook", body=body)), "id", str)

    def _webhook_body(self, name: str, url: str, secret: str, events: Sequence[str]) -> dict[str, Json]:
        return {"name": name, "url": url, "events": list(events), "sharedSecret": secret}

    def receiver(self, secret: str, on_ready: Callable[[str], None], on_failed: Callable[[str], None]) -> Deliveries:
        return self.deliveries(secret, on_ready, on_failed)

    # ---- reading replies

    def _clip(self, asset: Json) -> Clip:
        status = maybe(asset, "status", dict) or {}
        return Clip(
            id=need(asset, "id", str),
            name=need(asset, "name", str),
            phase=maybe(status, "phase", str) or "waiting",
            playback_id=maybe(asset, "playbackId", str),
            progress=self._progress(status),
            error=maybe(status, "errorMessage", str),
            playback_url=maybe(asset, "playbackUrl", str),
            download_url=maybe(asset, "downloadUrl", str),
            hashes=self._hashes(asset),
        )

    def _progress(self, status: Json) -> float | None:
        """It comes and goes with the phases."""
        return maybe(status, "progress", Number)

    def _hashes(self, asset: Json) -> dict[str, str]:
        """By algorithm. Null on clips, even when they are ready."""
        found = maybe(asset, "hash", list) or []
        return {maybe(each, "algorithm", str) or "": maybe(each, "hash", str) or "" for each in found}

    def _refusal(self, method: str, reply: httpx.Response) -> Refused:
        refusal = super()._refusal(method, reply)
        if refusal.status == 403 and "Too many clips" in refusal.reason:
            return TooManyClips(refusal.status, refusal.reason)
        return refusal

    def _reason(self, reply: httpx.Response) -> str:
        try:
            return "; ".join(str(error) for error in need(reply.json(), "errors", list))
        except (ValueError, BadReply):
            return text_of(reply)
