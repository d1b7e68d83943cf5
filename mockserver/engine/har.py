"""The journal as an HTTP Archive, which browsers and many tools read.

HAR 1.2: http://www.softwareishard.com/blog/har-12-spec/
It is made piece by piece: a journal of many megabytes is never in memory twice.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import parse_qsl, quote

from mockserver.core.http import REASONS, Headers, Reply, Request, media_type
from mockserver.core.instants import iso
from mockserver.core.payload import FORM_MEDIA
from mockserver.core.text import Json, dump
from mockserver.engine.journal import Entry
from mockserver.engine.shown import said_of, sent, text_of, violation_json

_LONE_PERCENT: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")
_VERSION: Final = "HTTP/1.1"
# Nobody counted: the spec's word for it.
_UNKNOWN: Final = -1
_COMMENT: Final = "Instants are those of the mock server's clock. Secrets were removed."


def har(entries: Iterable[Entry], version: str) -> Iterator[bytes]:
    """The text of an archive, in pieces; `version` is ours."""
    head = dump({"version": "1.2", "creator": {"name": "mockserver", "version": version}, "comment": _COMMENT})
    yield b'{"log":' + head[:-1] + b',"entries":['
    comma = b""
    for entry in entries:
        yield comma + dump(har_entry(entry))
        comma = b",\n"
    yield b"]}}\n"


def har_entry(entry: Entry) -> Json:
    """One exchange; what is ours and not the format's is in `_mockserver`."""
    ms = entry.microseconds / 1000
    return {
        "startedDateTime": iso(entry.at),
        "time": ms,
        "request": _request(entry.request),
        "response": _response(entry.request, entry.reply),
        "cache": {},
        "timings": {"send": 0, "wait": ms, "receive": 0},
        "_mockserver": {
            "serial": entry.serial,
            "provider": entry.provider,
            "world": entry.world,
            "operation": entry.operation,
            "violations": [violation_json(violation) for violation in entry.violations],
            "fault": entry.fault,
        },
    }


def _request(request: Request) -> Json:
    shown = {
        "method": request.method,
        "url": request.origin + _encoded(request.target),
        "httpVersion": _VERSION,
        "cookies": [],  # their values went on the way in
        "headers": _pairs(request.headers),
        "queryString": _pairs(request.arguments()),
        "headersSize": _UNKNOWN,
        "bodySize": len(request.body),
    }
    return {**shown, "postData": _posted(request)} if request.body else shown


def _encoded(target: str) -> str:
    """A target as a URL may spell it; clients send much that is none, and so is the word for what was removed."""
    return _LONE_PERCENT.sub("%25", quote(target, safe="/?:@!$&'()*+,;=-._~%", errors="surrogatepass"))


def _posted(request: Request) -> Json:
    """The format has no base64 here: what is not text says so in a field of ours."""
    mime, text = request.header("content-type") or "", text_of(request)
    if text is None:
        return {"mimeType": mime, "text": b64encode(request.body).decode(), "_encoding": "base64"}
    if media_type(mime)[0] == FORM_MEDIA:
        return {"mimeType": mime, "text": text, "params": _pairs(parse_qsl(text, keep_blank_values=True))}
    return {"mimeType": mime, "text": text}


def _response(request: Request, reply: Reply) -> Json:
    body = sent(request, reply)
    return {
        "status": reply.status,
        "statusText": REASONS.get(reply.status, "Unknown"),
        "httpVersion": _VERSION,
        "cookies": [],
        "headers": _pairs(reply.headers),
        "content": {"size": len(body), "mimeType": reply.header("content-type") or "", **_text(reply, body)},
        "redirectURL": reply.header("location") or "",
        "headersSize": _UNKNOWN,
        "bodySize": len(body),
    }


def _text(reply: Reply, body: bytes) -> dict[str, Json]:
    if not body:
        return {}
    text = said_of(reply)
    return {"text": b64encode(body).decode(), "encoding": "base64"} if text is None else {"text": text}


def _pairs(pairs: Headers | list[tuple[str, str]]) -> list[Json]:
    return [{"name": name, "value": value} for name, value in pairs]
