"""What is told to another server is what was remembered, to the last octet."""

from __future__ import annotations

from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from mockserver.core.delivery import Answered, Attempt, Delivery, Failure, Sending, Spoiling, State
from mockserver.core.http import Headers, Reply, Request
from mockserver.core.text import Json
from mockserver.core.violation import Party, Place, Violation
from mockserver.core.world import WorldId
from mockserver.engine.carried import entry_of, entry_record, posted_of, posted_record
from mockserver.engine.journal import Entry
from mockserver.engine.outbox import Posted
from mockserver.stores.rows import read, written

# Octets of a header that are no UTF-8 come as lone surrogates.
TEXT = st.text(
    st.characters() | st.characters(min_codepoint=0xDC80, max_codepoint=0xDCFF, categories=["Cs"]), max_size=9
)
COUNT = st.integers(0, 2**53)
HEADERS = st.lists(st.tuples(TEXT, TEXT), max_size=3).map(Headers.of)
BODY = st.binary(max_size=20)
VALUE: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)
VIOLATION = st.builds(
    Violation,
    party=st.sampled_from(get_args(Party)),
    place=st.sampled_from(get_args(Place)),
    operation=st.none() | TEXT,
    detail=st.dictionaries(TEXT, VALUE, max_size=3),
    **dict.fromkeys(("code", "pointer", "rule", "document", "expected", "got", "remedy"), TEXT),
)
ENTRY = st.builds(
    Entry,
    serial=COUNT,
    at=COUNT,
    provider=TEXT,
    world=TEXT,
    operation=st.none() | TEXT,
    request=st.builds(Request, TEXT, TEXT, TEXT, HEADERS, BODY, st.booleans(), TEXT),
    reply=st.builds(Reply, st.integers(0, 999), HEADERS, BODY),
    violations=st.lists(VIOLATION, max_size=2).map(tuple),
    microseconds=COUNT,
    fault=st.none() | TEXT,
)
ANSWERED = st.builds(
    Answered,
    status=st.none() | st.integers(100, 599),
    reason=TEXT,
    headers=HEADERS,
    body=BODY,
    cut=st.booleans(),
    failure=st.none() | st.sampled_from(get_args(Failure)),
    error=st.none() | TEXT,
    microseconds=COUNT,
)
ATTEMPT = st.builds(Attempt, COUNT, st.builds(Sending, TEXT, TEXT, HEADERS, BODY), ANSWERED)
DELIVERY = st.builds(
    Delivery,
    **dict.fromkeys(("id", "event", "webhook", "url"), TEXT),
    at=COUNT,
    due=COUNT,
    content=VALUE,
    attempts=st.lists(ATTEMPT, max_size=2).map(tuple),
    state=st.sampled_from(get_args(State)),
    spoiling=st.builds(Spoiling, st.booleans(), COUNT, st.booleans()),
    faults=st.lists(TEXT, max_size=2).map(tuple),
)


@given(ENTRY)
def test_an_entry_comes_as_it_was(entry: Entry) -> None:
    assert entry_of(read(written(entry_record(entry)))) == entry


@given(st.builds(Posted, COUNT, st.builds(WorldId, TEXT, TEXT), DELIVERY))
def test_a_delivery_comes_as_it_was(posted: Posted) -> None:
    assert posted_of(read(written(posted_record(posted)))) == posted
