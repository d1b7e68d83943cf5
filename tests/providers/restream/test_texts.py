"""Errors, instants and words: what this provider writes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.core.chance import Chance
from mockserver.providers.restream.errors import snake_case
from mockserver.providers.restream.instants import instant, iso, month
from mockserver.providers.restream.words import draw_words


@pytest.mark.parametrize(
    ("identifier", "name"),
    [
        ("StorageFileNotFound", "storage_file_not_found"),
        ("StudioQrCodeNotFound", "studio_qr_code_not_found"),
        ("NotFound", "not_found"),
        ("EventTitleTooLong", "event_title_too_long"),
        ("ClipsInputAlreadyProcessed", "clips_input_already_processed"),
    ],
)
def test_the_name_of_an_error_is_its_identifier_in_snake_case(identifier: str, name: str) -> None:
    assert snake_case(identifier) == name


@given(st.integers(0, 253_402_300_799_999))
def test_an_instant_is_read_as_it_was_written(at: int) -> None:
    assert instant(iso(at)) == at


def test_instants_are_written_as_in_the_documentation() -> None:
    assert iso(1_769_615_430_420) == "2026-01-28T15:50:30.420Z"


def test_a_clock_beyond_the_last_year_stays_in_it() -> None:
    assert iso(10**18) == "9999-12-31T23:59:59.999Z"
    assert month(10**18) == 9999 * 12 + 11


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01", "2026-01-28T25:00:00Z"])
def test_what_is_no_instant_is_none(text: str) -> None:
    assert instant(text) is None


def test_a_month_ends_at_its_last_millisecond() -> None:
    last = instant("2026-01-31T23:59:59.999Z")
    assert last is not None
    assert month(last) + 1 == month(last + 1)


@given(st.integers(0, 2**64))
def test_words_are_of_a_length_people_read_and_scores_are_scores(seed: int) -> None:
    words = draw_words(Chance.of(seed), silent=False)
    assert 12 <= len(words.name) <= 80
    assert 0 <= words.score <= 100
    assert words.name[0].isupper()
    assert words.transcript.endswith(".")
    assert words.explanation.endswith(".")


def test_most_scores_are_high() -> None:
    scores = sorted(draw_words(Chance.of(seed), silent=False).score for seed in range(300))
    assert scores[60] >= 60
    assert scores[0] < 60


def test_a_silent_video_has_no_transcript() -> None:
    assert draw_words(Chance.of(0), silent=True).transcript == ""
