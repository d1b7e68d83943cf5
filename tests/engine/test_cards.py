"""Every well-known case, sent as `mockserver outcomes` prints it: curl against a running server, a world for each."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from collections.abc import Iterator

import jsonschema_rs
import pytest

from mockserver import resources
from mockserver.contract.document import effective, read_document
from mockserver.engine.cards import Card, cards
from mockserver.server.thread import ThreadedServer
from mockserver.settings import Settings

CARDS = list(cards({provider: effective(provider).value for provider in ("livepeer", "restream")}))


@pytest.fixture(scope="module")
def server() -> Iterator[ThreadedServer]:
    with ThreadedServer(Settings(port=0)) as server:
        yield server


def sent(command: str) -> tuple[int, str]:
    words = [*shlex.split(command), "--silent", "--max-time", "20", "--write-out", "\n%{http_code}"]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    body, _, status = done.stdout.rpartition("\n")
    return int(status), body


@pytest.mark.parametrize("number", range(len(CARDS)), ids=[f"{card.provider}-{card.name}" for card in CARDS])
def test_a_printed_request_gets_the_outcome_it_promises(server: ThreadedServer, number: int) -> None:
    card = CARDS[number]
    own_world = re.sub(r"\btest_me\b", f"test_card{number}", card.curl(server.url))
    status, body = sent(own_world)
    assert status == card.status, body
    if card.says is not None:
        assert card.says.replace("test_me", f"test_card{number}") in body.replace('\\"', '"').replace("\\\\", "\\")


def test_a_case_about_its_credential_shows_that_and_no_key() -> None:
    card = one("unknown-key")
    assert card.key == ""
    assert "Authorization: Bearer nope" in card.send
    assert card.curl("http://host").count("Authorization") == 1


def test_a_case_about_broken_json_sends_its_text() -> None:
    assert shlex.split(one("truncated-body").curl("http://host"))[-2:] == ["--data-raw", '{"playbackId":']


def one(name: str) -> Card:
    return next(card for card in CARDS if card.name == name)


@pytest.mark.parametrize("name", ["livepeer", "restream"])
def test_the_cards_that_come_with_us_keep_their_schema(name: str) -> None:
    folder = resources.fixtures() / "outcomes"
    validator = jsonschema_rs.validator_for(json.loads((folder / "outcomes.schema.json").read_text()))
    found = read_document(folder / f"{name}.yaml").value
    assert [error.message for error in validator.iter_errors(found)] == []


def test_a_provider_without_cards_has_none() -> None:
    assert list(cards({"nobody": effective("livepeer").value})) == []
