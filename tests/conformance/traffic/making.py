"""Recordings as tools write them, of exchanges that tests make up."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from mockserver.conformance.finding import Finding, Report
from mockserver.core.text import Json

RESTREAM = "https://api.restream.io"
LIVEPEER = "https://livepeer.studio"
FILE = "a1b2c3d4-e5f6-7890-abcd-ef1234567890"
PROJECT = {
    "projectId": "31a1e161-67aa-4a9e-a95b-3cb37ab6ea89",
    "sourceTypeName": "VideoStorageFile",
    "sourceIdentifier": FILE,
    "title": "My webinar",
    "createdAt": "2026-01-28T15:50:30.420Z",
}
CONFLICT = {
    "error": {
        "statusCode": 409,
        "status": 409,
        "code": 409,
        "message": "ClipsInputAlreadyProcessed",
        "name": "clips_input_already_processed",
    }
}
JSON_TYPE = {"content-type": "application/json"}
KEY = {"authorization": "Bearer sk-live-abcdefgh12345678"}


def line(
    method: str,
    path: str,
    status: int,
    reply: Json = None,
    body: Json = None,
    *,
    key: Mapping[str, str] = KEY,
    headers: Mapping[str, str] | None = None,
    **more: Json,
) -> dict[str, Json]:
    """An exchange in our own form."""
    sent = {**key, **(JSON_TYPE if body is not None else {}), **(headers or {})}
    answered = {"status": status, "headers": JSON_TYPE if reply is not None else {}, "body": reply}
    return {"request": {"method": method, "path": path, "headers": sent, "body": body}, "response": answered, **more}


def clipping(status: int, reply: Json, **body: Json) -> dict[str, Json]:
    """A call of createClipProject."""
    sent = {"sourceType": "VideoStorageFile", "videoStorageFileId": FILE, **body}
    return line("POST", "/v2/user/clips/projects", status, reply, sent)


def details(running: bool, clips: int, **more: Json) -> dict[str, Json]:
    """A look at the project."""
    one = {
        "name": "One",
        "viralityScore": 84,
        "viralityScoreExplanation": None,
        "transcriptText": None,
        "sourceStartSeconds": 411,
        "sourceEndSeconds": 469,
        "thumbnailUrl": None,
        "favouritedAt": None,
        "createdAt": "2026-01-28T15:56:37.452Z",
    }
    value = {
        "generatingClipsNow": running,
        "clips": [{**one, "clipId": f"{each:08x}-e5f6-7890-abcd-ef1234567890"} for each in range(clips)],
        "postedClips": [],
    }
    return line("GET", f"/v2/user/clips/projects/{PROJECT['projectId']}", 200, value, **more)


def asset(phase: str, at: int, **more: Json) -> dict[str, Json]:
    """A Livepeer asset as replies have it."""
    return {
        "id": "87bbffa8-100e-461b-b223-fced1a0a7c79",
        "playbackId": "87bb9inbssejplna",
        "userId": "11111111-1111-4111-8111-111111111111",
        "createdAt": 1795347487803,
        "status": {"phase": phase, "updatedAt": at, **({"errorMessage": "no"} if phase == "failed" else {})},
        "name": "My Clip",
        "source": {"type": "clip", "playbackId": "aaaastream000001", "sessionId": "5e55"},
    } | more


def reading(value: Json, status: int = 200, **more: Json) -> dict[str, Json]:
    """A read of that asset."""
    return line("GET", "/api/asset/87bbffa8-100e-461b-b223-fced1a0a7c79", status, value, **more)


def lines(folder: Path, *exchanges: Json, name: str = "traffic.jsonl") -> Path:
    path = folder / name
    path.write_text("".join(json.dumps(exchange) + "\n" for exchange in exchanges))
    return path


def entry(
    url: str,
    method: str = "GET",
    status: int = 200,
    text: str | None = None,
    headers: Mapping[str, str] | None = None,
    body: str | None = None,
    **more: Json,
) -> dict[str, Json]:
    """An entry of a HAR."""
    pairs = [{"name": name, "value": value} for name, value in {**KEY, **(headers or {})}.items()]
    request = {"method": method, "url": url, "httpVersion": "HTTP/2", "headers": pairs, "bodySize": len(body or "")}
    if body is not None:
        request["postData"] = {"mimeType": "application/json", "text": body}
        pairs.append({"name": "content-type", "value": "application/json"})
    content = {"size": len(text or ""), "mimeType": "application/json"}
    if text is not None:
        content["text"] = text
    replied = [{"name": "content-type", "value": "application/json"}] if text is not None else []
    response = {"status": status, "statusText": "", "headers": replied, "content": content, "bodySize": -1}
    when = {"startedDateTime": "2026-11-22T11:51:40.000Z", "time": 12.5}
    return {**when, "request": request, "response": response} | more


def har(folder: Path, *entries: Json, name: str = "traffic.har") -> Path:
    path = folder / name
    path.write_text(json.dumps({"log": {"version": "1.2", "entries": list(entries)}}))
    return path


def rules(report: Report, *levels: str) -> list[str]:
    """The rules that were broken, of these levels or of all."""
    return [finding.rule for finding in report.findings if finding.level in levels or not levels]


def only(report: Report) -> Finding:
    """The one finding there is."""
    (finding,) = report.findings
    return finding
