from __future__ import annotations

from dataclasses import replace

import pytest

from mockserver.core.http import Reply
from mockserver.core.repetition import Hiding, reply_without, violation_without
from mockserver.core.secrecy import REMOVED
from tests.engine.entries import VIOLATION

SECRET = "s3cr3t/v4lue&more"


@pytest.mark.parametrize("spelled", [SECRET, "s3cr3t%2Fv4lue%26more", "s3cr3t/v4lue%26more", "s3cr3t/v4lue&amp;more"])
def test_a_secret_is_hidden_in_every_spelling(spelled: str) -> None:
    assert Hiding([SECRET])(f"no token {spelled} found") == f"no token {REMOVED} found"


def test_a_secret_that_came_encoded_is_hidden_plain() -> None:
    assert Hiding(["s3cr3t%20v4lue"])("no s3cr3t v4lue") == f"no {REMOVED}"


def test_a_short_secret_is_hidden_where_it_stands_alone() -> None:
    assert Hiding(["word"])("word, password, a word") == f"{REMOVED}, password, a {REMOVED}"


@pytest.mark.parametrize("secret", ["", "abc", "test_me"])
def test_what_could_be_any_word_and_what_is_no_secret_is_not_looked_for(secret: str) -> None:
    assert not Hiding([secret])


def test_a_reply_is_hidden_in_its_value_its_body_and_its_headers() -> None:
    reply = Reply.json(401, {"errors": [f"no token {SECRET}"]}, [("X-Said", SECRET)])
    hidden = reply_without(reply, Hiding([SECRET]))
    assert (hidden.value, hidden.header("x-said")) == ({"errors": [f"no token {REMOVED}"]}, REMOVED)
    assert hidden.body == b'{"errors":["no token [removed]"]}'


def test_a_page_is_hidden_as_text() -> None:
    page = Reply.text(404, f"Cannot GET /{SECRET}")
    assert reply_without(page, Hiding([SECRET])).body == b"Cannot GET /[removed]"


def test_a_reply_that_says_nothing_of_it_stays_the_same() -> None:
    reply = Reply.json(404, {"errors": ["not found"]})
    hide = Hiding([SECRET])
    assert not hide.concerns(reply)
    assert reply_without(reply, hide) is reply


def test_what_a_parser_quotes_of_a_body_nobody_could_read_is_hidden() -> None:
    hide = Hiding([], '{"password": "s3cr3t-v4lue"x')
    said = 'Unexpected token \'x\', ..."t-v4lue"x" is not valid JSON'
    assert hide(said) == f"Unexpected token 'x', ...\"{REMOVED}\" is not valid JSON"
    assert hide.concerns(Reply(400))


def test_a_violation_is_hidden_in_all_its_words() -> None:
    spoilt = replace(VIOLATION, got=SECRET, detail={"allowed": [SECRET, 5]}, remedy="see https://a:b@h")
    kept = violation_without(spoilt, Hiding([SECRET]))
    assert (kept.got, kept.detail, kept.remedy) == (REMOVED, {"allowed": [REMOVED, 5]}, f"see https://{REMOVED}@h")
