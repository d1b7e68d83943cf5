"""Whatever is asked, the control API answers as its document says, and never with a bug of its own."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockserver.control.control import Control
from mockserver.control.document import described
from mockserver.core.contract import Operation
from mockserver.core.text import Json
from tests.control.asking import ask, served

OPERATIONS = list(described().contract.operations.values())
# What people and programs send, and what nobody should.
WORDS = st.sampled_from(
    [
        *(
            "livepeer",
            "restream",
            "default",
            "test_me",
            "test_you+role",
            "go-live",
            "set-quota",
            "retry-storm",
            "before",
        ),
        *("1", "0", "-1", "99999999999999999999", "..", "../..", "%", "é", "\x00", " ", "a" * 300, "5m", "inf", "nan"),
    ]
)
NAMES = st.sampled_from(
    [
        *(
            "provider",
            "name",
            "from",
            "document",
            "overrides",
            "readings",
            "at",
            "frozen",
            "pace",
            "replace",
            "by",
            "to",
        ),
        *(
            "snapshot",
            "stream",
            "quota",
            "calls",
            "turns",
            "status",
            "delay",
            "code",
            "ms",
            "operation",
            "path",
            "body",
        ),
        *("headers", "since", "limit", "usage-limit", "livepeer", "restream", "accounts", "*", "", "é"),
    ]
)
NUMBERS = st.sampled_from([0, 1, -1, 503, 1.5, 10**9, 10**20, 1_795_348_400_000])
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, WORDS, st.text(max_size=5)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=8,
)


@pytest.fixture(scope="module")
def driven() -> Control:
    return served("livepeer", "restream")


@st.composite
def calls(draw: st.DrawFn) -> tuple[Operation, str, str, Json]:
    """An operation with its path filled in, a query and a body (None for none)."""
    operation = draw(st.sampled_from(OPERATIONS))
    path = re.sub(r"\{\w+\}", lambda _: quote(draw(WORDS), safe=""), operation.path.removeprefix("/__admin"))
    query = draw(
        st.sampled_from(["", "", "since=0", "limit=1", "limit=x", "format=jsonl", "party=client", "é=1", "&&="])
    )
    body = draw(st.one_of(st.dictionaries(NAMES, VALUES, max_size=5), VALUES))
    return operation, path, query, None if operation.method in ("GET", "DELETE") else body


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(call=calls())
def test_no_call_finds_a_bug(driven: Control, call: tuple[Operation, str, str, Json]) -> None:
    operation, path, query, body = call
    reply = ask(driven, operation.method, path, body, query=query)
    assert reply.status < 500, reply.body
    assert driven.desk.state == "ready"
