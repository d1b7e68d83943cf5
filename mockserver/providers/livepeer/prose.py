"""Rules of createClip that the document tells in words alone, or that only its server knows.

The server refuses one of them at once; the others it accepts, and the clip fails later (`times.py` says with what).
"""

from __future__ import annotations

from typing import Final

from mockserver.core.provider import ProseRule
from mockserver.core.text import Json

_START: Final = "/components/schemas/clip-payload/properties/startTime"
_END: Final = "/components/schemas/clip-payload/properties/endTime"


def _body(start: float, end: float | None) -> Json:
    body: dict[str, Json] = {"playbackId": "eaw4nk06ts2d0mzb", "startTime": start}
    return body if end is None else {**body, "endTime": end}


def _rule(id: str, sentence: str, document: str, status: int | None, *broken: Json) -> ProseRule:
    return ProseRule(id, "createClip", sentence, document, broken, status)


PROSE: Final = (
    _rule(
        "end-not-after-start",
        "endTime is after startTime",
        _END,
        422,
        _body(1587667174725, 1587667174725),
        _body(1587667174725, 1587667174724),
        _body(1587667204725, 1587667174725),
        _body(1, 0),
    ),
    _rule(
        "seconds",
        "times are in milliseconds, not in seconds",
        _START,
        None,
        _body(1587667174, 1587667204),
    ),
    _rule("negative", "times are not negative", _START, None, _body(-5, -1), _body(-1, 1587667204725)),
    _rule(
        "fraction",
        "times are whole milliseconds",
        _START,
        None,
        _body(1587667174725.5, 1587667204725),
        _body(1587667174725, 1587667204725.25),
    ),
    _rule(
        "no-end", "a clip has an end: without endTime it fails in processing", _END, None, _body(1587667174725, None)
    ),
)
