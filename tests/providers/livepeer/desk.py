"""A Livepeer world without a server: requests in, replies out, time on a lever. Every reply is held to the document."""

from __future__ import annotations

from collections.abc import Coroutine, Mapping
from dataclasses import replace
from functools import cache
from typing import Any, Final, TypeVar
from urllib.parse import urlencode, urlsplit

from mockserver import resources
from mockserver.contract.check import CompiledContract, compile_contract
from mockserver.contract.document import effective
from mockserver.contract.yaml_text import load_yaml
from mockserver.core.chance import Chance
from mockserver.core.delivery import Answered, Attempt, Delivery
from mockserver.core.fault import Job
from mockserver.core.http import Headers, Reply, Request
from mockserver.core.payload import read_payload
from mockserver.core.provider import HELD, Call, Moment
from mockserver.core.text import Json, Record, dump
from mockserver.core.world import Change, Notice, Outcome, Put, View, WorldId
from mockserver.engine.kept import kinds_of
from mockserver.engine.lifecycle import heard
from mockserver.providers.livepeer import provider
from mockserver.providers.livepeer.kinds import CLIP_EVENTS
from mockserver.providers.livepeer.webhooklog import WEBHOOKS
from mockserver.stores.memory import MemoryStore

T = TypeVar("T")

NOW: Final = 1_795_348_300_000  # 2026-11-22
ORIGIN: Final = "http://mock.test"
START: Final = 1_587_667_174_725
END: Final = 1_587_667_204_725
HOUR: Final = 3_600_000

# The documentation's stream and session, and the default world's.
STREAM: Final = "eaw4nk06ts2d0mzb"
STREAM_ID: Final = "707d1de1-0ea0-4d0f-bc03-9a4470c04ec4"
SESSION: Final = "de7818e7-610a-4057-8f6f-b785dc1e6f88"
OTHER_SESSION: Final = "5e550000-0000-4000-8000-00000000000e"
USER: Final = "66e2161c-7670-4d05-b71d-da2d6979556f"
PROJECT: Final = "aac12556-4d65-4d34-9fb6-d1f0985eb0a9"
SECOND_PROJECT: Final = "2ec00d00-4d65-4d34-9fb6-d1f0985eb0a9"

READY: Final = "a55e7000-0000-4000-8000-000000000001"
FAILED: Final = "a55e7000-0000-4000-8000-000000000004"
DELETED: Final = "a55e7000-0000-4000-8000-000000000005"
FAILED_TASK: Final = "7a5c0000-0000-4000-8000-000000000004"
RUNNING_TASK: Final = "7a5c0000-0000-4000-8000-000000000003"
COMPLETED_TASK: Final = "34d7618e-fd42-4798-acf5-19504616a11e"


@cache
def contract() -> CompiledContract:
    return compile_contract(effective("livepeer").value)


