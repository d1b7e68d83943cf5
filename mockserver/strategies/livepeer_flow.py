"""The way of a clip at Livepeer."""

from __future__ import annotations

from hashlib import sha256
from hmac import new as hmac
from typing import Final

from mockserver.core.text import Json
from mockserver.strategies.client import State
from mockserver.strategies.flow import Flow, Hooked, Phase, Span

_W, _R, _F = frozenset((State.WAITING,)), frozenset((State.READY,)), frozenset((State.FAILED,))


def _body(source: str, start: float | None, end: float | None) -> Json:
    body: dict[str, Json] = {"playbackId": source, "startTime": round((start or 0) * 1000)}
    return body if end is None else {**body, "endTime": round(end * 1000)}


def _sent(body: Json) -> Span:
    end = body.get("endTime")
    return body["startTime"] / 1000, None if end is None else end / 1000


def _sign(secret: str, body: bytes, at: int) -> tuple[str, str]:
    """The body alone is signed; the time in the header is no part of it."""
    return "Livepeer-Signature", f"t={at},v1={hmac(secret.encode(), body, sha256).hexdigest()}"


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
    body=_body,
    sent=_sent,
    handle="/asset/id",
    look="/api/asset/{}",
    state=lambda asset: _ASSET_PHASES[asset["status"]["phase"]],
    conflicts=False,
    limits=("limit",),
    elsewhere={"getAsset": ("/downloadUrl", "/playbackUrl")},
    delete="deleteAsset",
    any_id=True,
    hooked=Hooked("createWebhook", "/api/webhook", _sign, ("asset.ready", "asset.failed"), "sharedSecret"),
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
        "createWebhook": ("/id",),
    },
)
