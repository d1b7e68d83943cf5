"""Where what is no code is: `specs/` and `fixtures/`, in the installed wheel or beside the package, and the guide."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).parent


@cache
def root() -> Path:
    """The folder that holds `specs` and `fixtures`. Raises FileNotFoundError for a broken installation."""
    for folder in (_PACKAGE / "_data", _PACKAGE.parent):
        if (folder / "specs").is_dir() and (folder / "fixtures").is_dir():
            return folder
    raise FileNotFoundError(
        f"no specs/ and fixtures/ in {_PACKAGE / '_data'} or {_PACKAGE.parent}: reinstall clip-mockserver"
    )


def specs(provider: str) -> Path:
    """The folder of a built-in provider's documents."""
    return root() / "specs" / provider


def fixtures() -> Path:
    return root() / "fixtures"


def guide() -> Path:
    """The folder of the guide's pages."""
    return _PACKAGE / "guide"
