"""Input no programmer thought of: 500."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mockserver.core.provider import Call, Moment
from mockserver.core.text import Json
from mockserver.core.world import Outcome, View
from tests.servers.bending import argument, failed, operation
from tests.servers.defect import Ground, shelf

_VARCHAR: Final = 255
_INT8: Final = 2**63


def _leaves(value: Json) -> Iterator[Json]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _leaves(item)
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item)
    else:
        yield value


def _texts(call: Call) -> Iterator[str]:
    return (leaf for leaf in _leaves(call.payload.value) if isinstance(leaf, str))


def _accepted(outcome: Outcome) -> bool:
    return 200 <= outcome.reply.status < 300


@shelf.answer("both", "stores/: a database whose utf8 has three bytes")
def crash_on_unicode(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """A text with a character beyond the basic plane is 500."""
    outcome = ground.answer(view, call, moment)
    beyond = any(ord(letter) > 0xFFFF for text in _texts(call) for letter in text)
    return failed(outcome) if operation(call) and _accepted(outcome) and beyond else outcome


@shelf.answer("both", "stores/: a column of 255 characters")
def crash_on_long_text(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """A text of more than 255 characters is 500."""
    outcome = ground.answer(view, call, moment)
    long = any(len(text) > _VARCHAR for text in _texts(call))
    return failed(outcome) if operation(call) and _accepted(outcome) and long else outcome


@shelf.answer("both", "stores/: a column of eight bytes")
def crash_on_large_number(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """A number beyond 64 bits is 500."""
    outcome = ground.answer(view, call, moment)
    large = any(
        isinstance(leaf, int | float) and abs(leaf) >= _INT8
        for leaf in _leaves(call.payload.value if operation(call) else None)
    )
    return failed(outcome) if large else outcome


@shelf.answer("restream", "lists.py: _decoded")
def crash_on_bad_cursor(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """A cursor that can't be decoded is 500 instead of 400."""
    outcome = ground.answer(view, call, moment)
    bad = operation(call) == "listClipProjects" and outcome.reply.status == 400 and argument(call, "cursor")
    return failed(outcome) if bad else outcome


@shelf.answer("livepeer", "routes.py: _check_parameters")
def crash_on_unknown_id(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """A task that isn't there is 500: what was not found is read anyway."""
    outcome = ground.answer(view, call, moment)
    return failed(outcome) if operation(call) == "getTask" and outcome.reply.status == 404 else outcome
