"""The part of a fault that is about deliveries, from JSON or YAML."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from mockserver.core.mishap import Deliveries, Mishap, clash
from mockserver.core.text import Json
from mockserver.engine import fault_schema as bounds

if TYPE_CHECKING:
    from mockserver.engine.fault_page import Page


def read_mishap(page: Page, record: Mapping[str, Json]) -> tuple[Deliveries, Mishap]:
    """Which deliveries, and what goes wrong with them; what is wrong with that is noted on the page."""
    at = ("deliveries",)
    said = page.record(
        record.get("deliveries", {}), at, ("provider", "event", "webhook", "world"), "part of deliveries"
    )
    about = Deliveries(
        provider=page.text(said, (*at, "provider")),
        events=_events(page, said),
        webhook=page.text(said, (*at, "webhook")),
        world=page.text(said, (*at, "world")),
    )
    mishap = Mishap(
        delay=page.whole(record, ("delay",), 0, bounds.MOST_LATE),
        duplicate=page.whole(record, ("duplicate",), 1, bounds.MOST_COPIES),
        order=page.choice(record, ("order",), ("first", "last")),
        drop=_true(page, record, "drop"),
        signature=page.choice(record, ("signature",), ("wrong",)),
        stale=page.whole(record, ("stale",), 1, bounds.MOST_LATE),
        tamper=_true(page, record, "tamper"),
    )
    if not page.problems and not tuple(mishap):
        page.say((), f"nothing goes wrong here; say one of {', '.join(bounds.MISHAPS)}")
    wrong = clash(mishap) if not page.problems else None
    if wrong is not None:
        page.say((wrong[0],), wrong[1])
    return about, mishap


def _events(page: Page, said: Mapping[str, Json]) -> tuple[str, ...]:
    value = said.get("event", ())
    if value == () or (isinstance(value, str) and value):
        return (value,) if value else ()
    if isinstance(value, list) and value and all(isinstance(item, str) and item for item in value):
        return tuple(value)
    page.expected(("deliveries", "event"), "an event or a list of them", value)
    return ()


def _true(page: Page, record: Mapping[str, Json], name: str) -> Literal[True] | None:
    """True, or None if nothing is said: there is no need to say that something goes right."""
    value = record.get(name, ...)
    if value is ... or value is True:
        return None if value is ... else True
    page.expected((name,), "`true`", value)
    return None
