"""How far a run is, on a terminal: a bar with the check under way. Silent in a pipe."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from mockserver.conformance.reports.terminal import console_for

Tell = Callable[[str], None]


@contextmanager
def progress(of: int, file: TextIO) -> Iterator[Tell]:
    """`tell(name)` says that the next of `of` checks begins; the bar is gone when the block ends."""
    console = console_for(file)
    if not console.is_terminal:
        yield lambda name: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=of)
        began = 0

        def tell(name: str) -> None:
            nonlocal began
            bar.update(task, description=name, completed=began)
            began += 1

        yield tell
