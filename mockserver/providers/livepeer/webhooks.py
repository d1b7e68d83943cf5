"""Webhook subscriptions: register, read, list, replace, delete. Deliveries are made of notices (deliveries.py)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from mockserver.core.text import Json, Record
from mockserver.core.world import Put
from mockserver.providers.livepeer import ajv
from mockserver.providers.livepeer.cleaning import with_project
from mockserver.providers.livepeer.filters import Field
from mockserver.providers.livepeer.lists import Source, headers_for, owner_keys, read_page
from mockserver.providers.livepeer.stored import jsonb, unstorable
from mockserver.providers.livepeer.visit import Answer, Refused, Visit, may_see, reads_strictly

FIELDS: Final = {
    "id": Field(("id",)),
    "name": Field(("name",), "full-text"),
    "url": Field(("url",)),
    "createdAt": Field(("createdAt",), "int"),
    "userId": Field(("userId",)),
    "projectId": Field(("projectId",)),
    "sharedSecret": Field(("sharedSecret",)),
}
# Only the document asks for one of `events` and `event` in its schema; the server does so afterwards, in plain words.
_NOT_IN_SCHEMA: Final = frozenset({"anyOf"})


def create_webhook(visit: Visit) -> Answer:
    """201, though the published document says 200."""
    body = _checked(visit)
    kept: dict[str, Json] = {"id": visit.moment.chance.uuid(), "userId": visit.caller.id}
    if visit.caller.project:
        kept["projectId"] = visit.caller.project
    kept["createdAt"] = visit.moment.now
    doc = _document(kept, body)
    status = 200 if reads_strictly(visit.moment, "webhook") else 201
    return Answer(status, _shown(visit, doc), (Put("webhook", doc["id"], jsonb(doc)),), heard=True)


def get_webhook(visit: Visit) -> Answer:
    return Answer(200, _shown(visit, _own(visit)))


def get_webhooks(visit: Visit) -> Answer:
    view, caller, query = visit.view, visit.caller, visit.query()
    every = caller.admin and query.get("allUsers", "false") not in ("", "false")
    keys = owner_keys(visit, of_all=every)

    def usual() -> Iterator[Record]:
        found = [doc for key in keys for doc in view.find("webhook", "owner", key)]
        return iter(sorted(found, key=lambda doc: str(doc["id"])))

    page = read_page(visit, Source(usual, "", FIELDS), query)
    headers = headers_for(visit.request, page, careless=not every)
    return Answer(200, [_shown(visit, doc) for doc in page.docs], headers=headers)


def update_webhook(visit: Visit) -> Answer:
    """Another subscription in its place; id, owner, project and age stay. The server answers with the id alone."""
    body = _checked(visit)
    old = _own(visit)
    kept = {key: old[key] for key in ("id", "userId", "projectId", "createdAt") if key in old}
    doc = _document(kept, body)
    told = _shown(visit, doc) if reads_strictly(visit.moment, "webhook") else {"id": doc["id"]}
    return Answer(200, told, (Put("webhook", doc["id"], jsonb(doc)),))


def delete_webhook(visit: Visit) -> Answer:
    """204, though the published document says 200 with the webhook."""
    doc = _own(visit, dashboard=True)
    gone = (Put("webhook", doc["id"], {**doc, "deleted": True}),)
    if reads_strictly(visit.moment, "webhook"):
        return Answer(200, _shown(visit, doc), gone)
    return Answer(204, changes=gone)


def _own(visit: Visit, *, dashboard: bool = False) -> Record:
    doc = visit.view.get("webhook", visit.call.path["id"])
    if doc is None or not may_see(visit.caller, doc, dashboard=dashboard):
        raise Refused(404, "not found")
    return doc


def _checked(visit: Visit) -> Record:
    ajv.check(visit, required="name", ignore=_NOT_IN_SCHEMA)
    body: Record = visit.body
    # An address that is none by the document can't be given back in a reply, so it is not taken either.
    if not _is_url(body["url"]) or any(one.pointer == "/url" and one.rule == "format" for one in visit.call.violations):
        raise Refused(422, f"bad url: {body['url']}")
    if not body.get("events") and not body.get("event") and "events" not in body:
        raise Refused(422, 'must provide "events" field with subscriptions')
    if unstorable(body["name"]) or unstorable(body["url"]) or unstorable(body.get("sharedSecret", "")):
        raise Refused(500, "Internal server error: error")
    return body


def _is_url(text: str) -> bool:
    """Whether the URL class of JavaScript takes an http address."""
    try:
        parts = urlsplit(text)
        return bool(parts.hostname) and (parts.port is None or parts.port < 65536)
    except ValueError:
        return False


def _document(kept: dict[str, Json], body: Record) -> dict[str, Json]:
    events = body["events"] if body.get("events") is not None else [body["event"]]
    doc = {**kept, "kind": "webhook", "name": body["name"], "events": events, "url": body["url"]}
    return doc | {name: body[name] for name in ("sharedSecret", "streamId") if name in body}


def _shown(visit: Visit, doc: Record) -> Record:
    hidden = {"deleted", "sharedSecret"} if reads_strictly(visit.moment, "webhook") else {"deleted"}
    return with_project({key: value for key, value in doc.items() if key not in hidden}, visit.caller)