@cache
def section(name: str = "default") -> Json:
    path = resources.fixtures() / "worlds" / f"{name}.yaml"
    return load_yaml(path.read_bytes(), path.name).value["livepeer"]


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
        document: str = "default",
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
        self.watched = True  # whether somebody may look at the world between two steps
        self.job: Job | None = None  # what a fault makes of the jobs of the next calls
        self.world = WorldId("livepeer", world)
        self.chance = Chance.of(seed, "livepeer", world)
        self.store = MemoryStore(kinds_of([provider]))
        self.notices: list[Notice] = []
        self.deliveries: list[Delivery] = []
        start = list(provider.seed(section(document), world, self._moment("seed")))
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
            moment = self._moment("step", due.kind, due.id, now=due.at)
            if not self.watched:
                moment = replace(moment, until=self.now)
            return heard(provider, view, provider.step(view, due, moment), moment)

        while stepped:
            self._tell(run(self.store.transact(self.world, decide, counted=False)))

    def _tell(self, outcome: Outcome) -> None:
        self.notices += outcome.notices
        self.deliveries += outcome.deliveries

    # ---- calls

    def send(self, request: Request) -> Reply:
        """The reply to a request; fails if it isn't one the document allows."""
        self.catch_up()
        outcome = run(self.store.transact(self.world, lambda view: self.decide(view, request)))
        self._tell(outcome)
        return outcome.reply

    def decide(self, view: View, request: Request) -> Outcome:
        """What the provider makes of a request, nothing of it done yet."""
        match = contract().match(request.method, request.path)
        payload = read_payload(request, provider.body_limit)
        violations = contract().check_request(match, request, payload) if match else ()
        operation, path = (match.operation, match.path) if match else (None, {})
        call = Call(request, payload, operation, path, violations, self.job)
        moment = self._moment("call", view.serial)
        outcome = heard(provider, view, provider.answer(view, call, moment), moment)
        if operation is not None:
            broken = contract().check_reply(operation, outcome.reply)
            assert not broken, "\n".join(map(str, broken))
        return outcome

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
        """One call; `key` is a role of the world (`+stranger`), None for no credential. `raw` goes as it is."""
        sent = dict(headers or {})
        if key is not None:
            sent.setdefault("Authorization", f"Bearer {self.key}{key}")
        if body is not ... or raw:
            sent.setdefault("Content-Type", "application/json")
        url = urlsplit(target)
        text = urlencode(query) if query else url.query
        content = raw if body is ... else dump(body)
        return self.send(Request(method, url.path, text, Headers.of(sent.items()), content, origin=ORIGIN))

    def get(self, target: str, *, key: str | None = "", **query: Json) -> Reply:
        return self.call("GET", target, key=key, **query)

    def clip(self, playback_id: str = STREAM, *, key: str | None = "", **more: Json) -> Reply:
        """createClip with the documentation's times; None leaves a field out."""
        body = {"playbackId": playback_id, "startTime": START, "endTime": END, **more}
        return self.call(
            "POST", "/api/clip", {name: value for name, value in body.items() if value is not None}, key=key
        )

    def made(self, playback_id: str = STREAM, *, key: str = "", **more: Json) -> tuple[str, str]:
        """The ids of the asset and the task of a new clip."""
        reply = self.clip(playback_id, key=key, **more)
        assert reply.status == 200, reply.body
        return reply.value["asset"]["id"], reply.value["task"]["id"]

    def asset(self, asset_id: str, *, key: str = "", **query: Json) -> Json:
        reply = self.get(f"/api/asset/{asset_id}", key=key, **query)
        assert reply.status == 200, reply.body
        return reply.value

    def task(self, task_id: str, *, key: str = "") -> Json:
        reply = self.get(f"/api/task/{task_id}", key=key)
        assert reply.status == 200, reply.body
        return reply.value

    # ---- webhooks

    def subscribe(self, *events: str, key: str = "", **more: Json) -> str:
        """The id of a new webhook for these events, or for all there are of clips."""
        body = {"name": "hook", "url": "http://localhost/hook", "events": list(events or CLIP_EVENTS), **more}
        reply = self.call("POST", "/api/webhook", body, key=key)
        assert reply.status == 201, reply.body
        id: str = reply.value["id"]
        return id

    def deliver(self, delivery: Delivery, answered: Answered) -> Delivery:
        """A delivery attempted now, and noted by the world; it stands in its own place afterwards."""
        made = Attempt(self.now, WEBHOOKS.write(delivery, self.now), answered)
        state, _ = WEBHOOKS.judge(delivery, answered)
        after = replace(delivery, attempts=(*delivery.attempts, made), state=state)
        self.deliveries[self.deliveries.index(delivery)] = after
        moment = self._moment("attempt", delivery.id, len(after.attempts))
        run(self.store.transact(self.world, lambda view: WEBHOOKS.note(view, after, moment), counted=False))
        return after

    # ---- what only a test may do

    def read(self, kind: str, id: str) -> Record | None:
        found: list[Record | None] = []

        def decide(view: View) -> Outcome:
            found.append(view.get(kind, id))
            return Outcome(Reply(204))

        run(self.store.transact(self.world, decide, counted=False))
        return found[0]

    def change(self, kind: str, id: str, record: Record) -> None:
        changes: tuple[Change, ...] = (Put(kind, id, record),)
        run(self.store.transact(self.world, lambda view: Outcome(Reply(204), changes), counted=False))


def said(reply: Reply) -> str:
    """The text of an error reply, which has nothing else."""
    assert list(reply.value) == ["errors"], reply.value
    assert len(reply.value["errors"]) == 1
    text: str = reply.value["errors"][0]
    return text
