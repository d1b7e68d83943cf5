"""Everything that can be done to a world in every state its things can be in: what begins, waits and follows."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Final

from tests.laws.wandering import (
    CLIP,
    GIVE_TOKENS,
    HANDS,
    NEW_ASSETS,
    NEW_FILES,
    RETRY,
    RUNS,
    TEN_SECONDS,
    TOKENS,
    UNDECODABLE,
    Act,
    project,
    settle,
    settle_file,
)

Plot = tuple[Act, ...]

_STUCK: Final = "57ac0000-0000-4000-8000-000000000000"
_SILENT: Final = "deaf0000-0000-4000-8000-000000000000"
_FAILING: Final = "fa110000-0000-4000-8000-000000000000"
_STORED: Final = (
    "a1b2c3d4-e5f6-7890-abcd-ef1234567890",
    "babe0000-0000-4000-8000-000000000000",
    "babe0001-0000-4000-8000-000000000000",
    "dead0000-0000-4000-8000-000000000000",
)


def wait(ms: int) -> Act:
    return Act("wait", ms)


def plots(provider: str) -> Iterator[Plot]:
    return _on_livepeer() if provider == "livepeer" else _on_restream()


def _on_livepeer() -> Iterator[Plot]:
    begun: tuple[Plot, ...] = (
        (CLIP,),
        (UNDECODABLE,),
        *((settle(fate), CLIP) for fate in ("input-error", "fails-once", "fails-until-retried")),
    )
    meanwhile: tuple[Plot, ...] = ((), (Act("DELETE /api/asset/$asset", {}),), (RETRY,), (RETRY, wait(75_000)))
    for begin, ms, between, act in product(begun, (0, 2_000, 20_000, 366_000), meanwhile, (*HANDS, wait(15_000))):
        yield (*begin, wait(ms), *between, act)
    for number in range(12):
        yield from ((act._replace(which=number),) for act in HANDS)
    yield from ((act,) for act in NEW_ASSETS)


def _on_restream() -> Iterator[Plot]:
    again = project(TEN_SECONDS, forceReprocess=True)
    begun: tuple[Plot, ...] = (
        *((project(file),) for file in (TEN_SECONDS, _STUCK, _SILENT, _FAILING)),
        (project(TEN_SECONDS), again),
        (project(TEN_SECONDS), settle_file(TEN_SECONDS, "stuck"), again),
    )
    held: tuple[Plot, ...] = ((), (Act("stick-run", {"project": "$project"}),))
    for begin, ms, between, act in product(begun, (0, 116_000, 121_000), held, (*RUNS, again, wait(183_000))):
        yield (*begin, wait(ms), *between, act)
    for verb, file in product(("finish-file", "fail-file", "remove-file"), _STORED):
        yield (Act(verb, {"file": file} if verb != "finish-file" else {"file": file, "durationSeconds": 60}),)
    for act, ms, then in product((*GIVE_TOKENS, *TOKENS), (0, 3_660_000, 366 * 86_400_000), TOKENS):
        yield act, wait(ms), then
    yield from ((act, wait(120_000)) for act in NEW_FILES)
