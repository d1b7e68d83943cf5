"""Finds providers by name: the two that come with it, and any installed package's, through one entry point group."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Final

from mockserver.core.provider import Provider
from mockserver.errors import UsageError, unknown

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP: Final = "mockserver.providers"

# The same lines as in pyproject.toml: reading the metadata of every installed package takes longer than serving.
_BUILT_IN: Final = {
    "livepeer": "mockserver.providers.livepeer:provider",
    "restream": "mockserver.providers.restream:provider",
}


def names() -> list[str]:
    """Every provider there is, ours first."""
    return [*_BUILT_IN, *sorted({point.name for point in _entry_points()} - set(_BUILT_IN))]


def find(wanted: Iterable[str]) -> list[Provider]:
    """The providers of these names, each once, in this order. Raises UsageError naming the nearest."""
    return [_find(name) for name in dict.fromkeys(wanted)]


def _find(name: str) -> Provider:
    if name in _BUILT_IN:
        module, _, attribute = _BUILT_IN[name].partition(":")
        return _checked(name, getattr(import_module(module), attribute))
    for point in _entry_points():
        if point.name == name:
            return _checked(name, _load(point))
    raise UsageError(unknown("provider", name, names()))


def _load(point: EntryPoint) -> object:
    try:
        return point.load()
    except Exception as error:
        raise UsageError(
            f"the provider {point.name} can't be imported from {point.value}: {type(error).__name__}: {error}"
        ) from error


def _checked(name: str, found: object) -> Provider:
    if not isinstance(found, Provider) or found.name != name:
        raise UsageError(f"the entry point {name} in {GROUP} must be a mockserver.core.provider.Provider named {name}")
    return found


def _entry_points() -> Iterator[EntryPoint]:
    from importlib.metadata import entry_points

    yield from entry_points(group=GROUP)
