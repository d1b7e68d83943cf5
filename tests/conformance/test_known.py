from __future__ import annotations

import pytest

from mockserver.conformance.known import EXTENSION, Known
from mockserver.contract.check import compile_contract
from mockserver.contract.document import effective
from mockserver.core.http import Reply, Request
from mockserver.core.text import Json, resolve

SAYS: Json = {
    "not-enforced": [
        {"at": "/components/parameters/limit", "because": "a"},
        {"operations": ["x"], "rules": ["body*"], "because": "b"},
    ],
    "refused": [{"operations": ["x"], "status": 400, "says": "no", "with": ["q"], "because": "c"}],
    "failing": [{"status": 500, "sent": "\0", "because": "d"}],
    "busy": [{"operations": ["x"], "status": 403, "because": "e"}],
}
KNOWN = Known.of({EXTENSION: SAYS})


def test_a_rule_is_lenient_at_its_place_and_below() -> None:
    assert KNOWN.lenient("y", "query limit:minimum", "/components/parameters/limit/schema/minimum") == "a"
    assert KNOWN.lenient("y", "query limit:minimum", "/components/parameters/limits") == ""


def test_a_rule_is_lenient_by_its_name_for_its_operations() -> None:
    assert KNOWN.lenient("x", "body:missing", "/paths") == "b"
    assert KNOWN.lenient("y", "body:missing", "/paths") == ""


@pytest.mark.parametrize(("query", "text", "because"), [("q=1", "no!", "c"), ("", "no!", ""), ("q=1", "yes", "")])
def test_a_refusal_is_known_by_what_was_sent_and_said(query: str, text: str, because: str) -> None:
    assert KNOWN.refusal("x", Request("GET", "/", query), Reply.text(400, text)) == because


def test_circumstances_are_no_fault_of_a_request_s_form() -> None:
    assert Known().refusal("x", Request("GET", "/"), Reply.text(409, ""))


@pytest.mark.parametrize("body", [b'"\\u0000"', b"\0"])
def test_a_failure_is_known_by_what_was_sent_however_written(body: bytes) -> None:
    assert KNOWN.failure("x", Request("POST", "/", body=body), Reply.text(500, "")) == "d"
    assert KNOWN.failure("x", Request("POST", "/"), Reply.text(500, "")) == ""


def test_a_server_is_busy_by_its_own_word() -> None:
    assert KNOWN.is_busy("x", Request("POST", "/"), Reply.text(403, ""))


@pytest.mark.parametrize("provider", ["livepeer", "restream"])
def test_what_the_documents_say_is_about_what_is_there(provider: str) -> None:
    document = effective(provider).value
    operations = set(compile_contract(document).operations)
    for entries in document[EXTENSION].values():
        for entry in entries:
            assert set(entry.get("operations", ())) <= operations
            assert entry["because"].endswith(".") or entry["because"].endswith(")")
            assert resolve(document, entry.get("at", "")) is not None
