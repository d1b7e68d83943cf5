"""What the client machine knows of a provider: how clips are asked for, what becomes of them, where that is said."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote

from mockserver.core.http import Headers, Request
from mockserver.core.text import Json, dump, resolve
from mockserver.strategies.client import State

Span = tuple[float | None, float | None]


@dataclass(frozen=True, slots=True)
class Phase:
    """Where a reply says how far a clip is, and what a client may make of each value. Of others: anything but READY."""

    pointer: str
    values: Mapping[Json, frozenset[State]]

    def of(self, reply: Json) -> frozenset[State]:
        """What a client may make of a reply."""
        try:
            return self.values.get(resolve(reply, self.pointer), frozenset((State.WAITING, State.FAILED)))
        except KeyError:
            return frozenset(State)


@dataclass(frozen=True, slots=True)
class Flow:
    """The way of a clip at a provider.

    `sources` become ready, `failing` ones don't, `stuck` ones never end; all of the default world. `spans` are times to
    ask for, in seconds. `body` makes a request's body of a source and a span, `sent` reads the span back; `unasked` are
    properties that mean more than was asked for. `handle` is where a created reply says the id, `look` the path that
    tells how far it is, and `state` reads it. `conflicts`: asking twice is answered with 409. `phases` say how far it
    is, by operation; `kept` are the places a client may build on although the document leaves them optional; `token`
    is the operation that gives new tokens, `delete` the one that deletes a clip.
    """

    create: str
    path: str
    sources: tuple[str, ...]
    failing: tuple[str, ...]
    stuck: tuple[str, ...]
    spans: tuple[Span, ...]
    body: Callable[[str, float | None, float | None], Json]
    sent: Callable[[Json], Span]
    handle: str
    look: str
    state: Callable[[Json], frozenset[State]]
    conflicts: bool
    phases: Mapping[str, Phase] = field(default_factory=dict)
    kept: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    token: str | None = None
    unasked: tuple[str, ...] = ()
    delete: str | None = None

    def asking(self, key: str, source: str, span: Span) -> Request:
        """The request for a clip, as an honest client would send it."""
        headers = [("Authorization", f"Bearer {key}"), ("Content-Type", "application/json")]
        return Request("POST", self.path, headers=Headers.of(headers), body=dump(self.body(source, *span)))

    def looking(self, key: str, handle: str) -> Request:
        """The request that tells how far a clip is."""
        headers = Headers.of([("Authorization", f"Bearer {key}")])
        return Request("GET", self.look.format(quote(handle, safe="")), headers=headers)

    def made(self, reply: Json) -> str:
        """The id a created reply says."""
        return str(resolve(reply, self.handle))


_W, _R, _F = frozenset((State.WAITING,)), frozenset((State.READY,)), frozenset((State.FAILED,))


def _livepeer_body(source: str, start: float | None, end: float | None) -> Json:
    body: dict[str, Json] = {"playbackId": source, "startTime": round((start or 0) * 1000)}
    return body if end is None else {**body, "endTime": round(end * 1000)}


def _livepeer_sent(body: Json) -> Span:
    end = body.get("endTime")
    return body["startTime"] / 1000, None if end is None else end / 1000


_ASSET_PHASES: Final = {
    **dict.fromkeys(("uploading", "waiting", "processing"), _W),
    "ready": _R,
    "failed": _F,
    **dict.fromkeys(("deleting", "deleted"), _W | _F),
}
_TASK_PHASES: Final = {
    **dict.fromkeys(("pending", "waiting", "running"), _W),
    "completed": _R,
    **dict.fromkeys(("failed", "cancelled"), _F),
}
_ASSET_KEPT: Final = (
    "/id",
    "/playbackId",
    "/name",
    "/status/phase",
    "/status/errorMessage",
    "/downloadUrl",
    "/playbackUrl",
)

LIVEPEER: Final = Flow(
    create="createClip",
    path="/api/clip",
    sources=("eaw4nk06ts2d0mzb", "fullhd0000000000", "tiny000000000000", "offair0000000000", "early00000000000"),
    failing=("fails00000000000", "inputerror000000", "nooutput00000000"),
    stuck=("stuck00000000000",),
    spans=((1587667174.725, 1587667204.725), (1587667180.0014, 1587667190.5006), (1587667175.0, 1587667235.0)),
    body=_livepeer_body,
    sent=_livepeer_sent,
    handle="/asset/id",
    look="/api/asset/{}",
    state=lambda asset: _ASSET_PHASES[asset["status"]["phase"]],
    conflicts=False,
    delete="deleteAsset",
    phases={
        "getAsset": Phase("/status/phase", _ASSET_PHASES),
        "getTask": Phase("/status/phase", _TASK_PHASES),
    },
    kept={
        "createClip": ("/task/id", *(f"/asset{pointer}" for pointer in _ASSET_KEPT)),
        "getAsset": _ASSET_KEPT,
        "getTask": ("/id", "/status/phase", "/status/errorMessage", "/outputAssetId", "/output/clip/assetSpec"),
        **{
            operation: tuple(f"/*{pointer}" for pointer in (*_ASSET_KEPT, "/source"))
            for operation in ("getAssets", "getClips", "getClipsOf", "getSessionClips", "getAssetClips")
        },
        "getTasks": ("/*/id", "/*/status/phase", "/*/outputAssetId"),
        "getPlaybackInfo": ("/type", "/meta/source/*/url"),
    },
)


def _restream_body(source: str, start: float | None, end: float | None) -> Json:
    body: dict[str, Json] = {"sourceType": "VideoStorageFile", "videoStorageFileId": source}
    if start is None or end is None:
        return body
    return {**body, "selectedTimeRange": {"startOffsetSeconds": start, "endOffsetSeconds": end}}


def _restream_sent(body: Json) -> Span:
    chosen = body.get("selectedTimeRange")
    return (None, None) if chosen is None else (chosen["startOffsetSeconds"], chosen["endOffsetSeconds"])


RESTREAM: Final = Flow(
    create="createClipProject",
    path="/v2/user/clips/projects",
    sources=("a1b2c3d4-e5f6-7890-abcd-ef1234567890", "00600001-0000-4000-8000-000000000000"),
    failing=("fa110000-0000-4000-8000-000000000000",),
    stuck=("57ac0000-0000-4000-8000-000000000000",),
    spans=((None, None), (0.0, 60.0), (10.5, 95.25)),
    body=_restream_body,
    sent=_restream_sent,
    handle="/projectId",
    look="/v2/user/clips/projects/{}",
    # A run that failed and one that found nothing look alike: neither is running, and there are no clips.
    state=lambda project: _W if project["generatingClipsNow"] else _R if project["clips"] else _R | _F,
    conflicts=True,
    phases={"getClipProject": Phase("/generatingClipsNow", {True: _W, False: _R | _F})},
    kept={
        "createClipProject": ("/projectId", "/sourceIdentifier"),
        "listClipProjects": (
            "/projects/*/projectId",
            "/projects/*/sourceIdentifier",
            "/projects/*/generatingClipsNow",
            "/pagination/nextCursor",
            "/pagination/hasMore",
        ),
        "getClipProject": ("/clips/*/clipId", "/generatingClipsNow"),
        "getClipDownloadUrl": ("/downloadUrl",),
    },
    token="createToken",
    unasked=("forceReprocess",),
)

FLOWS: Final[Mapping[str, Flow]] = {"livepeer": LIVEPEER, "restream": RESTREAM}
