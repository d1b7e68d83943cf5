"""Schemathesis as its users run it: its own command, all checks and phases, one document, one key."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mockserver.conformance.realtime import REALTIME
from mockserver.conformance.stock.document import rooted
from mockserver.contract.check import compile_contract
from mockserver.contract.document import effective
from tests.servers.exclusions import configuration, exclusions

_PHASES: Final = "examples,coverage,fuzzing,stateful"
# A run that takes longer than this is taken for one that hangs.
_LONGEST: Final = 900.0


@dataclass(frozen=True, slots=True)
class Stock:
    """What a run found: failures as `check operation`; calls, seconds, and what it said."""

    failures: tuple[str, ...]
    calls: int
    seconds: float
    said: str

    @property
    def found(self) -> bool:
        return bool(self.failures)


def run(provider: str, url: str, key: str, folder: Path, *, seed: int, examples: int, stop: bool = False) -> Stock:
    """One run against a server. `examples` a operation; `stop` at the first failure. Raises RuntimeError if it broke.

    `folder` gets its document, configuration and report.
    """
    # All checks are on unless the configuration says otherwise; `--checks all` would overrule it.
    document = effective(provider).value
    (folder / "openapi.json").write_text(json.dumps(rooted(compile_contract(document))))
    (folder / "schemathesis.toml").write_text(configuration(exclusions(document)))
    words = [sys.executable, "-m", "schemathesis.cli", "--config-file", "schemathesis.toml", "run", "openapi.json"]
    words += ["--url", url, "--header", f"Authorization: Bearer {key}", "--phases", _PHASES]
    words += ["--max-examples", str(examples), "--seed", str(seed), "--generation-database", "none", "--no-color"]
    words += ["--report", "json", "--report-json-path", "report.json", "--request-timeout", "10"]
    words += ["--max-failures", "1"] if stop else ["--continue-on-failure"]
    began = REALTIME.now()
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=_LONGEST, check=False)
    report = folder / "report.json"
    if done.returncode not in (0, 1) or not report.exists():
        raise RuntimeError(f"schemathesis ended with {done.returncode}:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    value = json.loads(report.read_text())
    failures = [f"{one['type']} {name}" for one in value["failures"] for name in one["operations"]]
    failures += [f"error: {one}" for one in value["errors"]]
    return Stock(
        tuple(sorted(failures)), value["test_cases"]["generated"], (REALTIME.now() - began) / 1000, done.stdout
    )
