"""Which stretch of a recording a clip's times mean, and which of them are refused once the work begins.

createClip takes any numbers; the program that makes clips (Catalyst) is the one to complain, and its words end up in
the task's `errorMessage`.
"""

from __future__ import annotations

from typing import Final

from mockserver.core.text import Json, Record

# Times in this range are taken for seconds.
_SECONDS: Final = range(1_000_000_000, 10_000_000_000)
_INT64: Final = range(-(2**63), 2**63)


def decodable(value: Json) -> bool:
    """Whether a time fits the 64-bit integer it is decoded into."""
    return isinstance(value, int) and value in _INT64


def rejection(start: int, end: int) -> str | None:
    """The message for times that are refused whatever the recording; None for all others. First match wins.

    The words for start and end in the wrong order are themselves in the wrong order; they are the provider's.
    """
    detail = _detail(start, end)
    if detail is None:
        return None
    body = '{\\"error\\":\\"Invalid Clipping Request\\",\\"error_detail\\":\\"' + detail + '\\"}\\n'
    return f'input error on catalyst request: http status 400 Bad Request: "{body}"'


def _detail(start: int, end: int) -> str | None:
    if start < 0 or end < 0:
        name, time = ("start", start) if start < 0 else ("end", end)
        return f"clip {name} time {time} cannot be less than 0"
    if start in _SECONDS or end in _SECONDS:
        name, time = ("start", start) if start in _SECONDS else ("end", end)
        return f"clip {name} time {time} is in unix seconds, but should be milliseconds"
    if start == end:
        return f"clip start time and end time were both {start} but should be different"
    if start > end:
        return f"clip start time {start} should be after end time {end}"
    return None


def window(start: int, end: int, recording: Record | None, now: int) -> tuple[int, int] | None:
    """The stretch that can be cut, in Unix ms: what lies before or after the recording is left out.

    None when nothing of it was recorded, or there is no recording. `recording` is `{"start", "end"}`, its end None
    while it goes on.
    """
    if recording is None:
        return None
    last = now if recording["end"] is None else recording["end"]
    first, until = max(start, recording["start"]), min(end, last)
    return (first, until) if first < until else None
