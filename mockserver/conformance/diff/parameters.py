"""What changed in the parameters of an operation: which there are, how they are written, what they hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mockserver.conformance.diff.changes import MAYBE, NO, YES
from mockserver.conformance.diff.pairs import Place
from mockserver.conformance.diff.parts import deprecation, requirement, schema_of
from mockserver.conformance.diff.schemas import schema_changes
from mockserver.conformance.diff.shift import SAME, Setting, Shift
from mockserver.contract.dialect import Direction
from mockserver.contract.parameters import Parameter, read_parameters

_WIRE: Final = ("style", "explode", "content", "allow_empty")


def parameter_shifts(old: Place, new: Place, travel: Direction, area: str | None) -> Iterator[Shift]:
    names = dict(zip(new.names, old.names, strict=False))  # a path's parameters are what stands where, not their names
    before = {(each.where, _key(each)): each for each in read_parameters(old.spot, old.item)}
    after = {
        (each.where, names.get(each.name, each.name) if each.where == "path" else _key(each)): each
        for each in read_parameters(new.spot, new.item)
    }
    for key in dict.fromkeys((*before, *after)):
        one, other = before.get(key), after.get(key)
        known = one or other
        assert known is not None
        where = f"{old.name} {known.where} parameter `{known.name}`"
        setting = Setting(area or "parameters", "parameter", where, travel, old.name)
        if one is None or other is None:
            yield _presence(one, other, old, new, setting)
        else:
            yield from _parameter(one, other, setting)


def _key(parameter: Parameter) -> str:
    return parameter.name.lower() if parameter.where == "header" else parameter.name


def _presence(one: Parameter | None, other: Parameter | None, old: Place, new: Place, setting: Setting) -> Shift:
    if other is not None:
        clients = (YES, "they don't send it") if other.required else (NO, "they need not send it")
        rule = "required-added" if other.required else "added"
        text = "it is new, and required" if other.required else "it is new"
        servers = (MAYBE, "they do not know it, and pay no heed to it")
        return setting.shift(rule, text, clients, servers, old.spot.pointer, other.spot.pointer)
    assert one is not None
    clients = (MAYBE, "who sends it finds no heed paid to it, or is refused")
    return setting.shift(
        "removed", "it is gone", clients, (NO, "they are not sent it"), one.spot.pointer, new.spot.pointer
    )


def _parameter(one: Parameter, other: Parameter, setting: Setting) -> Iterator[Shift]:
    pointers = (one.spot.pointer, other.spot.pointer)
    if one.name != other.name and one.where == "path":
        text = f"it is called `{other.name}` now"
        yield setting.shift("renamed", text, (NO, "it stands at the same place"), SAME, *pointers)
    if one.required != other.required:
        yield requirement(other.required, setting, *pointers)
    for name in _WIRE:
        was, now = getattr(one, name), getattr(other, name)
        if was == now:
            continue
        if name == "allow_empty":
            yield _allowance("allow-empty-value", bool(now), setting, *pointers)
            continue
        text = "it is JSON text now, or not any more" if name == "content" else f"{name} was {was} and is {now}"
        yield setting.shift(
            "serialization-changed", text, (YES, "they write it in another way than is read now"),
            (YES, "they read it in another way than it is written now"), *pointers,
        )  # fmt: skip
    yield from deprecation(one.spot, other.spot, setting)
    yield from setting.shifts(schema_changes(schema_of(one.spot), schema_of(other.spot), "request"))


def _allowance(rule: str, now: bool, setting: Setting, old: str, new: str) -> Shift:
    if now:
        return setting.shift(f"{rule}-added", "it may be empty now", SAME, (YES, "they refuse it empty"), old, new)
    return setting.shift(
        f"{rule}-removed", "it may not be empty any more", (YES, "they may send it empty"), SAME, old, new
    )
