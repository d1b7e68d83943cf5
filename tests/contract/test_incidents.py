"""What documents and patterns have done to other servers, tried on ours: fetching, stalling, unfolding."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from mockserver.contract.check import compile_contract
from mockserver.contract.lint import lint
from mockserver.contract.schema import Shape
from mockserver.contract.spot import Spot
from mockserver.contract.yaml_text import load_yaml
from mockserver.core.http import Headers, Request
from mockserver.core.payload import read_payload
from mockserver.core.text import Json
from mockserver.errors import DocumentError


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """Somebody a document could be made to call."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        listening.setblocking(False)
        yield listening


def nobody_called(listener: socket.socket) -> bool:
    try:
        listener.accept()
    except BlockingIOError:
        return True
    return False


def pointing(reference: str) -> Json:
    """A document whose only request body leads elsewhere."""
    body = {"content": {"application/json": {"schema": {"$ref": reference}, "example": 1}}}
    operation = {"operationId": "go", "requestBody": body, "responses": {"200": {"description": "fine"}}}
    return {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {"/go": {"post": operation}}}


def test_no_reference_is_fetched_to_check_a_call(listener: socket.socket) -> None:
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/schema.json"
    contract = compile_contract(pointing(url))
    match = contract.match("POST", "/go")
    assert match is not None
    request = Request("POST", "/go", headers=Headers.of([("Content-Type", "application/json")]), body=b"1")
    with pytest.raises(DocumentError, match="is no pointer into this document"):
        contract.check_request(match, request, read_payload(request, 1_000))
    assert nobody_called(listener)


@pytest.mark.parametrize("keyword", ["$ref", "$dynamicRef", "$schema", "$id"])
def test_no_reference_is_fetched_to_lint_a_document(listener: socket.socket, keyword: str) -> None:
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/schema.json"
    document = pointing("#/components/schemas/a")
    document["components"] = {"schemas": {"a": {keyword: url, "type": "integer"}}}
    lint(str(document))
    assert nobody_called(listener)


@pytest.mark.parametrize(
    "pattern", ["^(a+)+$", "^(a|a)*$", "(x+x+)+y", "^(([a-z])+.)+[A-Z]([a-z])+$", "^(?=(a+)+$)a", r"^(a+)+\1$"]
)
def test_no_pattern_stalls_on_a_text_made_to_stall_it(pattern: str) -> None:
    """A matcher that goes back takes longer than anybody waits."""
    shape = Shape(Spot.of({"type": "string", "pattern": pattern}), "request")
    assert not shape.holds("a" * 50_000 + "!")


def test_no_small_text_unfolds_to_a_large_value() -> None:
    bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n"
        for before, name in zip("abcdefg", "bcdefgh", strict=True)
    )
    with pytest.raises(DocumentError, match=r"bomb\.yaml"):
        load_yaml(bomb, "bomb.yaml")
