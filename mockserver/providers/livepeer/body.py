"""Request bodies as body-parser 1.x takes them: only `application/json` is read, and it must be an object or array.

Runs after the credential is known and before any route, so it speaks for unknown paths too.
"""

from __future__ import annotations

import re
from typing import Final

from mockserver.core.payload import ABSENT, Payload, Problem
from mockserver.core.text import Json
from mockserver.providers.livepeer import v8
from mockserver.providers.livepeer.visit import Refused

LIMIT: Final = 100 * 1024
_FIRST: Final = re.compile(r"[\x20\x09\x0a\x0d]*([^\x20\x09\x0a\x0d])")
# A text of a depth no parser of ours follows; V8 would, and then miss its end or refuse its shape.
_BOTTOMLESS: Final = "Unexpected end of JSON input"


def read_body(payload: Payload, node: str) -> Json:
    """The body's value, `{}` for none and for any other media type. Raises Refused with the parser's words."""
    if payload.media != "application/json":
        return {}
    if payload.problem is not None:
        raise _refusal(payload.problem, payload.text, node)
    value = payload.value
    if value is ABSENT:
        return {}
    if not isinstance(value, dict | list):
        raise Refused(400, _strictly(_decoded(payload.text), node))
    return value


def _refusal(problem: Problem, text: bytes, node: str) -> Refused:
    if problem.kind == "charset":
        return Refused(415, f'unsupported charset "{problem.detail.upper()}"')
    if problem.kind == "encoding":
        return Refused(415, f'unsupported content encoding "{problem.detail}"')
    if problem.kind == "too-large":
        return Refused(413, "request entity too large")
    if problem.kind == "inflate":
        return Refused(400, problem.detail)
    source = _decoded(text)
    first = _FIRST.match(source)
    if first is None or first[1] not in "{[":
        return Refused(400, _strictly(source, node))
    return Refused(400, v8.message(source, node) or _BOTTOMLESS)


def _strictly(source: str, node: str) -> str:
    """What body-parser says when a text begins with neither brace nor bracket.

    It has the runtime complain of the same text with `#` in the first character's place, and puts that back where the
    message has its first `#`: so the second one stays (recorded: `Unexpected token 'n', "#" is not valid JSON`).
    """
    first = _FIRST.match(source)
    if first is None:
        return _BOTTOMLESS
    said = v8.message(source[: first.start(1)] + "#", node) or _BOTTOMLESS
    return said.replace("#", first[1], 1)


def _decoded(text: bytes) -> str:
    return text.decode("utf-8-sig", errors="replace")
