"""The way of a clip project at Restream."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from urllib.parse import parse_qs, urlencode, urlsplit

from mockserver.core.http import Headers, Reply, Request
from mockserver.core.text import Json
from mockserver.strategies.client import Mock, State, Tokens
from mockserver.strategies.flow import Flow, Phase, Signing, Span, asking_for, value_of

_W, _R, _F = frozenset((State.WAITING,)), frozenset((State.READY,)), frozenset((State.FAILED,))
_BACK: Final = "https://client.example/callback"
_SECRET: Final = "the-secret-of-the-machine-s-application"


def _body(source: str, start: float | None, end: float | None) -> Json:
    body: dict[str, Json] = {"sourceType": "VideoStorageFile", "videoStorageFileId": source}
    if start is None or end is None:
        return body
    return {**body, "selectedTimeRange": {"startOffsetSeconds": start, "endOffsetSeconds": end}}


def _sent(body: Json) -> Span:
    chosen = body.get("selectedTimeRange")
    return (None, None) if chosen is None else (chosen["startOffsetSeconds"], chosen["endOffsetSeconds"])


def _files(mock: Mock) -> Sequence[str]:
    return [file["id"] for file in value_of(mock.call(asking_for(mock.key, "/v2/user/storage/files")))["files"]]


def _begin(mock: Mock) -> Tokens:
    """The user lets an application in, whose id is the world's key, and it takes its tokens."""
    dialog = {"response_type": "code", "client_id": mock.key, "redirect_uri": _BACK}
    back = mock.call(Request("GET", "/login", urlencode(dialog))).header("location") or ""
    (code,) = parse_qs(urlsplit(back).query)["code"]
    given = {"grant_type": "authorization_code", "redirect_uri": _BACK, "code": code}
    pair = value_of(_posted(mock, "/oauth/token", client_id=mock.key, client_secret=_SECRET, **given))
    return Tokens(pair["access_token"], pair["refresh_token"], mock.key, _SECRET)


def _revoke(mock: Mock, tokens: Tokens) -> Reply:
    """One token takes its pair with it."""
    return _posted(mock, "/oauth/revoke", token=tokens.refresh)


def _posted(mock: Mock, path: str, **form: str) -> Reply:
    headers = Headers.of([("Content-Type", "application/x-www-form-urlencoded")])
    return mock.call(Request("POST", path, headers=headers, body=urlencode(form).encode()))


RESTREAM: Final = Flow(
    create="createClipProject",
    path="/v2/user/clips/projects",
    sources=("a1b2c3d4-e5f6-7890-abcd-ef1234567890", "00600001-0000-4000-8000-000000000000"),
    failing=("fa110000-0000-4000-8000-000000000000",),
    stuck=("57ac0000-0000-4000-8000-000000000000",),
    spans=((None, None), (0.0, 60.0), (10.5, 95.25)),
    body=_body,
    sent=_sent,
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
        "listStorageFiles": ("/files/*/id",),
        "createToken": ("/access_token", "/refresh_token"),
    },
    unasked=("forceReprocess", "singleClipMode"),
    single="singleClipMode",
    limits=("usageLimitReached",),
    pieces=lambda project: len(project["clips"]),
    files=_files,
    signing=Signing("createToken", _begin, _revoke, "insufficientScope"),
)
