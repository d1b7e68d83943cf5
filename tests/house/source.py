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
    """`room` is the folder or top-level module it belongs to: `core`, `cli`, `settings`; the package itself is ""."""

    name: str
    path: Path
    tree: ast.Module
    lines: int

    @property
    def room(self) -> str:
        return room(self.name)

    @property
    def place(self) -> str:
        return str(self.path.relative_to(CHECKOUT))

    def imports(self) -> Iterator[tuple[str, int]]:
        """Full names of what is imported anywhere in it, with the line; `from a import b` gives `a.b`."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield alias.name, node.lineno
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{self.place}:{node.lineno}: imports are absolute here"
                for alias in node.names:
                    yield f"{node.module}.{alias.name}", node.lineno


def room(name: str, floor: int = 1) -> str:
    """The part of a module's full name on a floor of the house: `contract` of `mockserver.contract.check`, or ""."""
    parts = name.split(".")
    return parts[floor] if floor < len(parts) else ""


@cache
def modules() -> tuple[Module, ...]:
    """Every module of the package, by name."""
    return tuple(_read(path) for path in sorted((CHECKOUT / PACKAGE).rglob("*.py")))


def for_types_only(module: Module) -> set[int]:
    """The lines under `if TYPE_CHECKING:`; nothing there is imported when the program runs."""
    guards = (node for node in ast.walk(module.tree) if isinstance(node, ast.If))
    bodies = (node.body for node in guards if ast.unparse(node.test) == "TYPE_CHECKING")
    return {statement.lineno for body in bodies for statement in body}


def ours() -> Iterator[tuple[Module, str, int]]:
    """Every import of a module of ours: who, which module, at which line."""
    names = {module.name for module in modules()}
    for module in modules():
        for name, line in module.imports():
            if name.split(".")[0] == PACKAGE:
                yield module, name if name in names else name.rpartition(".")[0], line


def _read(path: Path) -> Module:
    parts = path.relative_to(CHECKOUT).with_suffix("").parts
    text = path.read_text("utf-8")
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    return Module(name, path, ast.parse(text, str(path)), text.count("\n"))


def tracked() -> list[Path]:
    """Every file git knows or would add."""
    words = ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    listed = subprocess.run(words, cwd=CHECKOUT, capture_output=True, text=True, check=True).stdout
    return [path for name in listed.split("\0") if name and (path := CHECKOUT / name).is_file()]
