"""An exchange as JSON: a value for programs, a line for a file. Secrets went out on the way into the journal."""

from __future__ import annotations

from base64 import b64encode

from mockserver.core.bodies import opened
from mockserver.core.http import Headers, Reply, Request, media_type
from mockserver.core.instants import iso
from mockserver.core.payload import is_json
from mockserver.core.text import Json, TextError, dump, parse
from mockserver.core.violation import Violation
from mockserver.engine.journal import Entry

# A reply to HEAD, and one with such a status, goes out without its body.
_BODILESS = frozenset((204, 304))


def entry_json(entry: Entry) -> Json:
    """A whole entry. `at` is in ms of the server's clock, `microseconds` is how long we took.

    `request` and `reply` have `headers` (pairs, in wire order), `body` and `encoding`: how `body` stands for the bytes
    (`json` for the value they spell, `text`, `base64`, or `none` and null). A body that came packed is shown unpacked.
    """
    request, reply = entry.request, entry.reply
    return {
        "serial": entry.serial,
        "at": entry.at,
        "atIso": iso(entry.at),
        "provider": entry.provider,
        "world": entry.world,
        "operation": entry.operation,
        "request": {
            "method": request.method,
            "path": request.path,
            "query": request.query,
            **_message(request.headers, text_of(request), request.body),
        },
        "reply": {"status": reply.status, **_message(reply.headers, said_of(reply), sent(request, reply))},
        "violations": [violation_json(violation) for violation in entry.violations],
        "fault": entry.fault,
        "microseconds": entry.microseconds,
    }


def json_line(entry: Entry) -> bytes:
    """The same as one line of a file, its end included."""
    return dump(entry_json(entry)) + b"\n"


def violation_json(violation: Violation) -> Json:
    """A violation; `text` is all of it in a sentence."""
    return {
        "code": violation.code,
        "party": violation.party,
        "place": violation.place,
        "pointer": violation.pointer,
        "rule": violation.rule,
        "document": violation.document,
        "expected": violation.expected,
        "got": violation.got,
        "remedy": violation.remedy,
        "text": str(violation),
    }


def text_of(request: Request) -> str | None:
    """A request's body as text, unpacked; None for bytes that are none."""
    return opened(request) if request.body else ""


def said_of(reply: Reply) -> str | None:
    """A reply's body as text; None for bytes that are none."""
    try:
        return reply.body.decode()
    except UnicodeDecodeError:
        return None


def sent(request: Request, reply: Reply) -> bytes:
    """What of a reply's body goes over the wire."""
    return b"" if request.method == "HEAD" or reply.status in _BODILESS else reply.body


def _message(headers: Headers, text: str | None, body: bytes) -> dict[str, Json]:
    value, encoding = _body(headers, text, body)
    return {"headers": [list(pair) for pair in headers], "body": value, "encoding": encoding}


def _body(headers: Headers, text: str | None, body: bytes) -> tuple[Json, str]:
    if not body:
        return None, "none"
    if text is None:
        return b64encode(body).decode(), "base64"
    media, _ = media_type(headers.first("content-type"))
    if is_json(media):
        try:
            return parse(text.encode("utf-8", "surrogatepass")), "json"
        except TextError:
            pass
    return text, "text"
