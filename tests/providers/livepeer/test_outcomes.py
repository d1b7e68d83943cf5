"""The test cards of the default world: each sent once to a fresh world, and what comes of it."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote, urlencode

import jsonschema_rs
import pytest

from mockserver import resources
from mockserver.contract.document import read_document
from mockserver.core.http import Headers, Reply, Request
from mockserver.core.text import Json, Record, dump, resolve
from mockserver.providers.livepeer import provider
from tests.providers.livepeer.desk import ORIGIN, Desk, contract, section

OUTCOMES: Final = read_document(resources.fixtures() / "outcomes" / "livepeer.yaml").value["outcomes"]


def send(desk: Desk, card: Record, path: Json) -> Reply:
    operation = contract().operations[card["operation"]]
    target = operation.path
    for name, value in path.items():
        target = target.replace(f"{{{name}}}", quote(value, safe=""))
    headers = dict(card.get("headers", {}))
    if card.get("key", "") is not None:
        headers.setdefault("Authorization", f"Bearer {desk.key}{card.get('key', '')}")
    body = card["text"].encode() if "text" in card else dump(card["body"]) if "body" in card else b""
    if body:
        headers.setdefault("Content-Type", "application/json")
    query = urlencode(card.get("query", {}))
    return desk.send(Request(operation.method, target, query, Headers.of(headers.items()), body, origin=ORIGIN))


@pytest.mark.parametrize("card", OUTCOMES, ids=lambda card: f"{card['operation']}-{card['name']}")
def test_a_card_answers_what_it_says(card: Record) -> None:
    desk = Desk()
    reply = send(desk, card, card.get("path", {}))
    assert reply.status == card["status"], reply.body
    if "says" in card:
        assert reply.value == {"errors": [card["says"]]}
    if "then" in card:
        later = card["then"]
        path = {
            name: resolve(reply.value, value) if value.startswith("#/") else value
            for name, value in later["path"].items()
        }
        desk.wait(2 * 3_600_000)
        seen = send(desk, {**later, "key": card.get("key", "")}, path)
        for pointer, expected in later["eventually"].items():
            assert resolve(seen.value, pointer) == expected


def test_every_operation_has_a_card() -> None:
    assert {card["operation"] for card in OUTCOMES} == set(contract().operations)


def test_no_two_cards_of_an_operation_have_one_name() -> None:
    names = [(card["operation"], card["name"]) for card in OUTCOMES]
    assert len(set(names)) == len(names)


def test_what_is_simulated_is_what_the_document_describes() -> None:
    assert provider.simulated == set(contract().operations)


@pytest.mark.parametrize("name", ["default", "livepeer-recorded"])
def test_a_shipped_world_keeps_the_schema(name: str) -> None:
    validator = jsonschema_rs.validator_for(provider.world_schema)
    assert [error.message for error in validator.iter_errors(section(name))] == []
