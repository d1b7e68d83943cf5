"""The test cards of the default world: each is sent as it stands, and gets what it promises."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote, urlencode

import pytest

from mockserver import resources
from mockserver.contract.document import read_document
from mockserver.core.http import Reply
from mockserver.core.payload import FORM_MEDIA
from mockserver.core.text import Json, resolve
from tests.providers.restream.desk import Desk, contract

CARDS: Final = read_document(resources.fixtures() / "outcomes" / "restream.yaml").value["outcomes"]
OUTCOMES: Final[dict[str, Json]] = {card["name"]: card for card in CARDS}
FORMS: Final = ("createToken", "revokeToken")
FIELDS: Final = {"name", "operation", "about", "key", "path", "query", "body", "status", "says", "then"}


def send(desk: Desk, operation: str, outcome: Json, path: dict[str, str]) -> Reply:
    found = contract().operations[operation]
    target = found.path
    for name, value in path.items():
        target = target.replace(f"{{{name}}}", quote(value, safe=""))
    if outcome.get("query"):
        target += "?" + urlencode(outcome["query"])
    key = outcome.get("key", "")
    if operation in FORMS:
        raw = urlencode(outcome["body"]).encode()
        return desk.call(found.method, target, key=key, raw=raw, headers={"Content-Type": FORM_MEDIA})
    return desk.call(found.method, target, outcome.get("body", ...), key=key)


def play(outcome: Json) -> tuple[Desk, Reply]:
    """In a private world; the calls of OAuth use the names of the start world."""
    oauth = outcome["operation"] in (*FORMS, "authorize")
    desk = Desk(world="default" if oauth else "test_cards")
    return desk, send(desk, outcome["operation"], outcome, outcome.get("path", {}))


@pytest.mark.parametrize("name", OUTCOMES)
def test_an_outcome_comes_as_promised(name: str) -> None:
    outcome = OUTCOMES[name]
    _, reply = play(outcome)
    assert reply.status == outcome["status"], reply.body
    assert (reply.value["error"]["message"] if reply.status >= 400 else None) == outcome.get("says")


@pytest.mark.parametrize("name", [name for name, outcome in OUTCOMES.items() if "then" in outcome])
def test_what_follows_an_outcome_comes_as_promised(name: str) -> None:
    outcome = OUTCOMES[name]
    desk, reply = play(outcome)
    desk.finish()
    then = outcome["then"]
    path = {name: resolve(reply.value, pointer) for name, pointer in then["path"].items()}
    found = send(desk, then["operation"], {"key": outcome.get("key", "")}, path)
    assert found.status == 200
    assert {pointer: resolve(found.value, pointer) for pointer in then["eventually"]} == then["eventually"]


def test_outcomes_have_names_of_their_own_and_no_field_nobody_reads() -> None:
    assert len(OUTCOMES) == len(CARDS)
    assert all(set(outcome) <= FIELDS for outcome in OUTCOMES.values())


def test_every_operation_has_outcomes_and_every_status_it_answers_by_default_is_among_them() -> None:
    assert {outcome["operation"] for outcome in OUTCOMES.values()} == set(contract().operations)
    shown = {(outcome["operation"], outcome["status"]) for outcome in OUTCOMES.values()}
    assert {status for operation, status in shown if operation == "createClipProject"} == {201, 400, 401, 403, 404, 409}


def test_each_of_the_six_documented_errors_of_create_has_an_outcome() -> None:
    said = {outcome.get("says") for outcome in OUTCOMES.values() if outcome["operation"] == "createClipProject"}
    assert {
        "InvalidBodyParams",
        "Insufficient scope: authorized scope is insufficient",
        "FeatureNotActive",
        "UsageLimitReached",
        "StorageFileNotFound",
        "ClipsInputAlreadyProcessed",
    } <= said


def test_after_the_last_of_the_quota_the_limit_is_reached() -> None:
    desk, first = play(OUTCOMES["last-of-the-quota"])
    second = send(desk, "createClipProject", OUTCOMES["last-of-the-quota"], {})
    assert (first.status, second.status) == (201, 403)
    assert second.value["error"]["message"] == "UsageLimitReached"


def test_the_redirects_of_the_dialog_differ_by_what_the_user_says() -> None:
    _, let_in = play(OUTCOMES["let-in"])
    _, denied = play(OUTCOMES["denied"])
    assert "code=" in (let_in.header("location") or "")
    assert denied.header("location") == "https://example.com/callback"
