"""How a run is going to go, worked out when it is accepted: which clips it will find, and when each comes.

Counts and times are our invention within what is documented (highlights picked by an AI; a few minutes; clips that come
one by one) and what the samples show (a clip of 58 s; six minutes from call to clip).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from mockserver.core.chance import Chance
from mockserver.core.text import as_javascript

Seconds = int | float

FIRST_CLIP: Final = 60_000
LAST_CLIP_BEFORE_END: Final = 5_000
SHORTEST_HIGHLIGHT, LONGEST_HIGHLIGHT = 15, 90
MOST_HIGHLIGHTS: Final = 20


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a video, in seconds from its beginning, as the client spelled them."""

    start: Seconds
    end: Seconds

    @property
    def length(self) -> Decimal:
        """Exact, so that 10.3 to 20.3 is ten seconds although doubles say otherwise."""
        return Decimal(repr(self.end)) - Decimal(repr(self.start))


@dataclass(frozen=True, slots=True)
class Plan:
    """`clips` are [offset, start, end]: after so many ms of life a clip from start to end. `ends` ends the run."""

    clips: tuple[tuple[int, Seconds, Seconds], ...]
    ends: int

    def cut_to(self, most: int) -> Plan:
        return Plan(self.clips[:most], self.ends)

    def until(self, part: float) -> Plan:
        """What comes before so many per cent of it are over, and its end then."""
        ends = round(self.ends * part / 100)
        return Plan(tuple(clip for clip in self.clips if clip[0] <= ends), ends)

    def lasting(self, times: float) -> Plan:
        """The same in so many times the time."""
        if times == 1:
            return self
        clips = tuple((round(at * times), start, end) for at, start, end in self.clips)
        return Plan(clips, round(self.ends * times))


def plan_single(span: Span) -> Plan:
    """One clip that is the span; one to two minutes."""
    ends = FIRST_CLIP + min(int(span.length * 100), FIRST_CLIP)
    return Plan(((ends - LAST_CLIP_BEFORE_END, as_javascript(span.start), as_javascript(span.end)),), ends)


def plan_highlights(span: Span, chance: Chance) -> Plan:
    """One clip for every three to five minutes, at least one and at most twenty; two to ten minutes."""
    spans = _highlights(span, chance)
    ends = 120_000 + min(int(span.length * 70), 480_000)
    return Plan(tuple((at, *span) for at, span in zip(_arrivals(len(spans), ends), spans, strict=True)), ends)


def plan_nothing(span: Span) -> Plan:
    """As long as highlights would take, and none."""
    return Plan((), 120_000 + min(int(span.length * 70), 480_000))


def _arrivals(count: int, ends: int) -> list[int]:
    last = ends - LAST_CLIP_BEFORE_END
    if count == 1:
        return [last]
    return [FIRST_CLIP + (last - FIRST_CLIP) * index // (count - 1) for index in range(count)]


def _highlights(span: Span, chance: Chance) -> list[tuple[Seconds, Seconds]]:
    """Whole seconds, in order, none over another: one in each of as many equal parts."""
    low, high = math.ceil(span.start), math.floor(span.end)
    if high - low < SHORTEST_HIGHLIGHT:
        return [(as_javascript(span.start), as_javascript(span.end))]
    count = min(max((high - low) // chance.between(180, 300), 1), MOST_HIGHLIGHTS)
    part = (high - low) // count
    spans: list[tuple[Seconds, Seconds]] = []
    for index in range(count):
        length = min(part, SHORTEST_HIGHLIGHT + chance.below(38) + chance.below(LONGEST_HIGHLIGHT - 51))
        start = low + index * part + chance.below(part - length + 1)
        spans.append((start, start + length))
    return spans
