from __future__ import annotations

import asyncio
import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from mockserver.core.delivery import Answered, Sending
from mockserver.core.http import Headers
from mockserver.server.courier import MOST_ANSWER, Courier, LookUp, look_up
from mockserver.server.targets import Targets
from tests.server.receiver import Got, Receiver, Said, receiving


def sent(*urls: str, targets: Targets | None = None, ask: LookUp = look_up, seconds: float = 5.0) -> list[Answered]:
    """What comes of a request to each URL, one after the other."""

    async def go() -> list[Answered]:
        courier = Courier(targets or Targets(), seconds=seconds, ask=ask)
        try:
            return [
                await courier.send(Sending("POST", url, Headers.of([("x-said", "hello")]), b"body")) for url in urls
            ]
        finally:
            await courier.close()

    return asyncio.run(go())


def knows(*answers: list[str]) -> LookUp:
    """A name service that answers so, in turn; the last answer stays."""
    left = list(answers)

    async def ask(host: str, port: int) -> list[str]:
        return left.pop(0) if len(left) > 1 else left[0]

    return ask


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


def test_a_request_arrives_as_it_was_written(receiver: Receiver) -> None:
    (answered,) = sent(receiver.url + "?a=1")
    assert (answered.status, answered.reason, answered.body, answered.failure) == (200, "OK", b"ok", None)
    assert answered.headers.first("content-length") == "2"
    (got,) = receiver.got
    assert (got.path, got.body, got.headers["x-said"]) == ("/hook?a=1", b"body", "hello")
    assert got.headers["host"] == f"127.0.0.1:{receiver.port}"


def test_a_redirect_is_an_answer_and_not_followed(receiver: Receiver) -> None:
    with receiving() as elsewhere:
        receiver.answer = lambda got: Said(302, (("Location", elsewhere.url),), b"")
        (answered,) = sent(receiver.url)
        assert (answered.status, elsewhere.got) == (302, [])


