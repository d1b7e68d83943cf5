"""Rules of createClipProject that the document tells in words alone. Bodies are about files of the default world."""

from __future__ import annotations

from typing import Final

from mockserver.core.provider import ProseRule
from mockserver.core.text import Json
from mockserver.providers.restream.wishes import LONGEST_SINGLE, SHORTEST

_HOUR: Final = "a1b2c3d4-e5f6-7890-abcd-ef1234567890"
_TOO_SHORT: Final = "00009999-0000-4000-8000-000000000000"
_TOO_LONG_FOR_ONE: Final = "00600001-0000-4000-8000-000000000000"
_RANGE: Final = "/components/schemas/TimeRange/description"
_SINGLE: Final = "/components/schemas/CreateClipProject/properties/singleClipMode/description"


def _body(start: float | None = None, end: float | None = None, file: str = _HOUR, **more: Json) -> Json:
    body: dict[str, Json] = {"sourceType": "VideoStorageFile", "videoStorageFileId": file, **more}
    if start is not None:
        body["selectedTimeRange"] = {"startOffsetSeconds": start, "endOffsetSeconds": end}
    return body


def _rule(id: str, sentence: str, document: str, *broken: Json) -> ProseRule:
    return ProseRule(id, "createClipProject", sentence, document, broken, 400)


PROSE: Final = (
    _rule(
        "range-too-short",
        f"a range is at least {SHORTEST} s long",
        _RANGE,
        _body(0, 9),
        _body(10, 19.999),
        _body(300, 300.001),
    ),
    _rule("range-empty", "a range ends after it starts", _RANGE, _body(60, 60)),
    _rule("range-reversed", "a range ends after it starts", _RANGE, _body(60, 30), _body(3600, 0.5)),
    _rule(
        "range-beyond-file",
        "a range ends within the file",
        _RANGE,
        _body(0, 3600.001),
        _body(3600, 3660),
        _body(0, 1e9),
    ),
    _rule("file-too-short", f"a file is at least {SHORTEST} s long", _RANGE, _body(file=_TOO_SHORT)),
    _rule(
        "single-clip-too-long",
        f"a single clip is at most {LONGEST_SINGLE} s long",
        _SINGLE,
        _body(0, 600.001, singleClipMode=True),
        _body(0, 3600, singleClipMode=True),
        _body(file=_TOO_LONG_FOR_ONE, singleClipMode=True),
    ),
)
