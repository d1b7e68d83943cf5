from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from typing import ClassVar

import pytest
from hypothesis.strategies import SearchStrategy

from mockserver.core.text import Json, dump, parse
from mockserver.strategies import Client, Clock, Ended, Receiver, State
from mockserver.strategies.flows import FLOWS
from mockserver.strategies.hooks import WAYS, Fate, Letter, told
from mockserver.strategies.trial import Trial
from tests.strategies.clients import LivepeerClient
from tests.strategies.drawing import least
from tests.strategies.standin import StandIn

FLOW = FLOWS["livepeer"]
SECRET = "a secret"


class Receiving(LivepeerClient):
    """The stand-in's client with a receiver of webhooks, honest but for its bugs."""

    def receiver(self, secret: str, ended: Ended) -> Receiver:
        seen: set[str] = set()
        done: set[str] = set()

        def receive(headers: Mapping[str, str], body: bytes) -> int:
            named = headers if "header case" in self.bugs else {name.lower(): said for name, said in headers.items()}
            said = named.get("Livepeer-Signature" if "header case" in self.bugs else "livepeer-signature", "")
            signed = dump(parse(body)) if "respells" in self.bugs else body
            wanted = hmac.new(secret.encode(), signed, "sha256").hexdigest()
            genuine = said.endswith(f"v1={wanted}") or (not said and "unsigned" in self.bugs)
            if not genuine and "any signature" not in self.bugs:
                return 401
            event = parse(body)
            mark = event["payload"]["id"] if "remembers clips" in self.bugs else event["id"]
            if mark in seen and "acts twice" not in self.bugs:
                return 200
            if "remembers first" in self.bugs:
                seen.add(mark)
            self._act(event, done, ended)
            seen.add(mark)
            return 200

        return receive

    def _act(self, event: Json, done: set[str], ended: Ended) -> None:
        asset = event["payload"]["asset"]
        phase, clip = asset["snapshot"]["status"]["phase"], asset["id"]
        if "needs clips" in self.bugs and event["event"].startswith("task."):
            raise LookupError(event["event"])
        if phase not in ("ready", "failed") or (clip in done and "acts twice" not in self.bugs):
            return
        try:
            ended(clip, State(phase) if "all is well" not in self.bugs else State.READY)
        except Exception:
            if "swallows" not in self.bugs:
                raise
        done.add(clip)


def letter(number: int, event: str, phase: str) -> Letter:
    asset = {"id": "c1", "snapshot": {"name": "Überraschung", "status": {"phase": phase}}}
    payload = {"id": "c1", "asset": asset}
    body = dump({"id": f"e{number}", "timestamp": 1, "event": event, "payload": payload})
    assert FLOW.hooked is not None
    return Letter(dict([FLOW.hooked.sign(SECRET, body, 1)]), body)


def fate(end: str) -> Fate:
    """A clip as a server tells of it; of its task, too."""
    told = [("asset.created", "waiting"), ("asset.updated", "processing"), ("task.updated", "processing")]
    letters = [letter(at, *said) for at, said in enumerate([*told, ("asset.updated", end), (f"asset.{end}", end)])]
    return Fate("c1", frozenset([State(end)]), SECRET, letters)


def listen(way: str, *bugs: str, end: str = "ready", draw: Callable[[SearchStrategy[Json]], Json] = least) -> None:
    mock = StandIn()
    clock = Clock(mock, 3_600)
    trial = Trial(mock, Receiving(mock, clock, frozenset(bugs)), clock, FLOW, 5.0)
    assert FLOW.hooked is not None
    told(trial, FLOW.hooked, fate(end), way, draw)


@pytest.mark.parametrize("end", ["ready", "failed"])
@pytest.mark.parametrize("way", WAYS)
def test_an_honest_receiver_takes_every_way(way: str, end: str) -> None:
    listen(way, end=end)


BUGS = (
    ("as they came", "remembers clips", "was told and did nothing"),
    ("as they came", "needs clips", "a genuine task.updated comes in, and out comes LookupError"),
    ("twice", "acts twice", "does what is to be done 4 times"),
    ("headers in another case", "header case", "refuses a genuine asset.created with 401"),
    ("unsigned", "unsigned", "answers 200 to a delivery that is not signed"),
    ("forged", "any signature", "answers 200 to a delivery that somebody else signed"),
    ("garbled", "any signature", "answers 200 to a delivery whose signature is ''"),
    ("tampered", "any signature", "answers 200 to a delivery that was changed after it was signed"),
    ("stale", "acts twice", "does what is to be done"),
    ("what is to be done fails once", "remembers first", "was told and did nothing"),
    ("what is to be done fails once", "swallows", "the client answers 200: it won't be told again"),
)


@pytest.mark.parametrize(("way", "bug", "said"), BUGS)
def test_a_bug_is_told(way: str, bug: str, said: str) -> None:
    with pytest.raises(AssertionError, match=said):
        listen(way, bug)


def test_a_body_that_is_signed_as_somebody_would_spell_it_is_told() -> None:
    with pytest.raises(AssertionError, match=r"refuses a genuine asset.created with 401"):
        listen("respelt", "respells", draw=lambda strategy: 5)


def test_a_clip_that_failed_is_not_taken_for_ready() -> None:
    with pytest.raises(AssertionError, match="c1 is FAILED, and the client takes it for READY"):
        listen("the end alone", "all is well", end="failed")


def test_a_client_without_a_receiver_can_t() -> None:
    class Plain(Client):
        errors: ClassVar = ()

        def create(self, source: str, start: float | None, end: float | None) -> str:
            return "c1"

        def poll(self, handle: str) -> State:
            return State.READY

        def list(self, source: str) -> list[str]:
            return []

        def download(self, handle: str) -> bytes:
            return b""

    assert [name for name in ("create", "receiver", "register", "wait") if Plain().can(name)] == ["create"]
