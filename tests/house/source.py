"""The source of the house as values: every module with what it imports, from its syntax tree."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
PACKAGE = "mockserver"


@dataclass(frozen=True, slots=True)
class Module:
    """`imports`: full names (`from a import b` gives `a.b`) with lines; `for_types`: lines only type checkers see."""

    name: str
    path: Path
    tree: ast.Module
    lines: int
    imports: tuple[tuple[str, int], ...]
    for_types: frozenset[int]

    @property
    def room(self) -> str:
        """The folder or top-level module it belongs to: `core`, `cli`, `settings`; "" for the package itself."""
        return room(self.name)

    @property
    def place(self) -> str:
        return str(self.path.relative_to(CHECKOUT))


def room(name: str, floor: int = 1) -> str:
    """The part of a module's full name on a floor of the house: `contract` of `mockserver.contract.check`, or ""."""
    parts = name.split(".")
    return parts[floor] if floor < len(parts) else ""


@cache
def modules() -> tuple[Module, ...]:
    """Every module of the package, by name."""
    return tuple(_read(path) for path in sorted((CHECKOUT / PACKAGE).rglob("*.py")))


@cache
def ours() -> tuple[tuple[Module, str, int], ...]:
    """Every import of a module of ours: who, which module, at which line."""
    names = {module.name for module in modules()}
    return tuple(
        (module, name if name in names else name.rpartition(".")[0], line)
        for module in modules()
        for name, line in module.imports
        if name.split(".")[0] == PACKAGE
    )


def tracked() -> list[Path]:
    """Every file git knows or would add."""
    words = ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    listed = subprocess.run(words, cwd=CHECKOUT, capture_output=True, text=True, check=True).stdout
    return [path for name in listed.split("\0") if name and (path := CHECKOUT / name).is_file()]


def _read(path: Path) -> Module:
    parts = path.relative_to(CHECKOUT).with_suffix("").parts
    text = path.read_text("utf-8")
    tree = ast.parse(text, str(path))
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    return Module(name, path, tree, text.count("\n"), tuple(_imports(tree)), frozenset(_for_types(tree)))


def _imports(tree: ast.Module) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute in this house"
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def _for_types(tree: ast.Module) -> Iterator[int]:
    """The lines under `if TYPE_CHECKING:`; nothing there is imported when the program runs."""
    for node in tree.body:
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            yield from (statement.lineno for statement in node.body)
