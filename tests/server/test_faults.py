"""Every fault of the wire, as a client of raw sockets and one of the standard library meet it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from http.client import HTTPConnection, IncompleteRead, RemoteDisconnected
from urllib.parse import urlsplit

import pytest

from mockserver.core.text import Json, parse
from mockserver.engine.faults import Standing, fault_from
from mockserver.server.thread import ThreadedServer
from mockserver.settings import Settings
from tests.engine import tiny
from tests.engine.asking import request
from tests.server.raw import Heard, RawClient, once, said

KEY = "Authorization: Bearer main"
JSON = "Content-Type: application/json"
LIST = said("GET", "/tiny/notes", b"", KEY)


def create(text: str = "a") -> bytes:
    return said("POST", "/tiny/notes", b'{"text": "%b"}' % text.encode(), KEY, JSON)


@pytest.fixture
def server() -> Iterator[ThreadedServer]:
    with ThreadedServer(Settings(port=0), engine=tiny.engine()) as server:
        yield server


def set_fault(server: ThreadedServer, **said: Json) -> Standing:
    async def add() -> Standing:
        return server.engine.faults.add(fault_from(said))

    return server.run(add())


def texts(server: ThreadedServer) -> list[str]:
    """What notes there are, by a call that no fault of POST strikes."""
    return [note["text"] for note in once(server.url, LIST).value]


def ends(server: ThreadedServer, data: bytes) -> bytes:
    """Everything the server says until it closes. Raises ConnectionResetError for a TCP reset."""
    with RawClient(server.url) as client:
        client.say(data)
        heard = b""
        while chunk := client.socket.recv(65_536):
            heard += chunk
        return heard


def fetched(server: ThreadedServer, path: str = "/tiny/notes") -> tuple[int, bytes]:
    """The same with a real client."""
    address = urlsplit(server.url)
    connection = HTTPConnection(address.hostname or "", address.port, timeout=10)
    try:
        connection.request("GET", path, headers={"Authorization": "Bearer main"})
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


POST = {"calls": {"method": "POST"}}


def test_a_reset_before_the_call_changes_nothing(server: ThreadedServer) -> None:
    set_fault(server, reset="before", **POST)
    with pytest.raises(ConnectionResetError):
        ends(server, create())
    assert "a" not in texts(server)


def test_a_reset_after_the_call_loses_the_reply_of_a_success(server: ThreadedServer) -> None:
    set_fault(server, reset="after", turns={"first": 1}, **POST)
    with pytest.raises(ConnectionResetError):
        ends(server, create())
    assert once(server.url, create()).status == 409
    assert texts(server).count("a") == 1


def test_a_reset_in_the_middle_comes_after_half_of_the_body(server: ThreadedServer) -> None:
    whole = once(server.url, LIST)
    set_fault(server, reset="middle")
    with RawClient(server.url) as client:
        client.say(LIST)
        heard = b""
        with pytest.raises(ConnectionResetError):
            while chunk := client.socket.recv(65_536):
                heard += chunk
    head, _, body = heard.partition(b"\r\n\r\n")
    assert b"Content-Length: %d" % len(whole.body) in head
    assert body == whole.body[: len(whole.body) // 2]


@pytest.mark.parametrize(("when", "made"), [("before", False), ("after", True)])
def test_an_empty_reply_is_a_connection_closed_without_a_byte(server: ThreadedServer, when: str, made: bool) -> None:
    set_fault(server, empty=when, turns={"first": 1})
    assert ends(server, create()) == b""
    assert ("a" in texts(server)) is made


def test_a_real_client_calls_an_empty_reply_a_remote_disconnect(server: ThreadedServer) -> None:
    set_fault(server, empty="before")
    with pytest.raises(RemoteDisconnected):
        fetched(server)


def test_a_hang_never_answers_until_the_client_leaves(server: ThreadedServer) -> None:
    set_fault(server, hang="before", turns={"first": 1})
    with RawClient(server.url) as client:
        client.say(create())
        client.socket.settimeout(0.1)
        with pytest.raises(TimeoutError):
            client.socket.recv(1)
        client.socket.settimeout(10)
        client.finish()
        assert client.rest() == b""
    assert "a" not in texts(server)


@pytest.mark.parametrize("fault", [{"hang": "after"}, {"delay": 60_000}, {"drip": {"bytes": 1, "ms": 60_000}}])
def test_a_server_that_stops_waits_for_no_fault(fault: Json) -> None:
    with ThreadedServer(Settings(port=0), engine=tiny.engine()) as server:
        set_fault(server, **fault)
        with RawClient(server.url) as client:
            client.say(LIST)
            client.socket.settimeout(0.05)
            with pytest.raises(TimeoutError):
                client.socket.recv(1)
                client.socket.recv(1)
            began = time.perf_counter()
            server.stop()
            assert time.perf_counter() - began < 1


def test_a_delay_is_real_time(server: ThreadedServer) -> None:
    set_fault(server, delay=120)
    began = time.perf_counter()
    assert once(server.url, LIST).status == 200
    assert time.perf_counter() - began >= 0.12


def test_a_client_whose_timeout_is_shorter_than_the_delay_has_changed_something(server: ThreadedServer) -> None:
    set_fault(server, delay=60_000, turns={"first": 1})
    with RawClient(server.url) as client:
        client.say(create())
        client.socket.settimeout(0.1)
        with pytest.raises(TimeoutError):
            client.socket.recv(1)
    assert "a" in texts(server)


def test_a_truncated_body_is_shorter_than_promised(server: ThreadedServer) -> None:
    whole = once(server.url, LIST)
    set_fault(server, truncate=5)
    head, _, body = ends(server, LIST).partition(b"\r\n\r\n")
    assert b"Content-Length: %d" % len(whole.body) in head
    assert body == whole.body[:5]


@pytest.mark.parametrize("fault", [{"truncate": {"share": 0.5}}, {"length": 10}, {"chunk": "malformed"}])
def test_a_real_client_reads_less_than_a_body(server: ThreadedServer, fault: Json) -> None:
    set_fault(server, **fault)
    with pytest.raises(IncompleteRead):
        fetched(server)


def test_an_unfinished_chunked_body_is_no_body_to_a_real_client(server: ThreadedServer) -> None:
    set_fault(server, chunk="unfinished")
    with pytest.raises(IncompleteRead) as caught:
        fetched(server)
    assert parse(caught.value.partial)


def test_a_length_too_short_leaves_the_rest_in_the_way_of_the_next_reply(server: ThreadedServer) -> None:
    whole = once(server.url, LIST)
    set_fault(server, length=-3, turns={"nth": 1})
    with RawClient(server.url) as client:
        client.say(LIST)
        assert client.hear().body == whole.body[:-3]
        client.say(LIST)
        assert client.socket.recv(100).startswith(whole.body[-3:])


def test_a_drip_comes_in_small_pieces(server: ThreadedServer) -> None:
    set_fault(server, drip={"bytes": 64, "ms": 60_000})
    with RawClient(server.url) as client:
        client.say(LIST)
        assert len(client.socket.recv(65_536)) == 64


def test_a_drip_is_whole_in_the_end(server: ThreadedServer) -> None:
    whole = fetched(server)
    set_fault(server, drip={"bytes": 16, "ms": 1})
    assert fetched(server) == whole


@pytest.mark.parametrize("how", ["malformed", "html", "empty"])
def test_a_body_that_is_no_json_has_its_right_length_and_type(server: ThreadedServer, how: str) -> None:
    set_fault(server, json=how, turns={"first": 1})
    with RawClient(server.url) as client:
        client.say(LIST)
        heard = client.hear()
        assert heard.headers["content-type"].startswith("application/json")
        with pytest.raises(ValueError):
            parse(heard.body)
        client.say(LIST)
        assert client.hear().value


def test_a_status_comes_in_the_providers_shape_and_is_on_record(server: ThreadedServer) -> None:
    set_fault(server, name="busy", status={"code": 503, "retryAfter": 2}, turns={"first": 1})
    heard = once(server.url, create())
    assert (heard.status, heard.value, heard.headers["retry-after"]) == (503, {"tiny": "Service Unavailable"}, "2")
    (entry,) = server.engine.journal.since(0)
    assert (entry.fault, entry.reply.status, entry.operation) == ("busy", 503, "createNote")
    assert "a" not in texts(server)


def prefers(server: ThreadedServer, *preferences: str) -> Heard:
    return once(server.url, said("GET", "/tiny/notes", b"", KEY, *(f"Prefer: {each}" for each in preferences)))


def test_a_preference_is_met_over_the_wire(server: ThreadedServer) -> None:
    heard = prefers(server, "code=404")
    assert (heard.status, heard.value, heard.headers["preference-applied"]) == (404, {"tiny": "Not Found"}, "code=404")


def test_a_preferred_fault_strikes_this_call_alone(server: ThreadedServer) -> None:
    with pytest.raises(ConnectionResetError):
        ends(server, said("GET", "/tiny/notes", b"", KEY, "Prefer: fault=reset"))
    assert once(server.url, LIST).status == 200


def test_a_fault_set_while_a_request_is_on_its_way_lets_it_pass(server: ThreadedServer) -> None:
    """What was read before the fault was set is answered as if it weren't there."""

    async def add_and_answer() -> int:
        engine = server.engine
        engine.faults.add(fault_from({"status": 503}))
        return (await engine.respond(request("GET", "/tiny/notes"), undisturbed=True)).status

    assert server.run(add_and_answer()) == 200
    assert once(server.url, LIST).status == 503


def test_pipelined_requests_keep_their_order_under_faults(server: ThreadedServer) -> None:
    set_fault(server, delay=30, turns={"every": 3})
    with RawClient(server.url) as client:
        client.say(b"".join(create(str(number)) for number in range(9)))
        assert [client.hear().value["text"] for _ in range(9)] == [str(number) for number in range(9)]


def test_a_client_that_has_said_all_it_will_is_answered_under_a_delay(server: ThreadedServer) -> None:
    set_fault(server, delay=60_000)
    began = time.perf_counter()
    assert once(server.url, LIST, finish=True).status == 200
    assert time.perf_counter() - began < 5


def test_when_the_last_fault_goes_requests_are_answered_as_ever(server: ThreadedServer) -> None:
    id = set_fault(server, status=503).id
    assert once(server.url, LIST).status == 503

    async def remove() -> bool:
        return server.engine.faults.remove(id)

    assert server.run(remove())
    assert once(server.url, LIST).status == 200
