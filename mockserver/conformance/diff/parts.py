"""What parameters, headers and bodies share: being required, being deprecated, having a schema."""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.conformance.diff.changes import NO, YES, Grade
from mockserver.conformance.diff.shift import SAME, Setting, Shift
from mockserver.contract.spot import Spot
from mockserver.core.text import Json


def mapping(value: Json) -> dict[str, Json]:
    """The value if it is a mapping, as it should be; an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def requirement(now: bool, setting: Setting, old: str, new: str) -> Shift:
    asked = setting.travel == "request"
    senders: tuple[Grade, str] = (YES, "they may leave it out") if now else SAME
    receivers: tuple[Grade, str] = SAME if now else (YES, "they count on it")
    clients, servers = (senders, receivers) if asked else (receivers, senders)
    rule, text = (
        ("became-required", "it is required now") if now else ("became-optional", "it is not required any more")
    )
    return setting.shift(rule, text, clients, servers, old, new)


def schema_of(spot: Spot) -> Spot | None:
    """The schema of a parameter or header, be it under `content`."""
    content = spot.at("content")
    if content is not None and isinstance(content.value, dict) and content.value:
        entry = content.at(next(iter(content.value)))
        return entry.child("schema") if entry is not None else None
    return spot.child("schema")


def deprecation(old: Spot, new: Spot, setting: Setting) -> Iterator[Shift]:
    was, now = (each.value.get("deprecated") is True for each in (old, new))
    if was != now:
        rule, text = (
            ("deprecated", "it is deprecated now") if now else ("not-deprecated", "it is not deprecated any more")
        )
        why = "it works as before" + ("; look for what is to come instead" if now else "")
        yield setting.shift(rule, text, (NO, why), SAME, old.pointer, new.pointer)
