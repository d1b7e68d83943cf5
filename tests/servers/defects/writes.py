"""Writes that don't happen, and refusals that do something."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from mockserver.core.http import Reply
from mockserver.core.provider import Call, Moment
from mockserver.core.text import Record
from mockserver.core.world import Outcome, Put, View
from tests.servers.bending import Seen, operation, with_body, without_writes
from tests.servers.defect import Ground, shelf


@shelf.answer("restream", "creation.py: create_clip_project")
def refused_call_changes_title(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """A call refused with 409 still gives the project its title."""
    outcome = ground.answer(view, call, moment)
    body = call.payload.value
    if operation(call) != "createClipProject" or outcome.reply.status != 409 or not isinstance(body, dict):
        return outcome
    grant = next(view.find("grant", "access", (call.request.header("authorization") or "").rpartition(" ")[2]))
    source = f"{grant['account']} {body['sourceType']} {body['videoStorageFileId'].lower()}"
    project = next(view.find("project", "source", source), None)
    if project is None:
        return outcome
    changed = {**project, "title": body.get("title", "Untitled"), "lastActivity": moment.now}
    return replace(outcome, changes=(Put("project", project["id"], changed),))


@shelf.answer("livepeer", "clips.py: create_clip")
def refused_clip_leaves_asset(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """A clip refused for its times leaves its asset behind, waiting for ever."""
    outcome = ground.answer(view, call, moment)
    body = call.payload.value
    if operation(call) != "createClip" or outcome.reply.status != 422 or call.violations or not isinstance(body, dict):
        return outcome
    made = ground.answer(view, with_body(call, {**body, "endTime": body["startTime"] + 1_000}), moment)
    return replace(outcome, changes=tuple(change for change in made.changes if change.kind == "asset"))


@shelf.answer("livepeer", "assets.py: delete_asset")
def delete_does_not_delete(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """A deleted asset can still be read and listed."""
    outcome = ground.answer(view, call, moment)
    return without_writes(outcome, lambda change: operation(call) == "deleteAsset")


class _Gone(Seen):
    """Some webhooks are said to be deleted, one by one."""

    def __init__(self, view: View, gone: set[str]) -> None:
        super().__init__(view)
        self.gone = gone

    def get(self, kind: str, id: str) -> Record | None:
        found = super().get(kind, id)
        return {**found, "deleted": True} if kind == "webhook" and found and id in self.gone else found


@shelf.answer("livepeer", "webhooks.py: delete_webhook")
def deleted_webhook_stays_in_list(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """A deleted webhook is gone by itself, and still in the list."""
    gone: set[str] = ground.memory.setdefault(moment.world, set())
    if operation(call) == "getWebhooks":
        return ground.answer(view, call, moment)
    outcome = ground.answer(_Gone(view, gone), call, moment)
    if operation(call) == "deleteWebhook" and outcome.reply.status == 204:
        gone.add(call.path["id"])
        return replace(outcome, changes=())
    return outcome


@shelf.answer("livepeer", "assets.py: update_asset")
def update_is_lost(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """A changed asset is answered as changed, and stored as it was."""
    outcome = ground.answer(view, call, moment)
    return without_writes(outcome, lambda change: operation(call) == "updateAsset")


@shelf.answer("livepeer", "webhooks.py: update_webhook")
def webhook_update_is_lost(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """A replaced webhook stays what it was."""
    outcome = ground.answer(view, call, moment)
    return without_writes(outcome, lambda change: operation(call) == "updateWebhook")


@shelf.answer("livepeer", "stores/: transact, that loses a write")
def created_stream_is_lost(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """A new stream is answered and never stored."""
    outcome = ground.answer(view, call, moment)
    return without_writes(outcome, lambda change: operation(call) == "createStream")


_MEDIA: Final = "/media/"


@shelf.answer("both", "films.py: film_reply, urls.py: serve")
def download_link_is_dead(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """The download URL of a finished clip is 404."""
    outcome = ground.answer(view, call, moment)
    dead = operation(call) == "" and call.request.path.startswith(_MEDIA) and outcome.reply.status < 400
    return Outcome(Reply.text(404, "no such key")) if dead else outcome


@shelf.answer("livepeer", "routes.py: _answered")
def any_method_will_do(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """A method nobody documented is answered like GET."""
    outcome = ground.answer(view, call, moment)
    if call.operation is not None or outcome.reply.status != 404 or call.request.method in ("OPTIONS", "HEAD"):
        return outcome
    match = ground.engine.services["livepeer"].contract.match("GET", call.request.path)
    if match is None:
        return outcome
    request = replace(call.request, method="GET")
    return ground.answer(view, replace(call, request=request, operation=match.operation, path=match.path), moment)
