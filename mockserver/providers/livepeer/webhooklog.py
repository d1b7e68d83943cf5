"""The log of a webhook: an entry for each attempt, and sending one again.

A record is `{"doc": the entry as the provider keeps it, "number": how many were made before it}`.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from typing import Final

from mockserver.core.delivery import Answered, Attempt, Delivery, Sending
from mockserver.core.http import Reply
from mockserver.core.provider import Moment, Webhooks
from mockserver.core.text import Json, Record, parse
from mockserver.core.world import Change, Outcome, Put, Remove, View
from mockserver.providers.livepeer import deliveries
from mockserver.providers.livepeer.filters import Field
from mockserver.providers.livepeer.kinds import CLIP_EVENTS
from mockserver.providers.livepeer.lists import Source, headers_for, read_page
from mockserver.providers.livepeer.stored import jsonb
from mockserver.providers.livepeer.visit import Answer, Refused, Visit

FIELDS: Final = {
    "id": Field(("id",)),
    "createdAt": Field(("createdAt",), "int"),
    "userId": Field(("userId",)),
    "event": Field(("event",)),
    "statusCode": Field(("response", "status")),
}
USUAL_ORDER: Final = "createdAt-true"

# So much of an answer is kept, in characters. The provider keeps every entry; we the newest of each webhook.
_ANSWER: Final = 1024
MOST_ENTRIES: Final = 200


def get_webhook_logs(visit: Visit) -> Answer:
    """The entries of a webhook that are the caller's, newest first; nobody asks whether there is such a webhook."""
    caller, webhook, query = visit.caller, visit.call.path["id"], visit.query()
    every = caller.admin and query.get("allUsers", "false") not in ("", "false")

    def usual() -> Iterator[Record]:
        found = (record["doc"] for record in visit.view.find("log", "webhook", webhook, reverse=True))
        return (doc for doc in found if every or doc["userId"] == caller.id)

    page = read_page(visit, Source(usual, USUAL_ORDER, FIELDS), query)
    headers = headers_for(visit.request, page, careless=not every)
    return Answer(200, [_shown(doc) for doc in page.docs], headers=headers)


def get_webhook_log(visit: Visit) -> Answer:
    return Answer(200, _shown(_own(visit)))


def resend_webhook(visit: Visit) -> Answer:
    """Sends the request of an entry again, with a new time and signature; 200 with the new entry.

    The provider waits for the receiver's answer. We don't, as the receiver may be the very thread that waits for ours:
    `response`, `duration` and `success` are in the entry when it is read again.
    """
    old, moment = _own(visit), visit.moment
    log_id = moment.chance.child("log").uuid()
    delivery_id = moment.chance.child("delivery").uuid()
    delivery = deliveries.sent_again(delivery_id, log_id, old, parse(old["request"]["body"].encode()), moment.now)
    sending = deliveries.write(delivery, moment.now)
    doc = _entry(log_id, delivery, moment.now) | {"request": _request(sending)} | _secret(delivery)
    changes = _kept(visit.view, doc)
    return Answer(200, _shown(doc), changes, deliveries=(delivery,))


def note(view: View, delivery: Delivery, moment: Moment) -> Outcome:
    """An entry for the last attempt, and how the webhook stands."""
    made = delivery.attempts[-1]
    id = delivery.content.get("log") or moment.chance.uuid()
    changes = _kept(view, written(id, delivery, made))
    hook = view.get("webhook", delivery.webhook)
    if hook is not None:
        status = {**hook.get("status", {}), **_status(made.at, made.answered)}
        changes = (*changes, Put("webhook", delivery.webhook, jsonb({**hook, "status": status})))
    return Outcome(Reply(204), changes)


def written(id: str, delivery: Delivery, made: Attempt) -> dict[str, Json]:
    """The entry of an attempt, as the provider keeps it."""
    return _entry(id, delivery, made.at) | _result(made) | {"request": _request(made.sending)} | _secret(delivery)


def _own(visit: Visit) -> Record:
    """The entry that is meant, if the caller may see it. Asked in the order the server asks."""
    caller, path = visit.caller, visit.call.path
    hook = visit.view.get("webhook", path["id"])
    if hook is None or hook.get("deleted"):
        raise Refused(404, "webhook not found")
    record = visit.view.get("log", path["logId"])
    if record is None:
        raise Refused(404, "webhook log not found")
    doc: Record = record["doc"]
    if not caller.admin and (caller.id != hook["userId"] or caller.id != doc["userId"]):
        raise Refused(403, "invalid user")
    if doc["webhookId"] != hook["id"]:
        raise Refused(400, "mismatch between webhook and webhook log")
    return doc


def _shown(doc: Record) -> Record:
    """The secret is the one thing an entry does not show, though the webhook itself does."""
    return {key: value for key, value in doc.items() if key != "sharedSecret"}


def _kept(view: View, doc: Record) -> tuple[Change, ...]:
    """The entry in the log, and the oldest one out of it when it is full."""
    there = view.get("log", doc["id"])
    if there is not None:
        return (Put("log", doc["id"], {"doc": jsonb(doc), "number": there["number"]}),)
    mail = view.get("mail", "mail") or {}
    number = mail.get("entries", 0)
    changes: tuple[Change, ...] = (
        Put("mail", "mail", {**mail, "entries": number + 1}),
        Put("log", doc["id"], {"doc": jsonb(doc), "number": number}),
    )
    if view.count("log", "webhook", doc["webhookId"]) >= MOST_ENTRIES:
        oldest = next(view.find("log", "webhook", doc["webhookId"]))
        changes = (*changes, Remove("log", oldest["doc"]["id"]))
    return changes


def _entry(id: str, delivery: Delivery, now: int) -> dict[str, Json]:
    return {
        "id": id,
        "webhookId": delivery.webhook,
        "eventId": delivery.content["body"]["id"],
        "event": delivery.event,
        "userId": delivery.content["user"],
        "createdAt": now,
    }


def _request(sending: Sending) -> dict[str, Json]:
    return {
        "url": sending.url,
        "body": sending.body.decode("utf-8", "replace"),
        "method": sending.method,
        "headers": dict(sending.headers),
    }


def _result(made: Attempt) -> dict[str, Json]:
    """What came of it: `duration` in s, and of an answer its beginning in base64."""
    answered = made.answered
    response: dict[str, Json] = {"body": _encoded(answered, _ANSWER)}
    if answered.status is not None:
        response |= {"redirected": False, "status": answered.status, "statusText": answered.reason}
    success = answered.status is not None and 200 <= answered.status < 300
    return {"duration": answered.microseconds / 1_000_000, "success": success, "response": response}


def _secret(delivery: Delivery) -> dict[str, Json]:
    secret = delivery.content["secret"]
    return {"sharedSecret": secret} if secret else {}


def _status(now: int, answered: Answered) -> dict[str, Json]:
    if answered.status is not None and answered.status < 300:
        return {"lastTriggeredAt": now}
    failure: dict[str, Json] = {"timestamp": now}
    if answered.status is not None:
        failure["statusCode"] = answered.status
    if answered.error is not None:
        failure["error"] = answered.error
    failure["response"] = _encoded(answered, None)
    return {"lastTriggeredAt": now, "lastFailure": failure}


def _encoded(answered: Answered, characters: int | None) -> str:
    text = answered.body.decode("utf-8", "replace")
    return b64encode(text[:characters].encode()).decode()


WEBHOOKS: Final = Webhooks(
    listens=deliveries.listens,
    hear=deliveries.hear,
    write=deliveries.write,
    judge=deliveries.judge,
    note=note,
    events=CLIP_EVENTS,
)
