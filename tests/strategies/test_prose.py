"""What only prose tells: the contract lets it pass, and the provider answers as the rule says."""

from __future__ import annotations

import pytest

from mockserver.core.http import Headers, Request
from mockserver.core.provider import ProseRule
from mockserver.core.text import Json, dump
from mockserver.providers import registry
from mockserver.strategies.book import page_of
from tests.strategies.standin import START, StandIn

PROSE = [
    (provider.name, rule, body)
    for provider in registry.find(registry.names())
    for rule in provider.prose
    for body in rule.broken
]
DAY = 86_400_000


def asked(mock: StandIn, rule: ProseRule, body: Json) -> Json:
    path = page_of(rule.operation).operation.path
    headers = Headers.of([("Authorization", f"Bearer {mock.key}"), ("Content-Type", "application/json")])
    return mock.call(Request("POST", path, headers=headers, body=dump(body)))


@pytest.mark.parametrize(("provider", "rule", "body"), PROSE, ids=lambda value: getattr(value, "id", None))
def test_the_provider_refuses_what_breaks_a_rule_at_once_or_later(provider: str, rule: ProseRule, body: Json) -> None:
    mock = StandIn()
    reply = asked(mock, rule, body)
    if rule.status is not None:
        assert reply.status == rule.status
        return
    mock.advance(DAY)
    headers = Headers.of([("Authorization", f"Bearer {mock.key}")])
    asset = mock.call(Request("GET", f"/api/asset/{reply.value['asset']['id']}", headers=headers)).value
    assert asset["status"]["phase"] == "failed"


def test_the_stand_in_s_world_begins_at_a_fixed_instant() -> None:
    assert StandIn().engine.clock.now() == START


@pytest.mark.parametrize(("provider", "rule", "body"), PROSE, ids=lambda value: getattr(value, "id", None))
def test_a_rule_names_an_operation_of_its_provider_and_its_place(provider: str, rule: ProseRule, body: Json) -> None:
    page = page_of(rule.operation)
    assert page.book.provider is not None and page.book.provider.name == provider
    assert page.entries[0].body.breaches(body) == []
    assert page.contract.root.at(*rule.document.split("/")[1:]) is not None
