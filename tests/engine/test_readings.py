from __future__ import annotations

from mockserver.engine.readings import refuse, settle
from tests.engine.tiny import READINGS


def test_a_later_layer_outdoes_an_earlier_one() -> None:
    assert settle("tiny", READINGS) == {"twice": "409"}
    assert settle("tiny", READINGS, {"tiny.twice": "201"}) == {"twice": "201"}
    assert settle("tiny", READINGS, {"tiny.twice": "201"}, {"tiny.twice": "409"}) == {"twice": "409"}


def test_other_providers_readings_are_left_out() -> None:
    assert settle("other", READINGS) == {}


def test_an_unknown_reading_is_refused_with_the_nearest() -> None:
    assert refuse({"tiny.twise": "201"}, READINGS) == (
        "tiny.twise",
        'no reading "tiny.twise"; did you mean "tiny.twice"? There are: tiny.twice',
    )


def test_an_unknown_option_is_refused_with_those_there_are() -> None:
    refused = refuse({"tiny.twice": "402"}, READINGS)
    assert refused is not None
    assert "201, 409 (reading tiny.twice)" in refused[1]


def test_what_can_be_chosen_is_not_refused() -> None:
    assert refuse({"tiny.twice": "201"}, READINGS) is None
