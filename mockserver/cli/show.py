"""Output for people and for programs: tables on a terminal, aligned plain columns in a pipe, JSON on request."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

from mockserver.core.text import Json


def say(text: str) -> None:
    sys.stdout.write(text + "\n")


def as_json(value: Json) -> None:
    say(json.dumps(value, indent=2, ensure_ascii=False))


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Rows under headings. In a pipe nothing is cut, wrapped or coloured."""
    if sys.stdout.isatty():
        _rich_table(headings, rows)
    else:
        _plain_table(headings, rows)


def _plain_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    lines = [headings, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(headings))]
    for line in lines:
        say("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def _rich_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    grid = Table(*headings, box=box.SIMPLE_HEAD, pad_edge=False)
    for row in rows:
        grid.add_row(*(Text(cell, overflow="fold") for cell in row))
    Console().print(grid)
