"""A call as a line, as a command for curl, and as lines of a script."""

from __future__ import annotations

import shlex

from mockserver.engine.edge_calls import EdgeCall
from mockserver.engine.edge_cards import EdgeCard, diagram, edges

CALL = EdgeCall("POST", "/a/$id", "an event", "test_me", {"it": "is $id's"}, keep={"next": "/all/0/id"})


def one(name: str) -> EdgeCard:
    return next(card for cards in edges().values() for card in cards if card.name == name)


def test_the_shell_fills_in_values_and_nothing_else() -> None:
    command = CALL.curl("http://host").replace("$id", "7")
    assert shlex.split(command) == [
        *("curl", "-sS", "http://host/a/7", "-H", "Authorization: Bearer test_me"),
        *("-H", "Content-Type: application/json", "-d", '{"it": "is 7\'s"}'),
    ]
    assert "'\"$id\"'" in CALL.curl("http://host")


def test_a_script_keeps_values_of_a_reply() -> None:
    *_, last = CALL.script("http://host")
    assert last == "next=$(jq -r '.all[0].id' <<< \"$reply\")"


def test_a_call_without_a_body_names_its_method() -> None:
    assert EdgeCall("DELETE", "/a", "").curl("http://host") == "curl -sS http://host/a -X DELETE"
    assert EdgeCall("GET", "/a", "").curl("http://host") == "curl -sS http://host/a"


def test_a_line_shows_the_key_of_an_earlier_reply() -> None:
    assert EdgeCall("GET", "/a", "", key="$token").line == "GET /a (Bearer $token)"
    assert EdgeCall("GET", "/a", "", key="test_me").line == "GET /a"


def test_values_that_are_known_from_the_beginning_stand_in_the_calls() -> None:
    assert one("task-cancelled-waiting").step.path == "/api/task/7a5c0000-0000-4000-8000-000000000006/retry"
    assert one("file-Ready-gone").step.body == {"file": "a1b2c3d4-e5f6-7890-abcd-ef1234567890"}


def test_a_state_that_a_look_would_end_is_looked_at_only_afterwards() -> None:
    assert one("refresh-token-active-revoked").before is None
    assert one("refresh-token-new-active").after is not None


def test_a_diagram_begins_and_ends_outside() -> None:
    drawn = diagram(edges()["file"]).splitlines()
    assert drawn[0] == "stateDiagram-v2"
    assert "    [*] --> Ready: add-file" in drawn
    assert "    Ready --> [*]: remove-file" in drawn
