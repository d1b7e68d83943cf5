from __future__ import annotations

import re

import pytest

from mockserver.strategies.source import FULLEST, LEAST, ecma, least_text, text_like

UUID = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$"
PATTERNS = (
    UUID,
    "^(srt|rtmps?)://",
    "^[a-z]+(_[a-z]+)*$",
    r"^\d{3,5}\s\w?$",
    "^[^a-z]{2}$",
    "(?:x|y)z*",
    "a.c",
    '^W/".*"$',
)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_texts_match_their_pattern(pattern: str) -> None:
    compiled = re.compile(ecma(pattern), re.ASCII)
    assert all(compiled.search(text_like(pattern, seed)) for seed in range(0, 10_000, 7))


def test_the_seed_0_gives_the_simplest() -> None:
    assert least_text(UUID) == "00000000-0000-0000-0000-000000000000"
    assert least_text("^(true|false|[0-9]+)$") == "true"


def test_other_seeds_give_other_texts() -> None:
    assert len({text_like(UUID, seed) for seed in range(1, 200)}) > 190


def test_a_pattern_nobody_can_read_gives_the_empty_text() -> None:
    assert least_text("(") == ""


@pytest.mark.parametrize(
    ("pattern", "python"),
    [("^a$", r"^a\Z"), (r"a\$", r"a\$"), ("[$]", "[$]"), (r"[\]$]$", r"[\]$]\Z"), ("a|b$", r"a|b\Z")],
)
def test_the_end_is_the_end_as_in_ecma_262(pattern: str, python: str) -> None:
    assert ecma(pattern) == python


def test_the_least_source_takes_the_first_and_the_fullest_the_last() -> None:
    assert (LEAST.index(5), FULLEST.index(5)) == (0, 4)
    assert LEAST.either("ab", None) == FULLEST.either("ab", None) == "a"
