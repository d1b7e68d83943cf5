"""A Restream world without a server: requests in, replies out, time on a lever. Every reply is held to the document."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Coroutine, Mapping
from functools import cache
from typing import Any, Final, TypeVar
from urllib.parse import urlencode, urlsplit

from mockserver import resources
from mockserver.contract.check import CompiledContract, compile_contract
from mockserver.contract.document import effective
from mockserver.contract.yaml_text import load_yaml
from mockserver.core.chance import Chance
from mockserver.core.fault import Job
from mockserver.core.http import Headers, Reply, Request
from mockserver.core.payload import FORM_MEDIA, read_payload
from mockserver.core.provider import HELD, Call, Moment
from mockserver.core.text import Json, Record, dump
from mockserver.core.world import Change, Outcome, Put, Remove, View, WorldId
from mockserver.engine.kept import kinds_of
from mockserver.providers.restream import provider
from mockserver.stores.memory import MemoryStore

T = TypeVar("T")

NOW: Final = 1_795_430_000_420  # 2026-11-23
ORIGIN: Final = "http://mock.test"
HOUR: Final = 3_600_000
DAY: Final = 24 * HOUR

PROJECTS: Final = "/v2/user/clips/projects"
FILES: Final = "/v2/user/storage/files"

# Files of the default world.
EXAMPLE: Final = "a1b2c3d4-e5f6-7890-abcd-ef1234567890"
CLIPPED: Final = "d0e00000-0000-4000-8000-000000000000"
CLIPPED_AS_ONE: Final = "d0e00001-0000-4000-8000-000000000000"
ACTIVE: Final = "ac710000-0000-4000-8000-000000000000"
IN_PART: Final = "4a1f0000-0000-4000-8000-000000000000"
FAILED: Final = "fa110002-0000-4000-8000-000000000000"
EMPTY: Final = "deaf0001-0000-4000-8000-000000000000"
TEN_MINUTES: Final = "00600000-0000-4000-8000-000000000000"
PROCESSING: Final = "babe0000-0000-4000-8000-000000000000"
STRANGERS: Final = "f0e00000-0000-4000-8000-000000000000"
UNKNOWN: Final = "00000404-0000-4000-8000-000000000000"
# And its documented project and clip.
EVENT: Final = "31a1e161-67aa-4a9e-a95b-3cb37ab6ea89"
CLIP: Final = "6ece2c7f-6fc5-4545-8cec-37db6a79a0e0"


@cache
def contract() -> CompiledContract:
    return compile_contract(effective("restream").value)


@cache
def default_section() -> Json:
    path = resources.fixtures() / "worlds" / "default.yaml"
    return load_yaml(path.read_bytes(), "default.yaml").value["restream"]


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """The memory store never waits for anything."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        result: T = end.value
        return result
    raise AssertionError("the store waited")


