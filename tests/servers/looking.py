"""One server with both of them at it, each at a fresh one."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

from mockserver.settings import Settings
from tests.servers import stock
from tests.servers.defect import Defect
from tests.servers.serving import served
from tests.servers.stock import Stock
from tests.servers.verdicts import Row, Task, Verdict

KEY: Final = "test_conform"


def look(task: Task, defect: Defect | None) -> Row:
    """Serve, and let both look at it, each at a server of its own."""
    ours: Verdict | None = None
    other: Stock | None = None
    broke: list[str] = []
    settings = Settings(providers=(task.provider,), port=0, pace=task.pace, seed=task.seed)
    if task.ours:
        from tests.servers.judging import judged

        try:
            with served(defect, settings) as server:
                ours = judged(task.provider, server.url, seed=task.seed, stop=task.stop and defect is not None)
        except Exception as error:
            broke.append(f"check: {type(error).__name__}: {error}")
    if task.stock:
        try:
            with served(defect, settings) as server, tempfile.TemporaryDirectory() as folder:
                stop = task.stop and defect is not None
                other = stock.run(
                    *(task.provider, server.url, KEY, Path(folder)), seed=task.seed, examples=task.examples, stop=stop
                )
        except Exception as error:
            broke.append(f"schemathesis: {type(error).__name__}: {error}")
    return Row(task, ours, other, "; ".join(broke))
