"""Imports point down, pure rooms stay pure, each library has one home."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

import pytest

from tests.house.source import CHECKOUT, PACKAGE, Module, modules, ours, room

# Who may look into whom. `errors` and `resources` are the floor under every room but core.
BELOW: Mapping[str, set[str]] = {
    "": set(),
    "core": set(),
    "errors": set(),
    "resources": set(),
    "options": {"core", "errors"},
    "settings": {"core", "errors", "options"},
    "remote": {"core", "errors", "options"},
    "contract": {"core", "errors", "resources"},
    "providers": {"core", "errors", "resources"},
    "stores": {"core", "errors"},
    "engine": {"core", "errors", "resources", "contract"},
    "strategies": {"core", "errors", "resources", "contract", "providers"},
    "conformance": {"", "core", "errors", "resources", "options", "contract", "providers", "strategies"},
    "control": {"", "core", "errors", "resources", "contract", "engine"},
    "server": {"", "core", "errors", "resources", "settings", "contract", "providers", "stores", "engine", "control"},
    "cli": {
        *("", "core", "errors", "resources", "options", "settings", "contract", "providers", "engine", "control"),
        *("server", "remote", "conformance"),
    },
    "testing": {
        *("", "core", "errors", "resources", "options", "settings", "contract", "providers", "engine", "control"),
        *("server", "remote", "conformance", "strategies"),
    },
    "pytest_plugin": {"errors", "testing"},
    "pytest_judge": {"errors", "testing", "pytest_plugin"},
    "__main__": {"cli"},
}

PURE = {"core", "contract", "providers", "engine", "control"}
IMPURE = {"asyncio", "aiohttp", "os", "random", "secrets", "socket", "time", "uuid"}
CLOCK_CALLS = {"now", "utcnow", "today"}

# Where each library from elsewhere may be imported: a room, or one module of it.
HOMES: Mapping[str, set[str]] = {
    "aiohttp": {"server"},
    "hypothesis": {"strategies", "conformance", "testing.exploration"},
    "ijson": {"conformance.traffic"},
    "jsonpath_rfc9535": {"contract"},
    "jsonschema_rs": {"contract", "engine.problems"},
    "jwt": {"providers.livepeer"},
    "openapi_core": {"contract"},
    "openapi_schema_validator": {"contract"},
    "orjson": {"core", "server", "stores.rows"},
    "prometheus_client": {"control.metrics"},
    "pytest": {"pytest_plugin", "pytest_judge"},
    "redis": {"stores.redis_line"},
    "requests": {"conformance.stock"},
    "rich": {"cli", "conformance.reports"},
    "schemathesis": {"conformance"},
    "sortedcontainers": {"stores"},
    "uvloop": {"server"},
    "werkzeug": {"contract.reference"},
    "yaml": {"contract", "conformance.traffic"},
    "yarl": {"server"},
    "multidict": {"server"},
}


def foreign() -> Iterator[tuple[Module, str, int]]:
    """Every import from outside the standard library and the package."""
    for module in modules():
        for name, line in module.imports:
            library = name.split(".")[0]
            if library != PACKAGE and library not in sys.stdlib_module_names:
                yield module, library, line


def test_every_room_is_in_the_plan() -> None:
    assert {module.room for module in modules()} == set(BELOW)


def test_imports_point_down() -> None:
    wrong = [
        f"{module.place}:{line}: {module.room} may not look into {room(name)}"
        for module, name, line in ours()
        if room(name) not in BELOW[module.room] | {module.room}
    ]
    assert not wrong


def test_providers_do_not_look_into_each_other() -> None:
    folders = {path.parent.name for path in (CHECKOUT / PACKAGE / "providers").glob("*/__init__.py")}
    wrong = [
        f"{module.place}:{line}: imports {name}"
        for module, name, line in ours()
        if module.room == "providers" and room(name) == "providers"
        if room(name, 2) in folders - {room(module.name, 2)}
    ]
    assert not wrong


def test_strategies_know_providers_by_name_only() -> None:
    wrong = [
        f"{module.place}:{line}: imports {name}"
        for module, name, line in ours()
        if module.room == "strategies" and room(name) == "providers"
        if not f"{name}.".startswith(f"{PACKAGE}.providers.registry.")
    ]
    assert not wrong


def test_no_modules_import_each_other_in_a_circle() -> None:
    graph: dict[str, set[str]] = {module.name: set() for module in modules()}
    for module, name, line in ours():
        if name != module.name and line not in module.for_types:
            graph[module.name].add(name)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def test_pure_rooms_import_nothing_that_acts() -> None:
    wrong = [
        f"{module.place}:{line}: imports {name}"
        for module in modules()
        if module.room in PURE
        for name, line in module.imports
        if name.split(".")[0] in IMPURE
    ]
    assert not wrong


def test_pure_rooms_do_not_ask_the_clock() -> None:
    wrong = [
        f"{module.place}:{node.lineno}: asks the clock"
        for module in modules()
        if module.room in PURE
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in CLOCK_CALLS
        and ast.unparse(node.func.value).split(".")[-1] in {"datetime", "date"}
    ]
    assert not wrong


def test_each_library_stays_in_its_home() -> None:
    wrong = [
        f"{module.place}:{line}: imports {library}"
        for module, library, line in foreign()
        if not any(f"{module.name}.".startswith(f"{PACKAGE}.{home}.") for home in HOMES.get(library, ()))
    ]
    assert not wrong
