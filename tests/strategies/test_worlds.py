from __future__ import annotations

import pytest
from hypothesis.errors import InvalidArgument

from mockserver.contract.yaml_text import load_yaml
from mockserver.core.text import dump
from mockserver.engine.documents import read_world
from mockserver.providers import registry
from mockserver.strategies import worlds
from tests.strategies.drawing import each, least, some

PROVIDERS = ("livepeer", "restream")


@pytest.mark.parametrize("name", PROVIDERS)
def test_a_section_is_one_that_a_world_document_may_have(name: str) -> None:
    (provider,) = registry.find([name])

    def look(section: object) -> None:
        text = dump({name: section})
        load_yaml(text, "drawn.yaml")
        read_world(text, "drawn.yaml", "drawn", providers=[provider], installed=registry.names, readings=())

    each(worlds(name), look, 25)


def test_worlds_shrink_to_what_is_required() -> None:
    assert least(worlds("restream")) == {}
    assert least(worlds("livepeer")).keys() == {"users", "keys"}


def test_worlds_have_every_part() -> None:
    assert {"accounts", "keys", "files", "projects"} <= {
        part for world in some(worlds("restream"), 80) for part in world
    }


def test_a_provider_there_is_not_is_refused_with_the_nearest() -> None:
    with pytest.raises(InvalidArgument, match='did you mean "restream"'):
        least(worlds("restreem"))
