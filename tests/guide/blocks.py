"""The fenced blocks of a Markdown page, as what a reader does with each: save it, run it, compare what it prints."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.house.docs import DOCUMENTS, README

OUTPUT: Final = frozenset({"json", "text"})
SILENT: Final = OUTPUT | {"mermaid"}
_FENCED: Final = re.compile(r"^( *)```(\w+)\n(.*?)^\1```\n", re.DOTALL | re.MULTILINE)
_FILE: Final = re.compile(r"(?:#|//|---) ([\w./-]+\.\w+)(, at the end)?$")


@dataclass(frozen=True, slots=True)
class Block:
    """`file` is where its first line says it belongs, `adds` whether at the end of what is there.

    `prints` is the block of output right below it; `…` in it stands for what varies.
    """

    language: str
    line: int
    text: str
    file: str | None
    adds: bool
    prints: str | None


def blocks(text: str) -> Iterator[Block]:
    """All but those that show output, in order."""
    found = list(_FENCED.finditer(text))
    for block, below in zip(found, [*found[1:], None], strict=False):
        if block[2] in SILENT:
            continue
        adjacent = below is not None and below[2] in OUTPUT and not text[block.end() : below.start()].strip()
        own = _without_margin(block)
        named = _FILE.match(own.partition("\n")[0])
        yield Block(
            block[2],
            text.count("\n", 0, block.start()) + 1,
            own,
            named[1] if named else None,
            bool(named and named[2]),
            _without_margin(below) if below is not None and adjacent else None,
        )


def _without_margin(block: re.Match[str]) -> str:
    return "".join(line[len(block[1]) :] for line in block[3].splitlines(keepends=True))


def pages() -> list[Path]:
    """README and the pages of the guide that have something to do."""
    return [path for path in DOCUMENTS if list(blocks(path.read_text("utf-8")))]


def title(path: Path) -> str:
    return "README" if path == README else path.stem
