"""The options of a server: one frozen value, read once, unknown keys refused with the nearest name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal


@dataclass(frozen=True, slots=True)
class Settings:
    """How to serve.

    `world` is a named world or a path to a world file. `at` is the instant (Unix ms) the clock starts at, None for the
    real time. `readings` maps full names (`restream.usage-limit`) to options. `pace` 0 holds time, inf finishes jobs
    at once.
    """

    providers: tuple[str, ...] = ("livepeer", "restream")
    host: str = "127.0.0.1"
    port: int = 4080
    world: str = "default"
    seed: int = 0
    pace: float = 60.0
    at: int | None = None
    readings: Mapping[str, str] = field(default_factory=dict)
    ready_file: Path | None = None
    log_format: Literal["text", "json"] = "text"
    log: bool = True
