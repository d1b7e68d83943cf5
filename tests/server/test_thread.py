from __future__ import annotations

import socket

import pytest

from mockserver.errors import StartError, WorldError
from mockserver.server.thread import ThreadedServer
from mockserver.settings import Settings
from tests.engine import tiny
from tests.server.raw import RawClient, once, said

LIST = said("GET", "/tiny/notes", b"", "Authorization: Bearer main")


def post(text: str) -> bytes:
    body = b'{"text": "%b"}' % text.encode()
    return said("POST", "/tiny/notes", body, "Authorization: Bearer main", "Content-Type: application/json")


def test_the_port_is_open_inside_the_block_and_closed_after_it() -> None:
    with ThreadedServer(Settings(port=0), engine=tiny.engine()) as server:
        assert once(server.url, LIST).status == 200
    with pytest.raises(ConnectionRefusedError):
        RawClient(server.url)


def test_a_coroutine_runs_on_the_servers_loop() -> None:
    with ThreadedServer(Settings(port=0), engine=tiny.engine()) as server:
        assert server.run(server.engine.advance(500)) == tiny.NOW + 500
    with pytest.raises(RuntimeError, match="not running"):
        server.run(server.engine.advance(500))


def test_two_servers_in_one_process_share_nothing() -> None:
    settings = Settings(port=0, pace=0)
    with ThreadedServer(settings, engine=tiny.engine()) as one, ThreadedServer(settings, engine=tiny.engine()) as other:
        assert one.url != other.url
        before = once(other.url, LIST).body
        once(one.url, post("mine"))
        one.run(one.engine.advance(10_000))
        assert once(other.url, LIST).body == before
        assert len(other.engine.journal) == 2


def test_two_servers_of_the_real_providers_share_nothing() -> None:
    settings = Settings(port=0, pace=0, at=tiny.NOW)
    listing = said("GET", "/api/asset", b"", "Authorization: Bearer test_me")
    clip = b'{"playbackId": "eaw4nk06ts2d0mzb", "startTime": 1587667174725, "endTime": 1587667184725}'
    headers = ("Authorization: Bearer test_me", "Content-Type: application/json")
    with ThreadedServer(settings) as one, ThreadedServer(settings) as other:
        before = once(other.url, listing).body
        assert once(one.url, listing).body == before
        assert once(one.url, said("POST", "/api/clip", clip, *headers)).status == 200
        assert once(one.url, listing).body != before
        assert once(other.url, listing).body == before


def test_what_keeps_it_from_starting_is_raised_where_it_was_started() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(StartError, match="is taken"):
            ThreadedServer(Settings(port=taken.getsockname()[1]), engine=tiny.engine()).start()
    broken = {"keys": ["main"], "notes": [{"id": "bad"}]}
    with pytest.raises(WorldError, match="bad is no id"):
        ThreadedServer(Settings(port=0), engine=tiny.engine(section=broken)).start()
