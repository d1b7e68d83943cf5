from __future__ import annotations

import http.client
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from mockserver.engine.cards import Card
from mockserver.testing import Server, lived, sent, serve
from mockserver.testing.outcomes import known, outcome_of
from tests.testing.conftest import ask, clip

REFUSALS = [card for card in known() if card.status >= 400 and card.says]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve() as served:
        yield served


def refused(server: Server, card: Card) -> set[str]:
    """The names of the refusals a client met that sent what a card says."""
    found: sent.Parts = {}
    with server.world(card.provider, card.name, allow="*") as mock:
        outcome = outcome_of(card, server.url, mock.key)
        connection = http.client.HTTPConnection(urlsplit(server.url).netloc)
        target = outcome.url.removeprefix(server.url)
        connection.request(outcome.method, target, outcome.body and outcome.body.encode(), outcome.headers)
        assert connection.getresponse().status == card.status
        connection.close()
        lived.refusals(found, [call.entry for call in mock.calls])
    return set(found.get(card.provider, {}).get(card.operation.id, {}))


@pytest.mark.parametrize("provider", ["livepeer", "restream"])
def test_who_sends_every_card_was_refused_in_every_documented_way(server: Server, provider: str) -> None:
    met: dict[str, set[str]] = {}
    for card in REFUSALS:
        if card.provider == provider:
            found = refused(server, card)
            assert len(found) == 1, f"{card.name} is told as {found}"
            met.setdefault(card.operation.id, set()).update(found)
    tried = lived.joined(server.driver.ask("GET", "coverage")["providers"], {}, {})[provider]["tried"]
    assert {each["operation"]: set(each["neverRefused"]) for each in tried if each["neverRefused"]} == met


def seen(server: Server, provider: str, *steps: str) -> dict[str, dict[str, int]]:
    """The edges a client saw that made a clip, and then looked (`look`) or let time go by (`2s`)."""
    found: sent.Parts = {}
    with server.world(provider, pace=1, frozen=True) as mock:
        task = clip(mock).json()["task"]["id"]
        for step in steps:
            ask(mock, "GET", f"/task/{task}") if step == "look" else mock.clock.advance(step)
        lived.edges(found, [call.entry for call in mock.calls])
    return found.get(provider, {})


def test_two_looks_one_after_the_other_show_an_edge(server: Server) -> None:
    steps = ("look", "2s", "look", "80s", "look", "look")
    edges = dict.fromkeys(("new-pending", "pending-waiting", "waiting-running", "running-completed"), 1)
    assert seen(server, "livepeer", *steps) == {"task": edges}


def test_what_happened_between_two_looks_was_not_seen(server: Server) -> None:
    assert seen(server, "livepeer", "look", "82s", "look") == {
        "task": dict.fromkeys(("new-pending", "pending-waiting", "waiting-completed"), 1)
    }
    assert seen(server, "livepeer", "82s", "look") == {}


def test_coverage_tells_the_edges_that_were_never_seen(server: Server) -> None:
    providers = server.driver.ask("GET", "coverage")["providers"]
    told = lived.joined(providers, {}, {"restream": {"project": {"generating-idle": 2}}})
    project = {"met": {"generating-idle": 2}, "never": ["new-generating", "idle-generating"]}
    assert told["restream"]["machines"]["project"] == project
