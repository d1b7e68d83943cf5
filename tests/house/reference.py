"""The reference of the Python API, written from signatures and docstrings: what mockserver/guide/python.md lists."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cached_property
from textwrap import wrap
from types import ModuleType
from typing import get_args, is_typeddict

from mockserver import conformance, pytest_judge, pytest_plugin, strategies, testing
from mockserver.core.text import Json

_EMPTY = inspect.Parameter.empty
# What one room of ours needs of another, and no user of either.
_INSIDE = {
    "ClientMachine": {"begin", "teardown"},
    "Clock": {"begin", "pass_by"},
    "Flow": {"asking", "looking", "made"},
    "Mock": {"advance", "add_fault", "reply_next", "clear", "take_back"},
    "Server": {"fresh", "nested", "begin", "ended", "worlds_of", "contracts", "operations"},
    "Webhooks": {"take", "close"},
}


def fixtures() -> str:
    """Every fixture of the pytest plugin."""
    lines = []
    for name, made in (vars(pytest_plugin) | vars(pytest_judge)).items():
        function = getattr(made, "_fixture_function", None)
        if function is not None:
            told = made._fixture_function_marker.scope
            lines.append(f"- `{name}` ({told}): {_flat(function.__doc__)}")
    return "\n".join(lines)


def marks() -> str:
    """Every mark of the pytest plugin."""
    split = (mark.split(": ", 1) for mark in (*pytest_plugin._MARKS, pytest_judge._MARK))
    return "\n".join(f"- `@pytest.mark.{spelled}`: {about}" for spelled, about in split)


def options() -> str:
    """Every option of the pytest plugin."""
    told = pytest_plugin._OPTIONS.items()
    return "\n".join(
        f"- `--{name} {metavar}`, ini key `{name.replace('-', '_')}`: {about}" for name, (metavar, about) in told
    )


def module(of: ModuleType) -> str:
    """Everything public of a module, classes with their methods."""
    return "\n\n".join(_entry(name, getattr(of, name)) for name in sorted(of.__all__, key=_order(of)))


def _order(of: ModuleType) -> Callable[[str], tuple[bool, str]]:
    """Functions first, then classes, by name."""
    return lambda name: (inspect.isclass(getattr(of, name)), name.lower())


def _entry(name: str, it: Json) -> str:
    if get_args(it):
        return f"### {name}\n\nOne of {_names(getattr(each, '__name__', str(each)) for each in get_args(it))}."
    parts = [f"### {name}"]
    if not inspect.isclass(it):
        parts.append(f"```text\n{_signature(name, it)}\n```")
    parts.append(_prose(_own_doc(it)))
    if inspect.isclass(it):
        parts += [_holds(it), "\n".join(_members(it)), _bases(it)]
    return "\n\n".join(part for part in parts if part)


def _holds(cls: type) -> str:
    """What a value of it has, where that is data."""
    if issubclass(cls, Enum):
        return _prose(f"Values: {_names(member.name for member in cls)}.")
    if is_dataclass(cls):
        return _prose(f"Fields: {_names(field.name for field in fields(cls))}.")
    if is_typeddict(cls):
        return _prose(f"Keys: {_names(cls.__annotations__)}.")
    return ""


def _bases(cls: type) -> str:
    public = [base.__name__ for base in cls.__mro__[1:] if base.__name__ in testing.__all__]
    return f"And all that [{public[0]}](#{public[0].lower()}) has." if public else ""


def _members(cls: type) -> Iterator[str]:
    """A line for each public attribute and method a class has of its own."""
    inherited = {name for base in cls.__mro__[1:] if base.__module__.startswith("mockserver") for name in vars(base)}
    for name, it in vars(cls).items():
        if name.startswith("_") or name in inherited or name in _INSIDE.get(cls.__name__, ()):
            continue
        if isinstance(it, property | cached_property):
            yield f"- `{name}`{_about(it.fget if isinstance(it, property) else it.func)}"
        elif inspect.isfunction(it) and not hasattr(it, "hypothesis_stateful_rule"):
            yield f"- `{_signature(name, it)}`{_about(it)}"


def _about(it: Json) -> str:
    said = _flat((inspect.getdoc(it) or "").split(">>>")[0])
    more = [f"Takes also {_names(keys)}." for keys in _unpacked(it)]
    return f": {' '.join(part for part in (said, *more) if part)}" if said or more else ""


def _unpacked(it: Callable[..., Json]) -> Iterator[Iterable[str]]:
    """The names that `**said: Unpack[NewStream]` stands for; `Start` and `Wanted` have entries of their own."""
    for annotation in inspect.get_annotations(it).values():
        found = re.fullmatch(r"Unpack\[(\w+)\]", str(annotation))
        if found and found[1] not in testing.__all__:
            yield vars(sys.modules[it.__module__])[found[1]].__annotations__


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _signature(name: str, it: Callable[..., Json]) -> str:
    """As one calls it: without `self`, types or returns, defaults where they are short."""
    words, star = [], False
    for parameter in inspect.signature(it).parameters.values():
        if parameter.name == "self" or parameter.name.startswith("_"):
            continue
        if parameter.kind is parameter.KEYWORD_ONLY and not star:
            words.append("*")
            star = True
        if parameter.kind is parameter.VAR_POSITIONAL:
            words.append(f"*{parameter.name}")
            star = True
        elif parameter.kind is parameter.VAR_KEYWORD:
            words.append(f"**{parameter.name}")
        else:
            default = parameter.default
            words.append(parameter.name if default is _EMPTY else f"{parameter.name}={_default(default)}")
    return f"{name}({', '.join(words)})"


def _default(value: Json) -> str:
    plain = value is None or isinstance(value, str | int | float | bool | tuple)
    text = repr(value)
    return text if plain and len(text) <= 40 else "..."


def _own_doc(it: Json) -> str:
    """Its docstring, but for the one that dataclasses make up."""
    said = inspect.getdoc(it) or ""
    return "" if inspect.isclass(it) and said.startswith(f"{it.__name__}(") else said


def _prose(said: str) -> str:
    """A docstring as Markdown, its examples as blocks."""
    parts = []
    for paragraph in said.strip().split("\n\n"):
        if paragraph.startswith(">>>"):
            code = "\n".join(re.sub(r"^(>>>|\.\.\.) ?", "", line) for line in paragraph.splitlines())
            parts.append(f"```text\n{code}\n```")
        else:
            parts.append("\n".join(wrap(_flat(paragraph), 120, break_long_words=False, break_on_hyphens=False)))
    return "\n\n".join(parts)


def _flat(said: str | None) -> str:
    return " ".join((said or "").split())


PARTS: Mapping[str, Callable[[], str]] = {
    "conformance": lambda: module(conformance),
    "fixtures": fixtures,
    "marks": marks,
    "pytest_options": options,
    "testing": lambda: module(testing),
    "strategies": lambda: module(strategies),
}
