"""Every plan played, and what a client sees of it. The clock stands; `later` moves it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException, RemoteDisconnected
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

import pytest

from mockserver.core.text import Json, dump, parse
from mockserver.engine.fault_plans import plans
from mockserver.engine.outbox import posted_json
from mockserver.server.thread import ThreadedServer
from mockserver.settings import Settings
from tests.engine.tiny import NOW

CLIP: Json = {"playbackId": "eaw4nk06ts2d0mzb", "startTime": 1587667174725, "endTime": 1587667184725}
PROJECT: Json = {"sourceType": "VideoStorageFile", "videoStorageFileId": "a1b2c3d4-e5f6-7890-abcd-ef1234567890"}
PROJECTS = "/v2/user/clips/projects"
HOUR = 3_600_000


class Told(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def value(self) -> Json:
        return parse(self.body)


class Client:
    """A client of a server with plans, in a world of its own."""

    def __init__(self, server: ThreadedServer) -> None:
        self.server = server

    def plan(self, name: str) -> None:
        async def play() -> None:
            self.server.engine.faults.add_all(plans()[name].faults)

        self.server.run(play())

    def call(
        self, method: str, path: str, body: Json = None, *, timeout: float = 10, form: dict[str, str] | None = None
    ) -> Told:
        address = urlsplit(self.server.url)
        connection = HTTPConnection(address.hostname or "", address.port, timeout=timeout)
        headers = {"Authorization": "Bearer test_me"}
        text = None
        if form is not None:
            headers, text = {"Content-Type": "application/x-www-form-urlencoded"}, urlencode(form).encode()
        elif body is not None:
            headers["Content-Type"], text = "application/json", dump(body)
        try:
            connection.request(method, path, text, headers)
            response = connection.getresponse()
            return Told(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
        finally:
            connection.close()

    def clip(self) -> Told:
        return self.call("POST", "/api/clip", CLIP)

    def project(self) -> Told:
        return self.call("POST", PROJECTS, PROJECT)

    def later(self, ms: int) -> None:
        self.server.run(self.server.engine.advance(ms))

    def used(self) -> list[int]:
        return [each.used for each in self.server.engine.faults.standing()]


@pytest.fixture
def client() -> Iterator[Client]:
    with ThreadedServer(Settings(port=0, pace=0, at=NOW)) as server:
        yield Client(server)


def test_every_plan_is_played_here() -> None:
    assert {name.removeprefix("test_").replace("_", "-") for name in globals() if name.startswith("test_")} >= set(
        plans()
    )


def test_retry_storm(client: Client) -> None:
    before = len(client.call("GET", "/api/task").value)
    client.plan("retry-storm")
    told = [client.clip() for _ in range(4)]
    assert [each.status for each in told] == [503, 503, 429, 200]
    assert [each.headers.get("retry-after") for each in told] == ["1", "1", "Sun, 22 Nov 2026 11:51:42 GMT", None]
    assert told[0].value == {"errors": ["Service Unavailable"]}
    assert len(client.call("GET", "/api/task").value) == before + 1
    assert client.project().value["error"]["name"] == "service_unavailable"


def test_poll_without_end(client: Client) -> None:
    client.plan("poll-without-end")
    asset, project = client.clip().value["asset"]["id"], client.project().value["projectId"]
    for _ in range(3):
        client.later(HOUR)
        assert client.call("GET", f"/api/asset/{asset}").value["status"]["progress"] == 0.85
        assert client.call("GET", f"{PROJECTS}/{project}").value["generatingClipsNow"] is True


def test_success_lost(client: Client) -> None:
    client.plan("success-lost")
    with pytest.raises(ConnectionResetError):
        client.project()
    again = client.project()
    assert (again.status, again.value["error"]["message"]) == (409, "ClipsInputAlreadyProcessed")


def test_gateway_gives_up(client: Client) -> None:
    client.plan("gateway-gives-up")
    told = client.project()
    assert (told.status, told.value["error"]["name"]) == (504, "gateway_timeout")
    assert client.project().status == 409


def test_slow_network(client: Client) -> None:
    client.plan("slow-network")
    began = time.perf_counter()
    told = client.call("GET", "/api/stream")
    took = time.perf_counter() - began
    assert (told.status, bool(told.value)) == (200, True)
    (entry,) = client.server.engine.journal.since(0)
    assert entry.fault == "long-tail, slow-drip"
    assert took > 0.02


def test_flaky_network(client: Client) -> None:
    client.plan("flaky-network")
    seen: Counter[str] = Counter()
    for _ in range(60):
        try:
            seen[str(client.call("GET", "/api/stream").status)] += 1
        except (ConnectionResetError, HTTPException) as error:
            seen[type(error).__name__] += 1
    assert (seen["200"] + sum(client.used()), all(client.used())) == (60, True)
    assert seen["ConnectionResetError"] > 0


def test_broken_bodies(client: Client) -> None:
    client.plan("broken-bodies")
    for _ in range(3):
        told = client.call("GET", "/api/stream")
        assert told.status == 200
        with pytest.raises(ValueError):
            parse(told.body)
    for _ in range(2):
        with pytest.raises(HTTPException):
            client.call("GET", "/api/stream")
    assert client.call("GET", "/api/stream").value


def test_job_fails_late(client: Client) -> None:
    client.plan("job-fails-late")
    asset = client.clip().value["asset"]["id"]
    client.later(60_000)
    assert client.call("GET", f"/api/asset/{asset}").value["status"]["progress"] == 0.8
    client.later(1_000)
    assert client.call("GET", f"/api/asset/{asset}").value["status"]["phase"] == "failed"


def test_job_fails_once(client: Client) -> None:
    client.plan("job-fails-once")
    asset, project = client.clip().value["asset"]["id"], client.project().value["projectId"]
    client.later(HOUR)
    assert client.call("GET", f"/api/asset/{asset}").value["status"]["phase"] == "ready"
    first = client.call("GET", f"{PROJECTS}/{project}").value
    assert client.project().status in (200, 201)
    client.later(HOUR)
    assert len(client.call("GET", f"{PROJECTS}/{project}").value["clips"]) > len(first["clips"])


def test_slow_jobs(client: Client) -> None:
    client.plan("slow-jobs")
    asset = client.clip().value["asset"]["id"]
    client.later(799_999)
    assert client.call("GET", f"/api/asset/{asset}").value["status"]["phase"] == "processing"
    client.later(1)
    assert client.call("GET", f"/api/asset/{asset}").value["status"]["phase"] == "ready"


def token(client: Client) -> int:
    form = {"grant_type": "refresh_token", "refresh_token": "test_me+refresh-me", "client_id": "example-app"}
    return client.call("POST", "/oauth/token", form=form).status


def test_token_endpoint_down(client: Client) -> None:
    client.plan("token-endpoint-down")
    assert [token(client), token(client)] == [503, 503]
    assert client.project().status == 201
    with pytest.raises(ConnectionResetError):
        token(client)
    assert token(client) not in (503, 0)


def test_dead_connections(client: Client) -> None:
    client.plan("dead-connections")
    assert client.call("GET", "/api/stream").status == 200
    with pytest.raises(RemoteDisconnected):
        client.clip()
    assert client.clip().status == 200


def test_no_answer(client: Client) -> None:
    client.plan("no-answer")
    with pytest.raises(TimeoutError):
        client.call("POST", "/api/clip", CLIP, timeout=0.1)
    assert client.clip().status == 200


def test_expired_mid_way(client: Client) -> None:
    client.plan("expired-mid-way")
    told = [client.call("GET", "/api/stream") for _ in range(6)]
    assert [each.status for each in told] == [200, 200, 401, 401, 401, 200]
    assert list(told[2].value) == ["errors"]


def hooked(client: Client, *events: str) -> list[Json]:
    """The journal's deliveries of a clip, with a webhook for these events."""
    hook = {"name": "hook", "url": "http://10.0.0.5/", "events": list(events), "sharedSecret": "hush"}
    id = client.call("POST", "/api/webhook", hook).value["id"]
    client.clip()
    client.later(100_000)
    return [posted_json(posted) for posted in client.server.engine.outbox if posted.delivery.webhook == id]


def test_webhooks_distrusted(client: Client) -> None:
    client.plan("webhooks-distrusted")
    told = hooked(client, "asset.created", "asset.updated", "asset.ready")
    assert told[0]["faults"] == ["forged"]
    assert [each["event"] for each in told][-3:] == ["asset.ready", "asset.ready", "asset.updated"]


def test_webhooks_lost(client: Client) -> None:
    client.plan("webhooks-lost")
    late, lost = hooked(client, "asset.ready", "task.completed")
    assert (late["state"], late["due"] - late["at"], late["faults"]) == ("pending", 3_600_000, ["an-hour-late"])
    assert (lost["state"], lost["attempts"], lost["faults"]) == ("dropped", [], ["lost"])
