"""Readings files."""

from __future__ import annotations

import pytest

from mockserver.contract.readings import load_readings, parse_readings
from mockserver.contract.yaml_text import load_yaml
from mockserver.errors import DocumentError

GOOD = """
readings:
  hash:
    question: What is it?
    options:
      null: nothing
      list: a list
    default: "null"
    evidence: inferred
    because: We looked.
"""


def refusal(text: str) -> str:
    with pytest.raises(DocumentError) as caught:
        parse_readings("livepeer", load_yaml(text, "readings.yaml"))
    return str(caught.value)


def test_a_reading_is_read() -> None:
    (reading,) = parse_readings("livepeer", load_yaml(GOOD, "readings.yaml"))
    assert reading.full_name == "livepeer.hash"
    assert dict(reading.options) == {"null": "nothing", "list": "a list"}
    assert (reading.default, reading.evidence) == ("null", "inferred")


@pytest.mark.parametrize("provider", ["livepeer", "restream"])
def test_the_readings_that_come_with_us_can_be_read(provider: str) -> None:
    readings = load_readings(provider)
    assert readings
    assert all(reading.default in reading.options and reading.question.endswith("?") for reading in readings)


def test_every_response_that_breaks_livepeer_s_document_can_be_had_its_way() -> None:
    strict = {reading.name for reading in load_readings("livepeer") if "strict-document" in reading.options}
    assert strict == {"clip-lists", "task", "admin-clip", "session", "webhook"}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("readings:", "reading:", "2: `readings` must map names to readings"),
        ('default: "null"', "default: null", "8: `default` must be text, not `None`"),
        ('default: "null"', "default: nothing", "8: `nothing` is no option of `hash`. Options are null, list"),
        ("evidence: inferred", "evidence: guessed", "9: `guessed` is no sort of evidence"),
        ("because: We looked.", "", "the reading `hash` has no `because`"),
        ("because: We looked.", "because: ''", "10: `because` must be text"),
        ("because: We", "reason: x\n    because: We", "10: unknown key `reason` in `hash`"),
        ("      list: a list\n", "", "`hash` needs at least two options"),
        ("null: nothing", "null: [1]", "6: `null` must be text"),
    ],
)
def test_a_bad_reading_is_refused_with_its_line(old: str, new: str, said: str) -> None:
    assert said in refusal(GOOD.replace(old, new))


def test_a_reading_that_is_no_mapping_is_refused() -> None:
    assert "readings.yaml:2: the reading `hash` must be a mapping" in refusal("readings:\n  hash: 1\n")
