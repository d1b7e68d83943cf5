"""Which option of each reading holds in a world.

The default holds, unless the world document says otherwise, unless the server's `--reading` does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mockserver.core.reading import Reading
from mockserver.errors import unknown


def refuse(choices: Mapping[str, str], known: Iterable[Reading]) -> tuple[str, str] | None:
    """The first choice that can't be made, as (full name, why with the nearest name); None if all can."""
    readings = {reading.full_name: reading for reading in known}
    for name, option in choices.items():
        if name not in readings:
            return name, unknown("reading", name, readings)
        if option not in readings[name].options:
            return name, f"{unknown('option', str(option), readings[name].options)} (reading {name})"
    return None


def settle(provider: str, known: Iterable[Reading], *layers: Mapping[str, str]) -> dict[str, str]:
    """Name without prefix to option, for one provider; a later layer outdoes an earlier one."""
    return {
        reading.name: next(
            (layer[reading.full_name] for layer in reversed(layers) if reading.full_name in layer), reading.default
        )
        for reading in known
        if reading.provider == provider
    }
