"""What is written as YAML reads back as the same value."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.contract.document import effective
from mockserver.contract.yaml_out import dump_yaml
from mockserver.contract.yaml_text import load_yaml
from mockserver.core.text import Json

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
TRICKY = st.sampled_from(
    ["yes", "1e3", "0o17", ".5", "1_000", "12:30", "2026-11-22", "~", "null", "", " a", "a\n", "\n"]
)
VALUES: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS | TRICKY,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS | TRICKY, inner, max_size=4),
)


@given(VALUES)
def test_every_value_reads_back_as_itself(value: Json) -> None:
    assert load_yaml(dump_yaml({"value": value}), "test").value["value"] == value


@pytest.mark.parametrize("provider", ["livepeer", "restream"])
def test_the_effective_document_reads_back_as_itself(provider: str) -> None:
    document = effective(provider).value
    assert load_yaml(dump_yaml(document), "test").value == document


def test_a_text_of_several_lines_is_a_block() -> None:
    assert dump_yaml({"about": "one\ntwo\n"}) == "about: |\n  one\n  two\n"


def test_a_value_used_twice_is_written_twice() -> None:
    shared = {"a": 1}
    assert dump_yaml([shared, shared]) == "- a: 1\n- a: 1\n"