def test_no_proxy_of_the_environment_is_used(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        assert sent(receiver.url)[0].status == 200
        assert proxy.got == []


def test_cookies_are_forgotten(receiver: Receiver) -> None:
    receiver.answer = lambda got: Said(200, (("Set-Cookie", "a=b"),))
    sent(receiver.url, receiver.url)
    assert all("cookie" not in got.headers for got in receiver.got)


def test_an_answer_that_is_long_is_cut(receiver: Receiver) -> None:
    receiver.answer = lambda got: Said(body=b"x" * 1_000_000)
    (answered,) = sent(receiver.url)
    assert (answered.status, len(answered.body), answered.cut) == (200, MOST_ANSWER, True)


def test_a_compressed_answer_is_not_blown_up(receiver: Receiver) -> None:
    receiver.answer = lambda got: Said(200, (("Content-Encoding", "gzip"),), b"\x1f\x8b\x08 not really")
    assert sent(receiver.url)[0].body == b"\x1f\x8b\x08 not really"


@contextmanager
def dripping() -> Iterator[str]:
    """The URL of somebody who promises an answer and sends a byte of it now and then, until hung up on."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.settimeout(0.02)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
                try:
                    while True:
                        try:
                            if not connection.recv(4096):
                                return
                        except TimeoutError:
                            connection.sendall(b"x")
                except OSError:
                    return

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        thread.join()


def test_who_drips_does_not_hold_us_up() -> None:
    with dripping() as url:
        (answered,) = sent(url, seconds=0.2)
    assert (answered.failure, answered.error) == ("timeout", "no whole answer came within 0.2 s")
    assert 200_000 <= answered.microseconds < 5_000_000


def test_nobody_there_is_a_failed_connection() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    (answered,) = sent(f"http://127.0.0.1:{port}/")
    assert answered.failure == "connection"
    assert str(port) in (answered.error or "")


def test_garbage_is_a_failed_connection() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(b"what?\r\n\r\n")

        thread = threading.Thread(target=serve)
        thread.start()
        (answered,) = sent(f"http://127.0.0.1:{server.getsockname()[1]}/")
        thread.join()
    assert answered.failure == "connection"


# ---- where nothing goes


@pytest.mark.parametrize(
    "host",
    [
        *("169.254.169.254", "[::ffff:169.254.169.254]", "[fd00:ec2::254]", "[fe80::1]", "100.100.100.200"),
        *("2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "169.254.43518"),
    ],
)
def test_metadata_is_not_asked_for_however_it_is_spelled(host: str) -> None:
    allowed = Targets([(host.strip("[]"), None), ("169.254.169.254", None)])
    (answered,) = sent(f"http://{host}/latest/meta-data", targets=allowed)
    assert answered.failure == "refused"
    assert "never are" in (answered.error or "")


@pytest.mark.parametrize("host", ["10.0.0.5", "[::ffff:10.0.0.5]", "167772165", "0.0.0.0"])
def test_other_machines_are_left_alone(host: str) -> None:
    (answered,) = sent(f"http://{host}:8080/")
    assert answered.failure == "refused"
    assert "--allow-target" in (answered.error or "")


@pytest.mark.parametrize("spelling", ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "[::ffff:127.0.0.1]"])
def test_odd_spellings_of_this_machine_reach_it(receiver: Receiver, spelling: str) -> None:
    assert sent(f"http://{spelling}:{receiver.port}/")[0].status == 200


@pytest.mark.parametrize(
    "url",
    ["ftp://127.0.0.1/", "file:///etc/passwd", "http://", "http://me:hush@127.0.0.1/", "ftp://me:hush@127.0.0.1/"],
)
def test_what_is_no_plain_http_url_is_refused(url: str) -> None:
    (answered,) = sent(url)
    assert answered.failure == "refused"
    assert "hush" not in (answered.error or "")


@pytest.mark.parametrize("url", ["http://127.0.0.1:99999/", "http://[::1/", "http://a b/"])
def test_what_is_no_url_is_no_crash(url: str) -> None:
    assert sent(url)[0].failure in ("refused", "connection")


def test_a_name_that_is_not_allowed_is_not_even_looked_up() -> None:
    async def ask(host: str, port: int) -> list[str]:
        raise AssertionError(f"{host} was looked up")

    (answered,) = sent("http://example.com/", ask=ask)
    assert answered.failure == "refused"
    assert "--allow-target example.com:80" in (answered.error or "")


def test_an_allowed_name_is_called(receiver: Receiver) -> None:
    targets = Targets([("hooks.test", receiver.port)])
    (answered,) = sent(f"http://hooks.test:{receiver.port}/", targets=targets, ask=knows(["127.0.0.1"]))
    assert answered.status == 200
    assert receiver.got[0].headers["host"] == f"hooks.test:{receiver.port}"


@pytest.mark.parametrize("bad", ["169.254.169.254", "::ffff:169.254.169.254"])
def test_a_name_that_changes_its_address_is_checked_each_time(receiver: Receiver, bad: str) -> None:
    targets = Targets([("hooks.test", None)])
    url = f"http://hooks.test:{receiver.port}/"
    first, second = sent(url, url, targets=targets, ask=knows(["127.0.0.1"], [bad]))
    assert (first.status, second.failure, len(receiver.got)) == (200, "refused", 1)


def test_the_address_that_was_checked_is_the_one_connected_to(receiver: Receiver) -> None:
    """One look-up for one request: who answers a second one differently is never asked."""
    asked: list[str] = []

    async def ask(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["169.254.169.254"]

    targets = Targets([("hooks.test", None)])
    assert sent(f"http://hooks.test:{receiver.port}/", targets=targets, ask=ask)[0].status == 200
    assert asked == ["hooks.test"]


def test_of_several_addresses_only_good_ones_are_tried(receiver: Receiver) -> None:
    targets = Targets([("hooks.test", None)])
    ask = knows(["169.254.169.254", "127.0.0.1"])
    assert sent(f"http://hooks.test:{receiver.port}/", targets=targets, ask=ask)[0].status == 200


def test_localhost_that_lies_is_refused() -> None:
    (answered,) = sent("http://localhost:8080/", ask=knows(["10.0.0.5"]))
    assert answered.failure == "refused"


def test_a_name_that_is_unknown_is_a_failed_connection() -> None:
    async def ask(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    (answered,) = sent("http://hooks.test/", targets=Targets([("hooks.test", None)]), ask=ask)
    assert answered.failure == "connection"
    assert "hooks.test" in (answered.error or "")


def test_a_refusal_is_in_the_log_once(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "mockserver"):
        sent("http://example.com/a", "http://example.com/b", "http://example.org/")
    assert [record.getMessage().split(",")[0] for record in caplog.records] == [
        "webhook: example.com",
        "webhook: example.org",
    ]


def test_nothing_but_what_was_asked_is_sent(receiver: Receiver) -> None:
    sent(receiver.url)
    got: Got = receiver.got[0]
    assert set(got.headers) <= {
        "host",
        "x-said",
        "accept",
        "user-agent",
        "content-length",
        "content-type",
        "connection",
    }


def test_an_ending_server_breaks_off_an_attempt() -> None:
    async def go() -> Any:
        courier = Courier(Targets())
        with socket.create_server(("127.0.0.1", 0)) as server:
            url = f"http://127.0.0.1:{server.getsockname()[1]}/"
            task = asyncio.ensure_future(courier.send(Sending("POST", url, Headers(), b"")))
            await asyncio.get_running_loop().run_in_executor(None, server.accept)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await courier.close()

    asyncio.run(go())
