"""The rules accuse nothing that the real server was seen to do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mockserver import resources
from mockserver.conformance.finding import Step
from mockserver.conformance.rules import APIS, rules_for
from mockserver.conformance.rules.asking import Answer
from mockserver.conformance.session import conversing
from mockserver.conformance.subject import Subject
from mockserver.core.http import Reply, Request
from mockserver.core.text import Json, parse
from mockserver.server.thread import ThreadedServer
from mockserver.settings import Settings
from tests.conformance.judging import contract_of


def recorded(provider: str) -> Iterator[Json]:
    for line in (resources.root() / "fixtures" / "exchanges" / f"{provider}.jsonl").read_bytes().splitlines():
        yield parse(line)


@pytest.mark.parametrize("provider", ["livepeer", "restream"])
def test_every_refusal_that_was_recorded_has_the_provider_s_body(provider: str) -> None:
    api = APIS[provider]
    seen = 0
    for exchange in recorded(provider):
        request, response = exchange["request"], exchange["response"]
        if response["status"] >= 400 and isinstance(response["body"], dict):
            step = Step(Request(request["method"], request["path"]), Reply.json(response["status"], response["body"]))
            assert api.error_flaw(Answer.of(step)) is None, exchange
            seen += 1
    assert seen > 10


def test_the_world_that_was_recorded_keeps_every_rule() -> None:
    roles = {"suspended": "ksus", "assets-only": "krule"}
    with ThreadedServer(Settings(port=0, pace=600, world="livepeer-recorded")) as server:
        subject = Subject(server.url, contract_of("livepeer"), "livepeer", "k1", "k2", roles)
        with conversing(subject) as session:
            seen = [rule.check(session) for rule in rules_for(subject)]
    assert [finding.title for check in seen for finding in check.findings] == []
