"""Every option of every reading does what it says."""

from __future__ import annotations

import pytest

from mockserver.contract.readings import load_readings
from mockserver.providers.restream.readings import DEFAULTS
from tests.providers.restream.desk import Desk
from tests.providers.restream.scenes import SCENES


@pytest.mark.parametrize(
    ("name", "option"), [(name, option) for name, scene in SCENES.items() for option in scene.seen]
)
def test_an_option_of_a_reading_does_what_it_says(name: str, option: str) -> None:
    scene = SCENES[name]
    assert scene.play(Desk(readings={name: option})) == scene.seen[option]


@pytest.mark.parametrize("name", SCENES)
def test_without_a_choice_the_default_of_a_reading_holds(name: str) -> None:
    scene = SCENES[name]
    assert scene.play(Desk()) == scene.seen[DEFAULTS[name]]


def test_every_reading_has_a_scene_with_every_option_of_it() -> None:
    assert {reading.name: set(reading.options) for reading in load_readings("restream")} == {
        name: set(scene.seen) for name, scene in SCENES.items()
    }


def test_the_code_and_the_file_have_the_same_defaults() -> None:
    assert {reading.name: reading.default for reading in load_readings("restream")} == DEFAULTS
