from __future__ import annotations

import httpx
import pytest

from tests.mutants.judge import alarm
from tests.mutants.patience import START, Clock, Endless, Fence
from tests.mutants.stub import Say, Stub


def test_time_goes_on_when_somebody_waits() -> None:
    jumps: list[float] = []
    clock = Clock(jumps.append)
    clock.wait(2.5)
    assert (clock.now(), clock.waited, jumps) == (START + 2.5, [2.5], [2.5])


def test_nobody_waits_for_ever() -> None:
    clock = Clock(most=3)
    for _ in range(3):
        clock.wait(10)
    with pytest.raises(Endless, match="waited 3 times, 30 s in all"):
        clock.wait(10)


def test_a_fence_keeps_a_client_from_the_world() -> None:
    with Stub() as stub, httpx.Client(transport=Fence(stub.url)) as client:
        stub.on("GET /here", Say(200, "here"))
        assert client.get(f"{stub.url}/here").json() == "here"
        with pytest.raises(httpx.ConnectError, match=r"example\.com is outside the fence"):
            client.get("http://example.com/there")


def test_a_fence_counts_requests() -> None:
    fence = Fence("http://127.0.0.1:9", most=0)
    with httpx.Client(transport=fence) as client, pytest.raises(Endless, match="sent 0 requests"):
        client.get("http://127.0.0.1:9/")


def test_what_hangs_is_woken_up() -> None:
    with pytest.raises(Endless, match=r"was not done after 0\.05 s"), alarm(0.05):
        while True:
            pass


def test_a_stub_says_what_it_was_told_in_turn() -> None:
    with Stub() as stub, httpx.Client(base_url=stub.url, trust_env=False) as client:
        stub.on("GET /a", Say(503, "later"), Say(200, {"n": 1}))
        assert [client.get("/a").status_code for _ in range(3)] == [503, 200, 200]
        assert client.get("/b?x=1").status_code == 418
        assert [(asked.path, asked.query) for asked in stub.asked][-1] == ("/b", {"x": "1"})


def test_a_stub_loses_replies() -> None:
    with Stub() as stub, httpx.Client(base_url=stub.url, trust_env=False) as client:
        stub.on("POST /a", Say(lost=True))
        with pytest.raises(httpx.RemoteProtocolError):
            client.post("/a", json={})
        assert stub.count("POST /a") == 1
