"""Short ways to ask a contract about a request or a reply."""

from __future__ import annotations

from collections.abc import Iterable

from mockserver.contract.check import CompiledContract, compile_contract
from mockserver.core.http import Headers, Reply, Request
from mockserver.core.payload import read_payload
from mockserver.core.text import Json, dump
from mockserver.core.violation import Violation
from tests.contract.corners import CORNERS, json_body

BEARER = ("Authorization", "Bearer k1")
JSON = ("Content-Type", "application/json")
corners = compile_contract(CORNERS)


def ask(
    method: str,
    target: str,
    body: Json | bytes = b"",
    headers: Iterable[tuple[str, str]] = (BEARER, JSON),
    contract: CompiledContract = corners,
) -> tuple[Violation, ...]:
    """What a request breaks. `body` is bytes, or a value to send as JSON."""
    path, _, query = target.partition("?")
    sent = body if isinstance(body, bytes) else dump(body)
    request = Request(method, path, query, Headers.of(headers), sent)
    match = contract.match(method, path)
    assert match is not None, f"no operation for {method} {path}"
    return contract.check_request(match, request, read_payload(request, 1_000_000))


def answer(operation: str, reply: Reply, contract: CompiledContract = corners) -> tuple[Violation, ...]:
    """What a reply breaks."""
    return contract.check_reply(contract.operations[operation], reply)


def codes(violations: Iterable[Violation]) -> list[str]:
    return [violation.code for violation in violations]


def contract_of(schema: Json, components: Json = None, version: str = "3.1.0", reply: Json = None) -> CompiledContract:
    """A contract with one operation, `POST /` (`send`), whose body has this schema."""
    return compile_contract(
        {
            "openapi": version,
            "paths": {
                "/": {
                    "post": {
                        "operationId": "send",
                        "requestBody": json_body(schema, required=True),
                        "responses": {"200": {"description": "", **json_body(schema if reply is None else reply)}},
                    }
                }
            },
            "components": {"schemas": components or {}},
        }
    )


def sent(value: Json, schema: Json, components: Json = None, version: str = "3.1.0") -> tuple[Violation, ...]:
    """What a body breaks of a schema."""
    contract = contract_of(schema, components, version)
    match = contract.match("POST", "/")
    assert match is not None
    from mockserver.core.payload import Payload

    return contract.check_request(match, Request("POST", "/"), Payload("application/json", value, b"..."))
