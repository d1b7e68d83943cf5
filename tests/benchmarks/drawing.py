"""Drawing requests: our strategies and schemathesis', for the same operation of the same document."""

from __future__ import annotations

import time
from functools import cache
from typing import Any, Final

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy
from schemathesis import GenerationMode

from mockserver.contract.document import effective
from mockserver.strategies import invalid_requests, requests

OPERATIONS: Final = (
    ("livepeer", "createClip", "/clip"),
    ("restream", "createClipProject", "/clips/projects"),
)
Pair = tuple[SearchStrategy[Any], SearchStrategy[Any]]


def valid(provider: str, operation: str, path: str) -> Pair:
    return requests(operation), _theirs(provider, path, GenerationMode.POSITIVE)


def invalid(provider: str, operation: str, path: str) -> Pair:
    return invalid_requests(operation), _theirs(provider, path, GenerationMode.NEGATIVE)


@cache
def _theirs(provider: str, path: str, mode: GenerationMode) -> SearchStrategy[Any]:
    schema = schemathesis.openapi.from_dict(dict(effective(provider).value))
    (template,) = [known for known in schema if known.endswith(path)]
    return schema[template]["POST"].as_strategy(generation_mode=mode)


def rate(strategy: SearchStrategy[Any], cases: int) -> float:
    """Cases a second; what is made once is made before."""
    _drawn(strategy, 5)
    began = time.perf_counter()
    seen = _drawn(strategy, cases)
    return seen / (time.perf_counter() - began)


def _drawn(strategy: SearchStrategy[Any], cases: int) -> int:
    seen = 0

    @settings(
        max_examples=cases,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def run(case: object) -> None:
        nonlocal seen
        seen += 1

    run()
    return seen
