"""What became of one server: whether the judge and stock schemathesis found something, by what, and how fast."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Final

from mockserver.core.text import Json
from tests.servers.stock import Stock

# A smallest reproduction has no more calls than this.
MOST_STEPS: Final = 4


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the judge said. `alarms` are its errors, `rule at operation: title`; `first` is when (s) the first came.

    `steps` are the calls of the smallest reproduction, and of the longest of all the smallest.
    """

    alarms: tuple[str, ...]
    rules: tuple[str, ...]
    first: float | None
    seconds: float
    calls: int
    steps: int = 0
    longest: int = 0

    @property
    def found(self) -> bool:
        return bool(self.alarms)


@dataclass(frozen=True, slots=True)
class Task:
    """One server to be looked at by one or both. `defect` is None for the healthy one."""

    defect: str | None
    provider: str
    seed: int
    ours: bool
    stock: bool
    examples: int
    pace: float
    stop: bool = True


@dataclass(frozen=True, slots=True)
class Row:
    """What came of a task; None for who did not look, `broke` what kept one of them from it."""

    task: Task
    ours: Verdict | None
    stock: Stock | None
    broke: str = ""

    def __str__(self) -> str:
        said = [f"{self.task.provider} {self.task.defect or f'healthy, seed {self.task.seed}'}:"]
        if self.ours is not None:
            said.append(f"check {', '.join(self.ours.rules) or 'nothing'} in {self.ours.seconds:.0f} s;")
        if self.stock is not None:
            said.append(f"schemathesis {len(self.stock.failures)} failures in {self.stock.seconds:.0f} s;")
        return " ".join([*said, self.broke])

    def to_json(self) -> Json:
        value: Json = asdict(self)
        if value["stock"] is not None:
            del value["stock"]["said"]
        return value
