"""Every edge of the state machines, taken by curl as it is printed, in a world of its own of a running server."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator

import pytest

from mockserver.core.text import Json, resolve
from mockserver.core.world import WorldId
from mockserver.engine.edge_calls import EdgeCall
from mockserver.engine.edge_cards import WORLD, EdgeCard, edges
from mockserver.server.thread import ThreadedServer
from mockserver.settings import Settings
from tests.engine.tiny import NOW
from tests.laws.states import States, edges_between, states

CARDS = [card for cards in edges().values() for card in cards]


@pytest.fixture(scope="module")
def server() -> Iterator[ThreadedServer]:
    with ThreadedServer(Settings(port=0, pace=0, at=NOW)) as server:
        yield server


class Shell:
    """What somebody has who pastes the lines of a card: curl, and the values kept of the replies so far."""

    def __init__(self, server: ThreadedServer, world: str) -> None:
        self.server = server
        self.world = world
        self.values: dict[str, str] = {}

    def send(self, call: EdgeCall) -> None:
        """Send it as it is printed, and compare the reply with what the card says of it."""
        command = re.sub(rf"\b{WORLD}\b", self.world, call.curl(self.server.url))
        for name, value in self.values.items():
            command = command.replace(f"${name}", value)
        words = [*shlex.split(command), "--max-time", "20", "--write-out", "\n%{http_code}"]
        done = subprocess.run(words, capture_output=True, text=True, check=True)
        body, _, status = done.stdout.rpartition("\n")
        assert int(status) < 400 if call.status is None else int(status) == call.status, body
        reply: Json = json.loads(body) if body else None
        assert call.says in body.replace('\\"', '"')
        assert {pointer: resolve(reply, pointer) for pointer in call.shows} == call.shows
        self.values |= {name: resolve(reply, pointer) for name, pointer in call.keep.items()}

    def states(self, provider: str) -> States:
        async def look() -> States:
            engine = self.server.engine
            home = engine.worlds.find(WorldId(provider, self.world))
            assert home is not None
            return states(provider, await engine.store.contents(home.world), home.clock.now())

        return self.server.run(look())


@pytest.mark.parametrize("number", range(len(CARDS)), ids=[card.name for card in CARDS])
def test_the_printed_calls_take_the_edge(server: ThreadedServer, number: int) -> None:
    card, shell = CARDS[number], Shell(server, f"test_edge{number}")
    for call in card.given:
        shell.send(call)
    if card.before is not None:
        shell.send(card.before)
    before = shell.states(card.provider)
    shell.send(card.step)
    assert (card.thing, card.start, card.end) in edges_between(before, shell.states(card.provider))
    for call in (*([card.after] if card.after else []), *card.then):
        shell.send(call)


@pytest.mark.parametrize("card", CARDS, ids=[card.name for card in CARDS])
def test_a_reply_tells_that_the_edge_was_taken(card: EdgeCard) -> None:
    looks = [*([card.after] if card.after else []), *card.then]
    assert any(look.shows or look.says or look.status for look in looks)


@pytest.mark.skipif(not shutil.which("jq"), reason="needs jq")
def test_a_script_can_be_pasted_whole(server: ThreadedServer) -> None:
    card = next(card for card in CARDS if card.name == "token-expired-revoked")
    script = "\n".join(card.script(server.url))
    done = subprocess.run(["bash", "-e"], input=script, capture_output=True, text=True, check=True)
    assert done.stdout.endswith('"message":"Invalid token: access token is invalid","name":"invalid_token"}}')
