from __future__ import annotations

import pytest

from mockserver.core.chance import Chance
from mockserver.core.provider import Moment
from mockserver.engine.documents import Seed, WorldDocument, read_world
from mockserver.errors import WorldError
from tests.engine.tiny import READINGS, provider


def read(text: str) -> WorldDocument:
    return read_world(
        text, "my.yaml", "my", providers=[provider()], installed=lambda: ["tiny", "other"], readings=READINGS
    )


def refused(text: str) -> list[str]:
    with pytest.raises(WorldError) as caught:
        read(text)
    return str(caught.value).splitlines()


def test_a_document_has_sections_and_readings() -> None:
    document = read("about: mine\nreadings: {tiny.twice: '201'}\ntiny:\n  keys: [k]\nother: {anything: 1}\n")
    assert document.section("tiny") == {"keys": ["k"]}
    assert document.section("third") is None
    assert document.readings == {"tiny.twice": "201"}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("tiny:\n  kees: [k]\n", 'my.yaml:2: /tiny/kees: no field "kees"; did you mean "keys"? There are: keys, notes'),
        ("tiny:\n  notes:\n    - id: a\n    - text: b\n", 'my.yaml:4: /tiny/notes/1: "id" is a required property'),
        ("tiny:\n  notes:\n    - {id: 5}\n", 'my.yaml:3: /tiny/notes/0/id: 5 is not of type "string"'),
        (
            "tiny:\n  notes:\n    - id: a\n      texd: b\n",
            'my.yaml:4: /tiny/notes/0/texd: no field "texd"; did you mean "text"? There are: ago, id, text',
        ),
        (
            "about: x\ntinny: {}\n",
            'my.yaml:2: /tinny: no part of a world document "tinny"; did you mean "tiny"?'
            " There are: about, other, readings, tiny",
        ),
        ("about: [x]\n", "my.yaml:1: /about: expected a text, got `['x']`"),
        ("tiny: 5\n", "my.yaml:1: /tiny: expected a mapping, got `5`"),
        ("- tiny\n", "my.yaml:1: /: expected a mapping with tiny, got `['tiny']`"),
        (
            "readings:\n  tiny.twise: '201'\n",
            'my.yaml:2: /readings/tiny.twise: no reading "tiny.twise"; did you mean "tiny.twice"?'
            " There are: tiny.twice",
        ),
        (
            "readings:\n  tiny.twice: '202'\n",
            'my.yaml:2: /readings/tiny.twice: no option "202"; did you mean "201"? There are: 201, 409'
            " (reading tiny.twice)",
        ),
    ],
)
def test_what_is_wrong_is_named_with_file_line_field_and_remedy(text: str, sentence: str) -> None:
    assert refused(text) == [sentence]


def test_all_that_is_wrong_is_said_at_once() -> None:
    assert len(refused("tiny:\n  kees: []\n  notes: 5\nreadings: {tiny.nix: a}\n")) == 3


def test_a_hundred_errors_are_not_all_listed() -> None:
    lines = refused("tiny: {notes: [" + "5, " * 100 + "]}\n")
    assert len(lines) == 13
    assert lines[-1] == "my.yaml:1: /tiny: and 88 more like these"


def test_text_that_is_not_yaml_is_an_error_with_its_line() -> None:
    assert refused("tiny:\n  - a\n b: [\n")[0].startswith("my.yaml:")


def test_an_error_the_provider_finds_is_named_with_its_line() -> None:
    document = read("tiny:\n  notes:\n    - id: good\n    - id: bad\n")
    seed = Seed(provider(), document, document.section("tiny") or {})
    with pytest.raises(WorldError, match=r"^my.yaml:4: /tiny/notes/1/id: bad is no id$"):
        seed.changes("my", Moment(0, Chance.of(0)))
