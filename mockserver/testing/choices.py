"""Every reading of the unclear sentences, one at a time or two: what a test is to be run under."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from mockserver.contract.readings import load_readings
from mockserver.core.reading import Reading
from mockserver.errors import UsageError, unknown
from mockserver.providers import registry

Choice = dict[str, str]


def choices(names: tuple[str, ...], *, pairs: bool = False) -> Iterator[Choice]:
    """The defaults, then each other option alone, then with `pairs` each two of different readings.

    `names` are providers (`restream`) or readings (`restream.usage-limit`). Raises UsageError with the nearest name.
    """
    found = list(_readings(names))
    yield {}
    others = [
        [(reading.full_name, option) for option in reading.options if option != reading.default] for reading in found
    ]
    yield from ({name: option} for each in others for name, option in each)
    if pairs:
        for one, other in combinations(others, 2):
            yield from (dict((first, second)) for first in one for second in other)


def spelled(choice: Choice) -> str:
    """`restream.usage-limit=402`, or `defaults`."""
    return ",".join(f"{name}={option}" for name, option in choice.items()) or "defaults"


def _readings(names: tuple[str, ...]) -> Iterator[Reading]:
    providers = {provider.name: provider for provider in registry.find(registry.names())}
    known = {
        reading.full_name: reading
        for provider in providers.values()
        for reading in load_readings(provider.name, provider.specs)
    }
    for name in names or tuple(providers):
        if name in providers:
            yield from (reading for reading in known.values() if reading.provider == name)
        elif name in known:
            yield known[name]
        else:
            raise UsageError(unknown("provider or reading", name, [*providers, *known]))
