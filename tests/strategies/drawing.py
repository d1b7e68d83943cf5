"""Short ways to look at what a strategy draws."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis.strategies import SearchStrategy

from mockserver.core.http import Request
from mockserver.core.payload import read_payload
from mockserver.core.text import Json
from mockserver.core.violation import Violation
from mockserver.strategies.book import installed

T = TypeVar("T")

OPERATIONS = [name for book in installed().values() for name in book.contract.operations]
WITH_BODY = [name for book in installed().values() for name in book.contract.operations if book.page(name).entries]
ALL = list(HealthCheck)
QUICK = settings(database=None, deadline=None, derandomize=True, suppress_health_check=ALL)


def each(strategy: SearchStrategy[T], look: Callable[[T], object], count: int = 15) -> int:
    """Look at so many examples, the same every time; how many there were."""
    seen = 0

    @settings(QUICK, max_examples=count, phases=[Phase.generate])
    @given(strategy)
    def run(example: T) -> None:
        nonlocal seen
        seen += 1
        look(example)

    run()
    return seen


def least(strategy: SearchStrategy[T], fits: Callable[[T], bool] = lambda example: True) -> T:
    """The simplest example that fits."""
    return find(strategy, fits, settings=settings(QUICK, max_examples=500))


def some(strategy: SearchStrategy[T], count: int = 60) -> list[T]:
    """Some examples."""
    found: list[T] = []
    each(strategy, found.append, count)
    return found


def broken_by(operation: str, request: Request) -> tuple[Violation, ...]:
    """What the contract check says of a request, asked apart from the strategies."""
    book = next(book for book in installed().values() if operation in book.contract.operations)
    match = book.contract.match(request.method, request.path)
    assert match is not None and match.operation.id == operation
    assert book.provider is not None
    return book.contract.check_request(match, request, read_payload(request, book.provider.body_limit))


def document(schema: Json, components: Json = None, **operation: Json) -> Json:
    """A document with one operation, `POST /` (`send`), whose body and reply have this schema."""
    content = {"application/json": {"schema": schema}}
    return {
        "openapi": "3.1.0",
        "paths": {
            "/": {
                "post": {
                    "operationId": "send",
                    "requestBody": {"required": True, "content": content},
                    "responses": {"200": {"description": "", "content": content}},
                    **operation,
                }
            }
        },
        "components": {"schemas": components or {}},
    }
