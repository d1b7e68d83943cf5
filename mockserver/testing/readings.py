"""Which option of each unclear sentence holds in one world, as a mapping that can be changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping

from mockserver.core.text import Json


class WorldReadings(MutableMapping[str, str]):
    """`mock.readings["usage-limit"] = "402"`; names with or without the provider's prefix.

    Deleting one goes back to the server's own. `mockserver readings` tells what there is.
    """

    def __init__(self, provider: str, ask: Callable[..., Json]) -> None:
        self._prefix = f"{provider}."
        self._ask = ask

    def set(self, **options: str) -> None:
        """Several at once, their names with `_` for `-`: `mock.readings.set(usage_limit="402")`."""
        self._change({name.replace("_", "-"): option for name, option in options.items()})

    def __getitem__(self, name: str) -> str:
        return self._all()[name.removeprefix(self._prefix)]

    def __setitem__(self, name: str, option: str) -> None:
        self._change({name: option})

    def __delitem__(self, name: str) -> None:
        self._change({name: None})

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def __repr__(self) -> str:
        return f"<WorldReadings {self._all()}>"

    def _all(self) -> dict[str, str]:
        told = self._ask("GET", "readings", making=True)["readings"]
        return {name.removeprefix(self._prefix): option for name, option in told.items()}

    def _change(self, options: Mapping[str, str | None]) -> None:
        self._ask("PATCH", "readings", body=options)
