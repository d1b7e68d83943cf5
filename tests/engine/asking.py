"""Requests to an engine, without a wire."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from mockserver.core.http import Headers, Reply, Request
from mockserver.core.text import Json, dump
from mockserver.engine.engine import Engine

T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


def opened(engine: Engine) -> Engine:
    """The engine, with its start worlds made."""
    run(engine.open("http://mock.example"))
    return engine


def request(method: str, path: str, key: str | None = "main", body: Json = None, **fields: Any) -> Request:
    headers = [("Authorization", f"Bearer {key}")] if key is not None else []
    if body is not None:
        headers.append(("Content-Type", "application/json"))
    return Request(method, path, headers=Headers.of(headers), body=b"" if body is None else dump(body), **fields)


def ask(engine: Engine, method: str, path: str, key: str | None = "main", body: Json = None) -> Reply:
    return run(engine.respond(request(method, path, key, body)))


def create(engine: Engine, text: str, key: str = "main") -> Reply:
    return ask(engine, "POST", "/tiny/notes", key, {"text": text})


def notes(engine: Engine, key: str = "main") -> Json:
    return ask(engine, "GET", "/tiny/notes", key).value
