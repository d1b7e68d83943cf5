from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from mockserver.errors import UsageError
from mockserver.providers import registry


def test_providers_are_found_by_name_in_the_order_asked_for() -> None:
    assert [provider.name for provider in registry.find(["restream", "livepeer", "restream"])] == [
        "restream",
        "livepeer",
    ]


def test_an_unknown_provider_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(UsageError, match='no provider "restreem"; did you mean "restream"'):
        registry.find(["restreem"])


def test_those_that_come_with_it_are_the_entry_points_of_the_project() -> None:
    project = tomllib.loads((Path(registry.__file__).parents[2] / "pyproject.toml").read_text())
    assert project["project"]["entry-points"][registry.GROUP] == registry._BUILT_IN


class Point:
    """An entry point of some other package."""

    def __init__(self, name: str, value: object) -> None:
        self.name = name
        self.value = "elsewhere:provider"
        self._value = value

    def load(self) -> object:
        if isinstance(self._value, Exception):
            raise self._value
        return self._value


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("no provider", r"must be a mockserver\.core\.provider\.Provider named mine"),
        (ImportError("no module named elsewhere"), "can't be imported from elsewhere:provider: ImportError"),
    ],
)
def test_an_entry_point_that_is_no_provider_is_refused(
    value: object, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "_entry_points", lambda: iter([Point("mine", value)]))
    with pytest.raises(UsageError, match=said):
        registry.find(["mine"])


def test_a_provider_of_another_package_is_found_like_our_own(monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.engine.tiny import PROVIDER

    monkeypatch.setattr(registry, "_entry_points", lambda: iter([Point("tiny", PROVIDER)]))
    assert registry.find(["tiny"]) == [PROVIDER]
    assert registry.names() == ["livepeer", "restream", "tiny"]