class Desk:
    """One world, its clock, and a client with the world's main key."""

    def __init__(
        self,
        section: Record | None = None,
        *,
        readings: Mapping[str, str] | None = None,
        world: str = "test_me",
        pace: float = HELD,
        seed: int = 0,
    ) -> None:
        self.now = NOW
        self.readings = readings or {}
        self.pace = pace
        self.key = world
        self.job: Job | None = None  # what a fault makes of the jobs of the next calls
        self.world = WorldId("restream", world)
        self.chance = Chance.of(seed, "restream", world)
        self.store = MemoryStore(kinds_of([provider]))
        start = provider.seed(default_section() if section is None else section, world, self._moment("seed"))
        assert run(self.store.create(self.world, start))

    def _moment(self, *labels: str | int, now: int | None = None) -> Moment:
        now = self.now if now is None else now
        return Moment(now, self.chance.child(*labels), self.readings, self.pace, ORIGIN)

    # ---- time

    def wait(self, ms: int) -> None:
        """Move the clock, and let everything happen that falls due."""
        self.now += ms
        self.catch_up()

    def catch_up(self) -> None:
        stepped = True

        def decide(view: View) -> Outcome:
            nonlocal stepped
            due = view.next_due()
            stepped = due is not None and due.at <= self.now
            if due is None or not stepped:
                return Outcome(Reply(204))
            return provider.step(view, due, self._moment("step", due.kind, due.id, now=due.at))

        while stepped:
            run(self.store.transact(self.world, decide, counted=False))

    def finish(self) -> None:
        """Long enough for every run there is to end."""
        self.wait(HOUR)

    # ---- calls

    def send(self, request: Request) -> Reply:
        """The reply to a request; fails if it isn't one the document allows."""
        self.catch_up()
        match = contract().match(request.method, request.path)
        payload = read_payload(request, provider.body_limit)
        violations = contract().check_request(match, request, payload) if match else ()
        operation, path = (match.operation, match.path) if match else (None, {})
        call = Call(request, payload, operation, path, violations, self.job)

        def decide(view: View) -> Outcome:
            outcome = provider.answer(view, call, self._moment("call", view.serial))
            if operation is not None:
                broken = contract().check_reply(operation, outcome.reply)
                assert not broken, "\n".join(map(str, broken))
            return outcome

        return run(self.store.transact(self.world, decide)).reply

    def call(
        self,
        method: str,
        target: str,
        body: Json = ...,
        *,
        key: str | None = "",
        headers: Mapping[str, str] | None = None,
        raw: bytes = b"",
        **query: Json,
    ) -> Reply:
        """One call; `key` is a role of the world (`+stranger`), None for no token. `raw` goes as it is."""
        sent = dict(headers or {})
        if key is not None:
            sent.setdefault("Authorization", f"Bearer {self.key}{key}")
        if body is not ...:
            sent.setdefault("Content-Type", "application/json")
        url = urlsplit(target)
        text = urlencode(query) if query else url.query
        content = raw if body is ... else dump(body)
        return self.send(Request(method, url.path, text, Headers.of(sent.items()), content, origin=ORIGIN))

    def get(self, target: str, *, key: str | None = "", **query: Json) -> Reply:
        return self.call("GET", target, key=key, **query)

    def form(
        self, target: str, form: Mapping[str, str] | None = None, *, basic: tuple[str, str] | None = None, **more: str
    ) -> Reply:
        """A form as the OAuth calls have it."""
        headers = {"Content-Type": FORM_MEDIA}
        if basic is not None:
            headers["Authorization"] = "Basic " + b64encode(":".join(basic).encode()).decode()
        return self.call("POST", target, key=None, headers=headers, raw=urlencode({**(form or {}), **more}).encode())

    def create(
        self, file: str = EXAMPLE, *, span: tuple[float, float] | None = None, key: str = "", **more: Json
    ) -> Reply:
        """createClipProject; `span` is the range."""
        body: dict[str, Json] = {"sourceType": "VideoStorageFile", "videoStorageFileId": file, **more}
        if span is not None:
            body["selectedTimeRange"] = {"startOffsetSeconds": span[0], "endOffsetSeconds": span[1]}
        return self.call("POST", PROJECTS, body, key=key)

    def details(self, project: str, *, key: str = "") -> Json:
        reply = self.get(f"{PROJECTS}/{project}", key=key)
        assert reply.status == 200, reply.body
        return reply.value

    def listed(self, *, key: str = "", **query: Json) -> Json:
        reply = self.get(PROJECTS, key=key, **query)
        assert reply.status == 200, reply.body
        return reply.value

    # ---- what only a test may do

    def look(self, kind: str, index: str, key: str) -> list[Record]:
        found: list[Record] = []

        def decide(view: View) -> Outcome:
            found.extend(view.find(kind, index, key))
            return Outcome(Reply(204))

        run(self.store.transact(self.world, decide, counted=False))
        return found

    def record(self, kind: str, id: str) -> Record:
        found: list[Record | None] = []

        def decide(view: View) -> Outcome:
            found.append(view.get(kind, id))
            return Outcome(Reply(204))

        run(self.store.transact(self.world, decide, counted=False))
        assert found[0] is not None
        return found[0]

    def put(self, kind: str, id: str, **changed: Json) -> None:
        """Change a record behind the provider's back."""
        change: Change = Put(kind, id, {**self.record(kind, id), **changed})
        run(self.store.transact(self.world, lambda view: Outcome(Reply(204), (change,)), counted=False))

    def make(self, kind: str, id: str, *, like: str, **changed: Json) -> None:
        """A new record like another."""
        change: Change = Put(kind, id, {**self.record(kind, like), "id": id, **changed})
        run(self.store.transact(self.world, lambda view: Outcome(Reply(204), (change,)), counted=False))

    def remove(self, kind: str, id: str) -> None:
        change: Change = Remove(kind, id)
        run(self.store.transact(self.world, lambda view: Outcome(Reply(204), (change,)), counted=False))

    def state(self) -> bytes:
        """Everything a user can see, as bytes: to say that nothing has changed."""
        seen: list[Json] = [self.listed(limit=100, sortBy="LastActivity")]
        seen += [self.details(project["projectId"]) for project in seen[0]["projects"]]
        seen.append(self.get(FILES).value)
        return dump(seen)


def error(reply: Reply) -> tuple[int, str]:
    """Status and message; fails unless the envelope is Restream's."""
    assert list(reply.value) == ["error"]
    said = reply.value["error"]
    assert list(said)[:5] == ["statusCode", "status", "code", "message", "name"]
    assert said["statusCode"] == said["status"] == said["code"] == reply.status
    message: str = said["message"]
    return reply.status, message
