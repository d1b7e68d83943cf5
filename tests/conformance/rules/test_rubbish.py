"""Whatever a broken server sends, the rules say that it is broken, and don't break themselves."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy

import pytest

from mockserver.conformance.session import Limits
from mockserver.core.chance import Chance
from mockserver.core.provider import Call, Moment
from mockserver.core.text import Json
from mockserver.core.world import Outcome, View
from tests.conformance.judging import Answer, bent, findings, session_with
from tests.servers.bending import said
from tests.servers.defect import Ground, Name

ODD: tuple[Json, ...] = (None, True, 0, -1, 1.5, "", "x", [], {}, ["a"], {"a": 1}, [None])


def places(value: Json, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    children = value.items() if isinstance(value, dict) else enumerate(value[:5]) if isinstance(value, list) else ()
    for key, child in children:
        yield (*path, key)
        yield from places(child, (*path, key))


def garbled(value: Json, chance: Chance) -> Json:
    """The value with something else in one place."""
    copy = deepcopy(value)
    *way, last = chance.choice(list(places(copy)) or [(0,)])
    at: Json = copy
    for part in way:
        at = at[part]
    if at:
        at[last] = chance.choice(ODD)
    return copy


def rubbish(seed: int, share: float) -> Answer:
    """A share of the replies has something odd in it."""
    chance = Chance.of(seed)

    def answer(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
        outcome = ground.answer(view, call, moment)
        odd = outcome.reply.value is not None and chance.unit() < share
        return said(outcome, lambda value: garbled(value, chance)) if odd else outcome

    return answer


@pytest.mark.parametrize("share", [0.05, 0.4])
@pytest.mark.parametrize("provider", ["livepeer", "restream"])
def test_rubbish_is_found_and_breaks_no_rule(provider: Name, share: float) -> None:
    limits = Limits(patience_ms=300)
    with session_with(provider, bent(provider, rubbish(7, share)), pace=1_500, limits=limits) as session:
        assert findings(session)
