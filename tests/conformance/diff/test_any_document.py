"""Whatever a document says, it is compared, or refused with a reason: the diff has no other end."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import suppress

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockserver.conformance.diff import diff_report
from mockserver.conformance.reports import FORMATS, Sources, render
from mockserver.contract.document import effective
from mockserver.contract.places import Document, Mark
from mockserver.core.text import Json
from mockserver.errors import DocumentError
from tests.conformance.diff.cases import OLD

GONE = "gone"
STRANGE: tuple[Json, ...] = (
    GONE,
    None,
    True,
    0,
    -1.5,
    "",
    "x",
    [],
    {},
    [1],
    {"a": 1},
    {"$ref": "#/components/schemas/Item"},
)
# Which place of the document, counted through it, and what stands there instead.
TWISTS = st.lists(st.tuples(st.integers(0, 5_000), st.sampled_from(STRANGE)), min_size=1, max_size=4)


def twisted(document: Json, twists: list[tuple[int, Json]]) -> Json:
    document = copy.deepcopy(document)
    for number, value in twists:
        places = list(spots(document))
        if places:
            holder, key = places[number % len(places)]
            if value is GONE:
                del holder[key]
            else:
                holder[key] = copy.deepcopy(value)
    return document


def spots(value: Json) -> Iterator[tuple[Json, str | int]]:
    if isinstance(value, dict | list):
        for key in list(value) if isinstance(value, dict) else range(len(value)):
            yield value, key
            yield from spots(value[key])


def as_document(value: Json, name: str) -> Document:
    return Document(value, name, lambda: Mark(name, 1, 1))


@settings(max_examples=25, suppress_health_check=list(HealthCheck), deadline=None)
@given(st.sampled_from(("ours", "restream")), TWISTS, st.booleans(), st.sampled_from(sorted(FORMATS)))
def test_a_twisted_document_is_compared_or_refused(
    which: str, twists: list[tuple[int, Json]], backwards: bool, form: str
) -> None:
    old = OLD if which == "ours" else effective(which).value
    pair = (as_document(old, "old.yaml"), as_document(twisted(old, twists), "new.yaml"))
    before, after = reversed(pair) if backwards else pair
    with suppress(DocumentError):
        render(diff_report(before, after), form, Sources(after, before))
