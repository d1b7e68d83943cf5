"""Where the bugs of a receiver of Livepeer's webhooks show."""

from __future__ import annotations

import hmac
import json

from mockserver.core.text import Json
from tests.mutants.bugs import webhooks as bugs
from tests.mutants.scenarios.showing import shows
from tests.mutants.scenes import LivepeerScene, asset


def event(name: str = "asset.ready", phase: str = "ready", number: int = 1, clip: str = "c1") -> bytes:
    """A delivery's body as a server spells it."""
    snapshot = asset(phase, id=clip, name="Überraschung")
    payload: Json = {"asset": {"id": clip, "snapshot": snapshot}}
    body = {"id": f"e{number}", "webhookId": "w1", "createdAt": 1, "timestamp": 2, "event": name, "payload": payload}
    return json.dumps(body, ensure_ascii=False, indent=1).encode()


def signed(body: bytes, secret: str = "secret") -> dict[str, str]:
    return {"Livepeer-Signature": f"t=2,v1={hmac.new(secret.encode(), body, 'sha256').hexdigest()}"}


@shows(bugs.SignsWhatItParsed)
def the_body_is_signed_as_it_came(scene: LivepeerScene) -> None:
    body = event()
    assert scene.receiver().receive(signed(body), body) == 200


@shows(bugs.SignsTheTimeToo)
def only_the_body_is_signed(scene: LivepeerScene) -> None:
    body = json.dumps(json.loads(event()), separators=(",", ":")).encode()
    assert scene.receiver().receive(signed(body), body) == 200


@shows(bugs.AcceptsUnsignedDeliveries)
def an_unsigned_delivery_is_refused(scene: LivepeerScene) -> None:
    told: list[str] = []
    assert scene.receiver(told.append).receive({}, event()) == 401
    assert told == []


@shows(bugs.AcceptsAnySignature)
def a_forged_delivery_is_refused(scene: LivepeerScene) -> None:
    told: list[str] = []
    body = event()
    assert scene.receiver(told.append).receive(signed(body, "guess"), body) == 401
    assert told == []


@shows(bugs.WantsTheHeaderAsWritten)
def a_header_s_case_does_not_matter(scene: LivepeerScene) -> None:
    body = event()
    lower = {name.lower(): value for name, value in signed(body).items()}
    assert scene.receiver().receive(lower, body) == 200


@shows(bugs.ActsTwice)
def a_repeated_delivery_is_acted_on_once(scene: LivepeerScene) -> None:
    told: list[str] = []
    receiver = scene.receiver(told.append)
    body = event()
    assert [receiver.receive(signed(body), body) for _ in range(2)] == [200, 200]
    assert told == ["c1"]


@shows(bugs.RemembersClipsForEvents)
def a_clip_has_more_than_one_event(scene: LivepeerScene) -> None:
    told: list[str] = []
    receiver = scene.receiver(told.append)
    for body in (event("asset.updated", "processing", 1), event("asset.ready", "ready", 2)):
        receiver.receive(signed(body), body)
    assert told == ["c1"]


@shows(bugs.TrustsTheOrder)
def an_older_event_changes_nothing(scene: LivepeerScene) -> None:
    receiver = scene.receiver()
    for body in (event("asset.ready", "ready", 2), event("asset.updated", "processing", 1)):
        receiver.receive(signed(body), body)
    assert receiver.phases == {"c1": "ready"}


@shows(bugs.RemembersBeforeItActs)
def work_that_failed_is_done_when_delivered_again(scene: LivepeerScene) -> None:
    told: list[str] = []

    def work(clip: str) -> None:
        told.append(clip)
        if len(told) == 1:
            raise OSError("the database is away")

    receiver = scene.receiver(work)
    body = event()
    assert [receiver.receive(signed(body), body) for _ in range(2)] == [500, 200]
    assert told == ["c1", "c1"]


@shows(bugs.AnswersWellWhateverHappens)
def work_that_failed_is_no_success(scene: LivepeerScene) -> None:
    def work(clip: str) -> None:
        raise OSError("the database is away")

    body = event()
    assert scene.receiver(work).receive(signed(body), body) == 500


@shows(bugs.KnowsOnlyItsEvents)
def events_of_no_concern_are_taken(scene: LivepeerScene) -> None:
    task = {"id": "e1", "event": "task.updated", "payload": {"task": {"id": "t1", "snapshot": {}}}}
    body = json.dumps(task).encode()
    assert scene.receiver().receive(signed(body), body) == 200
