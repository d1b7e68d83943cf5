"""No module outgrows a reader, no name says nothing, `Any` stands behind one alias."""

from __future__ import annotations

import ast
import re

from tests.house.source import CHECKOUT, modules, tracked

LONGEST = 320
EMPTY_WORDS = re.compile(r"Manager|Helper|Utils?|Base(?=[A-Z]|$)|Handler")


def test_no_module_is_too_long() -> None:
    assert not [f"{module.place}: {module.lines} lines" for module in modules() if module.lines > LONGEST]


def test_every_module_says_what_it_knows() -> None:
    assert not [module.place for module in modules() if module.tree.body and not ast.get_docstring(module.tree)]


def test_no_class_has_a_name_that_says_nothing() -> None:
    wrong = [
        f"{module.place}:{node.lineno}: {node.name}"
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef) and EMPTY_WORDS.search(node.name)
    ]
    assert not wrong


def test_any_stands_behind_one_alias() -> None:
    """But for the server, where aiohttp and coroutines speak of it."""
    users = {module.place for module in modules() for name, _ in module.imports if name == "typing.Any"}
    assert {place for place in users if "/server/" not in place} <= {"mockserver/core/text.py"}


def test_no_file_names_a_place_on_a_developer_s_machine() -> None:
    places = re.compile(rb"/(?:home|Users)/[a-z]\w*/|/root/|" + re.escape(str(CHECKOUT).encode()) + rb"\b")
    wrong = [str(path.relative_to(CHECKOUT)) for path in tracked() if places.search(path.read_bytes())]
    assert wrong == ["tests/house/test_shape.py"]
