"""Which times are refused once the work begins, and which stretch the others mean."""

from __future__ import annotations

import pytest

from mockserver.core.text import Json, Record
from mockserver.providers.livepeer.times import decodable, rejection, window


def quoted(detail: str) -> str:
    body = '{\\"error\\":\\"Invalid Clipping Request\\",\\"error_detail\\":\\"' + detail + '\\"}\\n'
    return f'input error on catalyst request: http status 400 Bad Request: "{body}"'


@pytest.mark.parametrize(
    ("start", "end", "detail"),
    [
        (0, 0, "clip start time and end time were both 0 but should be different"),
        (-1, 0, "clip start time -1 cannot be less than 0"),
        (-1, -1, "clip start time -1 cannot be less than 0"),
        (0, -1, "clip end time -1 cannot be less than 0"),
        (123123123123, 1, "clip start time 123123123123 should be after end time 1"),
        (1722005308, 1722005309, "clip start time 1722005308 is in unix seconds, but should be milliseconds"),
        (1722005308000, 1722005309, "clip end time 1722005309 is in unix seconds, but should be milliseconds"),
        (1000000000, 1, "clip start time 1000000000 is in unix seconds, but should be milliseconds"),
        (1, 9999999999, "clip end time 9999999999 is in unix seconds, but should be milliseconds"),
    ],
)
def test_the_first_rule_that_is_broken_is_told(start: int, end: int, detail: str) -> None:
    assert rejection(start, end) == quoted(detail)


@pytest.mark.parametrize(("start", "end"), [(1, 999_999_999), (10_000_000_000, 10_000_000_001), (0, 1)])
def test_all_others_are_taken(start: int, end: int) -> None:
    assert rejection(start, end) is None


@pytest.mark.parametrize(("value", "fits"), [(1, True), (-(2**63), True), (2**63, False), (0.5, False), (1e30, False)])
def test_a_time_has_to_fit_64_bits(value: Json, fits: bool) -> None:
    assert decodable(value) is fits


RECORDED = {"start": 1000, "end": 2000}


@pytest.mark.parametrize(
    ("start", "end", "recording", "found"),
    [
        (1200, 1800, RECORDED, (1200, 1800)),
        (500, 1500, RECORDED, (1000, 1500)),
        (1500, 2500, RECORDED, (1500, 2000)),
        (0, 9000, RECORDED, (1000, 2000)),
        (2000, 3000, RECORDED, None),
        (100, 900, RECORDED, None),
        (1500, 9000, {"start": 1000, "end": None}, (1500, 5000)),
        (1500, 1800, None, None),
    ],
)
def test_what_was_not_recorded_is_left_out(
    start: int, end: int, recording: Record | None, found: tuple[int, int] | None
) -> None:
    assert window(start, end, recording, 5000) == found
