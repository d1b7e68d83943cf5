"""Whether a reply is the recorded one, but for the ids and times a run makes up.

Matching is the absence of a difference. A recorded id or time stands for one of ours, always the same one: it is
learned where it is first seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from mockserver.core.http import Reply
from mockserver.core.text import Json, parse
from tests.golden.exchanges import Recorded

# The shapes of what a server makes up; a recorded value only ever stands for one of the same shape.
MINTED: Final = {
    "uuid": re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"),
    "playback id": re.compile(r"[0-9a-f]{4}[0-9a-z]{12}"),
    "stream key": re.compile(r"[0-9a-f]{4}-[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}"),
    "token": re.compile(r"[0-9a-f]{40}"),
}
# What V8 says of text that is not JSON depends on its version; what stands before it does not.
PARSER_TEXT: Final = re.compile(r"(?:Unexpected |Expected |Unterminated |Bad |No number|Exponent )")
TIMES: Final = frozenset({"createdAt", "updatedAt", "scheduledAt", "timestamp", "lastSeen"})
# The recorded server took this long (ms) from one write of a call to the next; ours takes none.
SLACK: Final = 2_000


@dataclass(frozen=True, slots=True)
class Difference:
    """Where a reply is not the recorded one. `what`: status, body, order, or the name of a header."""

    n: int
    what: str
    pointer: str
    recorded: Json
    ours: Json

    def __str__(self) -> str:
        place = f"{self.what} {self.pointer}".rstrip()
        return f"n={self.n} {place}: recorded {_short(self.recorded)}, ours {_short(self.ours)}"


@dataclass(slots=True)
class Names:
    """What the recording's ids and instants are called in our run. `fixed` ids are the world's own: equal in both."""

    fixed: frozenset[str] = frozenset()
    ids: dict[str, str] = field(default_factory=dict)
    times: dict[int, int] = field(default_factory=dict)

    def bind(self, recorded: str, ours: str) -> None:
        self.ids[recorded] = ours

    def translate(self, text: str) -> str:
        """The text with every recorded id replaced by ours."""
        if not any(recorded in text for recorded in self.ids):
            return text
        pattern = "|".join(re.escape(recorded) for recorded in sorted(self.ids, key=len, reverse=True))
        return re.sub(pattern, lambda found: self.ids[found.group()], text)

    def learn(self, recorded: Json, ours: Json) -> None:
        """Walk two replies side by side and bind each made-up id that stands in the same place of both."""
        if isinstance(recorded, dict) and isinstance(ours, dict):
            for key in recorded.keys() & ours.keys():
                self.learn(recorded[key], ours[key])
        elif isinstance(recorded, list) and isinstance(ours, list) and len(recorded) == len(ours):
            for one, other in zip(recorded, ours, strict=True):
                self.learn(one, other)
        elif isinstance(recorded, str) and isinstance(ours, str) and self._new(recorded, ours):
            self.bind(recorded, ours)

    def _new(self, recorded: str, ours: str) -> bool:
        taken = recorded in self.fixed or recorded in self.ids or ours in self.fixed or ours in self.ids.values()
        return not taken and any(form.fullmatch(recorded) and form.fullmatch(ours) for form in MINTED.values())

    def same_time(self, recorded: int, ours: int) -> bool:
        """Whether our instant may stand for the recorded one: always the same, in the same order, and near."""
        if recorded in self.times:
            return self.times[recorded] == ours
        in_order = all(mine <= ours if theirs < recorded else mine >= ours for theirs, mine in self.times.items())
        during_the_run = bool(self.times) and recorded >= min(self.times)
        near = not during_the_run or abs(recorded - ours) <= SLACK
        if in_order and near:
            self.times[recorded] = ours
        return in_order and near


def differences(n: int, recorded: Recorded, ours: Reply, names: Names, by_shape: tuple[str, ...]) -> list[Difference]:
    """Everything in which our reply is not the recorded one; empty when it matches. Learns new ids and times."""
    found: list[Difference] = []
    if recorded.status != ours.status:
        found.append(Difference(n, "status", "", recorded.status, ours.status))
    for header, value in recorded.headers.items():
        expected = names.translate(value) if value is not None else None
        if ours.header(header) != expected:
            found.append(Difference(n, header, "", expected, ours.header(header)))
    body = read_body(ours)
    names.learn(recorded.body, body)
    found.extend(Difference(n, *rest) for rest in _compare(recorded.body, body, "", names, by_shape))
    return found


def read_body(reply: Reply) -> Json:
    """A reply's body as a recording keeps it: parsed when it says it is JSON, else text."""
    if reply.body and (reply.header("content-type") or "").startswith("application/json"):
        return parse(reply.body)
    return reply.body.decode(errors="replace")


