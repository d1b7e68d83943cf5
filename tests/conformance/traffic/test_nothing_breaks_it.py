"""Whatever stands in a recording, reading and judging it ends with a report or an error of ours."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from mockserver.conformance import verify
from mockserver.core.text import Json
from mockserver.errors import MockserverError
from tests.conformance.traffic.making import LIVEPEER, asset, clipping, entry, line

VALUES: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["name", "code", "string"]), inner),
    max_leaves=4,
)
HAR = {
    "log": {"entries": [entry(f"{LIVEPEER}/api/asset", "POST", 200, "[]", body='{"a": 1}', _mockserver={"world": "w"})]}
}
LINE = line(
    "POST", "/api/clip", 200, {"task": {"id": "t"}, "asset": asset("waiting", 1795347487803)}, {"playbackId": "a"}, at=1
)
CASSETTE = {
    "interactions": [
        {
            "request": {
                "method": "GET",
                "uri": f"{LIVEPEER}/api/asset",
                "body": {"string": ""},
                "headers": {"a": ["b"]},
            },
            "response": {"status": {"code": 200}, "headers": {"a": ["b"]}, "body": {"string": "[]"}},
            "recorded_at": "2026-11-22T11:50:00",
        }
    ]
}
PAGE = line("GET", "/v2/user/clips/projects?cursor=a", 200, {"projects": [], "pagination": {"nextCursor": "a"}})


def places(value: Json, here: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every place in a value but the top."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inner:
        yield (*here, key)
        yield from places(item, (*here, key))


def bent(value: Json, place: tuple[str | int, ...], other: Json) -> Json:
    """The value with something else at a place."""
    whole = copy.deepcopy(value)
    target = whole
    for part in place[:-1]:
        target = target[part]
    target[place[-1]] = other
    return whole


@pytest.mark.parametrize(
    ("provider", "recording"),
    [
        ("livepeer", HAR),
        ("livepeer", LINE),
        ("livepeer", CASSETTE),
        ("restream", PAGE),
        ("restream", clipping(201, {})),
    ],
    ids=["har", "line", "cassette", "page", "clipping"],
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_recording_with_anything_anywhere_is_judged(
    tmp_path: Path, provider: str, recording: Json, data: st.DataObject
) -> None:
    place, other = data.draw(st.sampled_from(list(places(recording)))), data.draw(VALUES)
    path = tmp_path / "traffic"
    path.write_text(json.dumps(bent(recording, place, other)) + "\n")
    try:
        report = verify(provider, path, path, against=[path])
    except MockserverError:
        return
    assert report.checks[0].calls >= 0


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(b"interactions: [", "vcr")
@example(b"interactions:\n- *nobody\n", "vcr")
@example(b"\x1f\x8b", None)
@example(b"[" * 3_000, "lines")
@example(b'[{"request": {"method": "A", "path": "/", "body": ' + b"[" * 2_000 + b"]" * 2_000 + b"}}]", "lines")
@example(b"interactions:\n- " + b"[" * 500, "vcr")
@given(text=st.binary(max_size=40), format=st.sampled_from([None, "har", "vcr", "journal", "lines"]))
def test_any_bytes_at_all_are_read_or_refused(tmp_path: Path, text: bytes, format: str | None) -> None:
    path = tmp_path / "traffic"
    path.write_bytes(text)
    try:
        report = verify("livepeer", path, format=format)
    except MockserverError:
        return
    assert report.checks[0].state == "broken"
