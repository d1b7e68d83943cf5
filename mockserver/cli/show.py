"""Output for people and for programs: tables on a terminal, aligned plain columns in a pipe, JSON on request."""

from __future__ import annotations

import json
import sys
from collections.abc import Collection, Sequence
from typing import Final

from mockserver.core.text import Json

_WIDE: Final = 150


def say(text: str) -> None:
    sys.stdout.write(text + "\n")


def as_json(value: Json) -> None:
    say(json.dumps(value, indent=2, ensure_ascii=False))


def table(headings: Sequence[str], rows: Sequence[Sequence[str]], spare: Collection[str] = ()) -> None:
    """Rows under headings. In a pipe nothing is cut or coloured; a narrow terminal goes without the `spare`."""
    if sys.stdout.isatty():
        _rich_table(headings, rows, spare)
    else:
        plain_table(headings, rows)


def plain_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Aligned columns under headings, nothing cut or coloured."""
    lines = [[heading.upper() for heading in headings], *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(headings))]
    for line in lines:
        say("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def _rich_table(headings: Sequence[str], rows: Sequence[Sequence[str]], spare: Collection[str]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    shown = [index for index, heading in enumerate(headings) if console.width >= _WIDE or heading not in spare]
    grid = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for index in shown:
        grid.add_column(headings[index].upper(), no_wrap=index == 0, overflow="fold")
    for row in rows:
        grid.add_row(*(Text(row[index]) for index in shown))
    console.print(grid)
    console.print("mockserver explain NAME tells all about one of them; --json and pipes get everything.")
