"""What Hypothesis draws, served over a real socket to a real client."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.stateful import run_state_machine_as_test

from mockserver.core.http import Reply
from mockserver.strategies import Client, ClientMachine, Clock, replies
from mockserver.strategies import Mock as Wanted
from mockserver.testing import LivepeerMock, Mock, Server
from tests.mutants.clients.api import Connection
from tests.mutants.clients.livepeer import LivepeerClient
from tests.strategies.adapters import Livepeer
from tests.testing.conftest import clip

START = 1_790_000_000_000
QUICK = settings(
    max_examples=8,
    stateful_step_count=10,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


class Wired(Livepeer):
    """The honest client with a socket; a reply that never comes costs it a fifth of a second."""

    def __init__(self, mock: Mock, clock: Clock) -> None:
        now = START / 1000
        self.api = LivepeerClient(Connection(mock.url, mock.key, clock.sleep, lambda: now + clock.time(), timeout=0.2))
        self.made = 0


def test_every_reply_the_document_allows_reaches_the_client_as_drawn(here: Server) -> None:
    with here.world("livepeer") as outer:

        @settings(max_examples=25, deadline=None, database=None)
        @given(reply=replies("createClip"))
        def served(reply: Reply) -> None:
            with outer.fresh() as mock, mock.replying("createClip", reply):
                got = clip(mock)
                assert (got.status_code, got.content) == (reply.status, reply.body)
                assert mock.calls.last.fault == "next-reply"

        served()


def test_a_machine_explores_a_client_in_worlds_of_a_server(here: Server) -> None:
    class Explored(ClientMachine):
        provider = "livepeer"

        def mock(self) -> Wanted:
            self.world: LivepeerMock = here.world("livepeer", "machine", at=START, frozen=True)
            return self.world

        def client(self, mock: Wanted, clock: Clock) -> Client:
            return Wired(self.world, clock)

    run_state_machine_as_test(Explored, settings=QUICK)
