"""What a test expects to be called, and what to say when it was not."""

from __future__ import annotations

import json
from dataclasses import dataclass

from mockserver.core.text import Json
from mockserver.testing.calls import Calls, Wanted


@dataclass(frozen=True, slots=True)
class Expectation:
    """So many calls of an operation, as wanted: exactly `times`, or else from `at_least` to `at_most`."""

    operation: str | None
    wanted: Wanted
    times: int | None = None
    at_least: int = 1
    at_most: int | None = None

    def unmet(self, calls: Calls) -> str | None:
        """Why it is not met, with what came nearest; None if it is."""
        count = calls.count(self.operation, **self.wanted)
        least = self.at_least if self.times is None else self.times
        most = self.at_most if self.times is None else self.times
        if least <= count and (most is None or count <= most):
            return None
        lines = [f"expected {self._times(least, most)} {self}, got {_calls(count)}"]
        if count < least:
            near = calls.near(self.operation, **self.wanted)
            lines += [f"  nearest: {miss}" for miss in near]
            if not len(calls):
                lines.append("  the client called nothing at all")
        return "\n".join(lines)

    def _times(self, least: int, most: int | None) -> str:
        if least == most:
            return f"{_calls(least)} of"
        return f"at least {_calls(least)} of" if most is None else f"{least} to {_calls(most)} of"

    def __str__(self) -> str:
        said = ", ".join(f"{name}={_said(value)}" for name, value in self.wanted.items())
        return f"{self.operation or 'any operation'}{f' with {said}' if said else ''}"


def _said(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _calls(count: int) -> str:
    return "no call" if count == 0 else "1 call" if count == 1 else f"{count} calls"
