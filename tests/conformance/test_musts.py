from __future__ import annotations

import pytest

from mockserver.conformance.finding import Step
from mockserver.conformance.musts import must
from mockserver.conformance.shrinking import holds
from mockserver.contract.check import compile_contract
from mockserver.core.http import Reply, Request
from mockserver.core.text import Json

CASES: list[tuple[Json, Json, Json]] = [
    ({"type": "object", "required": ["a"]}, {}, {"a": 1}),
    ({"type": "object", "properties": {"a": {}}, "additionalProperties": False}, {"a": 1, "b": 2}, {"a": 1}),
    ({"type": "integer"}, 1.5, 2),
    ({"type": ["string", "null"]}, 1, None),
    ({"type": "boolean"}, "true", True),
    ({"enum": ["a", "b"]}, "c", "a"),
    ({"const": 1}, 2, 1),
    ({"type": "number", "minimum": 1}, 0, 1),
    ({"type": "number", "exclusiveMaximum": 1}, 1, 0),
    ({"type": "string", "maxLength": 2}, "abc", "ab"),
    ({"type": "array", "minItems": 1}, [], [1]),
    ({"type": "string", "pattern": "^a"}, "b", "a"),
    ({"type": "string", "format": "uuid"}, "x", "3f2b8a52-5d5c-4d6c-9b60-0d4e9a7a0f41"),
    (
        {"type": "object", "properties": {"a~/b": {"items": {"type": "string"}}}},
        {"a~/b": ["x", 1]},
        {"a~/b": ["x", "y"]},
    ),
]


def reply(value: Json, status: int = 200) -> Reply:
    return Reply.json(status, value)


def document(schema: Json) -> Json:
    content = {"application/json": {"schema": schema}}
    responses = {"200": {"description": "", "content": content}, "4XX": {"description": ""}}
    return {"openapi": "3.1.0", "paths": {"/a": {"get": {"operationId": "a", "responses": responses}}}}


def step(said: Reply) -> Step:
    return Step(Request("GET", "/a"), said)


@pytest.mark.parametrize(("schema", "bad", "good"), CASES, ids=lambda case: str(case)[:40])
def test_a_claim_fails_on_what_was_seen_and_holds_when_mended(schema: Json, bad: Json, good: Json) -> None:
    contract = compile_contract(document(schema))
    (violation,) = contract.check_reply(contract.operations["a"], reply(bad))
    claims = must(violation, step(reply(bad)), 0)
    assert not any(holds(claim, [step(reply(bad))]) for claim in claims)
    assert all(holds(claim, [step(reply(good))]) for claim in claims)


@pytest.mark.parametrize(
    ("bad", "good"),
    [
        (reply(1, 500), reply(1, 404)),
        (Reply.text(200, "<p>", "text/html"), reply(1)),
        (Reply(200, reply(1).headers, b"{"), reply(1)),
        (Reply(200, reply(1).headers, b""), reply(1)),
    ],
)
def test_status_media_type_and_text_have_claims_too(bad: Reply, good: Reply) -> None:
    contract = compile_contract(document({}))
    (violation,) = contract.check_reply(contract.operations["a"], bad)
    claims = must(violation, step(bad), 0)
    assert not any(holds(claim, [step(bad)]) for claim in claims)
    assert all(holds(claim, [step(good)]) for claim in claims)