_Found = tuple[str, str, Json, Json]


def _compare(recorded: Json, ours: Json, pointer: str, names: Names, by_shape: tuple[str, ...]) -> Iterator[_Found]:
    if any(re.fullmatch(pattern.replace("*", "[^/]+"), pointer) for pattern in by_shape):
        if _type(recorded) != _type(ours) or (recorded and not ours and not isinstance(ours, int | float)):
            yield "body", pointer, recorded, ours
    elif isinstance(recorded, dict) and isinstance(ours, dict):
        yield from _compare_objects(recorded, ours, pointer, names, by_shape)
    elif isinstance(recorded, list) and isinstance(ours, list) and len(recorded) == len(ours):
        for index, (one, other) in enumerate(zip(recorded, ours, strict=True)):
            yield from _compare(one, other, f"{pointer}/{index}", names, by_shape)
    elif not _same(recorded, ours, pointer.rsplit("/", 1)[-1], names):
        expected = names.translate(recorded) if isinstance(recorded, str) else recorded
        yield "body", pointer, expected, ours


def _compare_objects(
    recorded: dict[str, Json], ours: dict[str, Json], pointer: str, names: Names, by_shape: tuple[str, ...]
) -> Iterator[_Found]:
    for key in recorded:
        if key in ours:
            yield from _compare(recorded[key], ours[key], f"{pointer}/{key}", names, by_shape)
        else:
            yield "body", f"{pointer}/{key}", recorded[key], "(absent)"
    for key in ours:
        if key not in recorded:
            yield "body", f"{pointer}/{key}", "(absent)", ours[key]
    common = [key for key in recorded if key in ours]
    mine = [key for key in ours if key in recorded]
    if common != mine:
        yield "order", pointer, common, mine


def _same(recorded: Json, ours: Json, key: str, names: Names) -> bool:
    if isinstance(recorded, str) and isinstance(ours, str):
        if key in TIMES and (theirs := _instant(recorded)) is not None and (mine := _instant(ours)) is not None:
            return names.same_time(theirs, mine)
        if (told := PARSER_TEXT.search(recorded)) and "JSON" in recorded:
            before = recorded[: told.start()]
            return ours.startswith(before) and len(ours) > len(before)
        return names.translate(recorded) == ours
    if key in TIMES and _type(recorded) == _type(ours) == "number" and recorded > 0:
        return names.same_time(recorded, ours)
    return _type(recorded) == _type(ours) and bool(recorded == ours)


def _instant(text: str) -> int | None:
    """An ISO instant with milliseconds and `Z`, in Unix ms; None for any other text."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", text):
        return None
    return round(datetime.fromisoformat(text).timestamp() * 1000)


def _type(value: Json) -> str:
    """The JSON type; 1 and 1.0 are both numbers, true is not."""
    if value is None or isinstance(value, bool):
        return "null" if value is None else "boolean"
    if isinstance(value, int | float):
        return "number"
    return "string" if isinstance(value, str) else "array" if isinstance(value, list) else "object"


def _short(value: Json) -> str:
    text = repr(value)
    return text if len(text) <= 300 else f"{text[:300]}…"
