from __future__ import annotations

import pytest
from hypothesis import Phase, settings
from hypothesis.errors import InvalidArgument
from hypothesis.stateful import run_state_machine_as_test

from mockserver.strategies import Client, ClientMachine, Clock, Mock
from tests.strategies.clients import LivepeerClient, Refused, RestreamClient
from tests.strategies.drawing import QUICK
from tests.strategies.standin import StandIn

NO_SHRINKING = settings(
    QUICK, max_examples=400, stateful_step_count=15, phases=[Phase.generate], report_multiple_bugs=False
)


def machine(kind: type[LivepeerClient | RestreamClient], *bugs: str) -> type[ClientMachine]:
    """The kit's shortest use, for a client with bugs."""

    class Explored(ClientMachine):
        provider = "livepeer" if kind is LivepeerClient else "restream"

        def mock(self) -> Mock:
            return StandIn()

        def client(self, mock: Mock, clock: Clock) -> Client:
            assert isinstance(mock, StandIn)
            return kind(mock, clock, frozenset(bugs))

    return Explored


@pytest.mark.parametrize("kind", [LivepeerClient, RestreamClient])
def test_an_honest_client_passes(kind: type[LivepeerClient | RestreamClient]) -> None:
    run_state_machine_as_test(machine(kind), settings=settings(NO_SHRINKING, max_examples=12))


def test_an_honest_client_that_reads_many_pages_and_has_no_way_to_wait_passes() -> None:
    class Plain(RestreamClient):
        limit = 10
        wait = Client.wait  # type: ignore[assignment]

    run_state_machine_as_test(machine(Plain), settings=settings(NO_SHRINKING, max_examples=15))


BUGS = (
    (LivepeerClient, "retries posts", "a call was sent again"),
    (LivepeerClient, "raw errors", "not the client's own error came out"),
    (LivepeerClient, "header case", "told to wait"),
    (LivepeerClient, "ignores retry-after", "told to wait"),
    (LivepeerClient, "seconds only", "not the client's own error came out"),
    (LivepeerClient, "retries 4xx", "was refused|the server refused it"),
    (LivepeerClient, "leaks key", "shows a secret"),
    (LivepeerClient, "ignores failed", "that it has ended, and still it waits"),
    (LivepeerClient, "seconds", "and the server was told"),
    (LivepeerClient, "null hash", "not the client's own error came out"),
    (LivepeerClient, "unknown is ready", "and the client"),
    (LivepeerClient, "first page", "the server sent 2 pages"),
    (LivepeerClient, "hasty", "asks 30 times within"),
    (LivepeerClient, "takes newest", "(nothing was made|the reply's id is .*), and the client says"),
    (LivepeerClient, "does not quote", "(poll|download): the id is"),
    (LivepeerClient, "first source", "is no manifest"),
    (LivepeerClient, "no secret", "the webhook has no secret"),
    (LivepeerClient, "limit is refusal", "a limit is reached, and the client does not say so"),
    (RestreamClient, "forgets single", "one clip was asked for, and the client sends no `singleClipMode`"),
    (RestreamClient, "needs duration", "files: not the client's own error came out"),
    (RestreamClient, "raw cursor", "the next page is at"),
    (RestreamClient, "409 is failure", "a 409 for what was asked before is no error"),
    (RestreamClient, "truncates", "and the server was told 10"),
    (RestreamClient, "first page", "the server sent 2 pages"),
)


@pytest.mark.parametrize(("kind", "bug", "said"), BUGS)
def test_a_bug_is_found_and_told(kind: type[LivepeerClient | RestreamClient], bug: str, said: str) -> None:
    with pytest.raises(AssertionError, match=said):
        run_state_machine_as_test(machine(kind, bug), settings=NO_SHRINKING)


def test_waiting_without_end_is_found() -> None:
    class Patient(machine(LivepeerClient, "polls for ever")):  # type: ignore[misc]
        longest = 7_200.0

    with pytest.raises(AssertionError, match="wait: does not end: one call slept for"):
        run_state_machine_as_test(Patient, settings=settings(NO_SHRINKING, max_examples=500))


def test_a_call_that_hangs_is_found_by_real_time() -> None:
    class Hanging(LivepeerClient):
        def poll(self, handle: str) -> object:  # type: ignore[override]
            while True:
                pass

    class Explored(machine(LivepeerClient)):  # type: ignore[misc]
        patience = 0.2

        def client(self, mock: Mock, clock: Clock) -> Client:
            assert isinstance(mock, StandIn)
            return Hanging(mock, clock)

    with pytest.raises(AssertionError, match=r"does not end: one call took more than 0\.2 s of real time"):
        run_state_machine_as_test(Explored, settings=NO_SHRINKING)


def test_coroutines_will_do() -> None:
    class Asynchronous(Client):
        errors = LivepeerClient.errors

        def __init__(self, inner: LivepeerClient) -> None:
            self.inner = inner

        async def create(self, source: str, start: float | None, end: float | None) -> str:
            return self.inner.create(source, start, end)

        async def poll(self, handle: str) -> object:  # type: ignore[override]
            return self.inner.poll(handle)

        async def list(self, source: str) -> object:  # type: ignore[override]
            return self.inner.list(source)

        async def download(self, handle: str) -> str:
            return self.inner.download(handle)

    class Explored(machine(LivepeerClient)):  # type: ignore[misc]
        def client(self, mock: Mock, clock: Clock) -> Client:
            assert isinstance(mock, StandIn)
            return Asynchronous(LivepeerClient(mock, clock))

    run_state_machine_as_test(Explored, settings=settings(NO_SHRINKING, max_examples=5))


def test_a_machine_without_a_provider_says_what_there_is() -> None:
    with pytest.raises(InvalidArgument, match="livepeer, restream"):
        run_state_machine_as_test(ClientMachine, settings=NO_SHRINKING)


def test_the_machine_s_own_settings_are_for_users() -> None:
    assert ClientMachine.TestCase.settings.report_multiple_bugs is False


def test_a_machine_of_a_user_has_them_too() -> None:
    assert machine(LivepeerClient).TestCase.settings is ClientMachine.TestCase.settings


def test_a_client_that_says_nothing_of_a_repetition_passes() -> None:
    class Silent(RestreamClient):
        def create(self, source: str, start: float | None, end: float | None, single: bool = False) -> str | None:
            body = {"sourceType": "VideoStorageFile", "videoStorageFileId": source}
            times = {"startOffsetSeconds": start, "endOffsetSeconds": end}
            asked = body if start is None else {**body, "selectedTimeRange": times}
            made = {**asked, "singleClipMode": True} if single else asked
            try:
                return str(self.api.field(self.api.ask("POST", "/v2/user/clips/projects", made), "projectId"))
            except Refused as error:
                if not error.is_repetition:
                    raise
                return None

    run_state_machine_as_test(machine(Silent), settings=settings(NO_SHRINKING, max_examples=12))
