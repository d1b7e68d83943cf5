"""`mockserver guide`: the pages that come with us, listed as their index does, and printed."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mockserver import resources
from mockserver.cli.show import say
from mockserver.cli.words import Words
from mockserver.errors import UsageError, unknown

INDEX: Final = "README.md"
# As the index writes them: `- [time](time.md): move the clock`.
_LINE: Final = re.compile(r"^- \[([\w-]+)\]\(([\w.-]+\.md)\): (.+(?:\n  .+)*)", re.MULTILINE)
_FENCED: Final = re.compile(r"^```(\w+\n.*?)^```\n", re.MULTILINE | re.DOTALL)
_HEADING: Final = re.compile(r"^## (.+)", re.MULTILINE)
# A line as wide as a table cell goes needs no wider terminal than this to be read at ease.
_WIDEST: Final = 120


@dataclass(frozen=True, slots=True)
class Page:
    """`part` is the heading of the index it stands under."""

    name: str
    path: Path
    about: str
    part: str


def pages() -> Mapping[str, Page]:
    """Every page by its name, in the order of the index."""
    folder = resources.guide()
    found = {}
    _, *parts = _HEADING.split((folder / INDEX).read_text("utf-8"))
    for part, text in zip(parts[::2], parts[1::2], strict=True):
        for name, file, about in _LINE.findall(text):
            found[name] = Page(name, folder / file, " ".join(about.split()), part)
    return found


def run(name: str, about: str, words: Sequence[str]) -> int:
    """List the pages, or print the one that is named."""
    parser = Words(name, about, "Without a name it lists the pages. In a pipe a page is the Markdown it is written in.")
    parser.add_argument("page", nargs="?", metavar="PAGE", help="which page to print")
    given = parser.read(words)
    if given is None:
        return 0
    known = pages()
    if given.page is None:
        _list(known)
    else:
        page = known.get(given.page.lower().removesuffix(".md"))
        if page is None:
            raise UsageError(unknown("page", given.page, known))
        _show(page.path.read_text("utf-8"))
    return 0


def _list(known: Mapping[str, Page]) -> None:
    width = max(map(len, known))
    part = ""
    for page in known.values():
        if page.part != part:
            say(f"{page.part}:" if not part else f"\n{page.part}:")
            part = page.part
        say(f"  {page.name:<{width}}  {page.about}")
    say("\nmockserver guide PAGE prints one.")


def _show(text: str) -> None:
    if not sys.stdout.isatty():
        say(text.rstrip("\n"))
        return
    from rich.console import Console
    from rich.markdown import Markdown
    from rich.syntax import Syntax

    console = Console()
    for index, part in enumerate(_FENCED.split(text)):
        if index % 2:
            # As it stands, neither wrapped nor padded: it is there to be copied.
            language, _, code = part.partition("\n")
            shown = Syntax(code, language, theme="ansi_dark").highlight(code)
            shown.rstrip()
            console.print(shown, soft_wrap=True)
        else:
            # Terminals know no breaks within the cell of a table, and no links from page to page.
            prose = Markdown(part.replace("<br>", "; "), hyperlinks=False)
            console.print(prose, width=min(console.width, _WIDEST))
            console.print()
