"""From a request to an answer, in the order of the server's middleware.

Credential, CORS, body, route, authorizer, schema, route's own checks: each may refuse, and the first one does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple
from urllib.parse import unquote_to_bytes

from mockserver.core.http import Reply, Request
from mockserver.core.provider import Call, Moment
from mockserver.core.text import Json, Record
from mockserver.core.world import Outcome, View
from mockserver.providers.livepeer import (
    assets,
    cliplists,
    clips,
    express,
    playback,
    sessions,
    streams,
    tasks,
    webhooklog,
    webhooks,
)
from mockserver.providers.livepeer.authorize import authorize
from mockserver.providers.livepeer.body import read_body
from mockserver.providers.livepeer.cors import allowed_origin, headers_for, preflight
from mockserver.providers.livepeer.credentials import ANONYMOUS, identify
from mockserver.providers.livepeer.express import Pairs
from mockserver.providers.livepeer.films import MOUNT, film_reply
from mockserver.providers.livepeer.jobs import settings_of
from mockserver.providers.livepeer.visit import Answer, Caller, Refused, Visit


class Route(NamedTuple):
    """What answers an operation, and who may ask: anybody (`open`), administrators, or any user."""

    answer: Callable[[Visit], Answer]
    open: bool = False
    admins_only: bool = False


ROUTES: Final[Mapping[str, Route]] = {
    "createClip": Route(clips.create_clip),
    "getClips": Route(cliplists.get_clips),
    "getSessionClips": Route(cliplists.get_session_clips),
    "getClipsOf": Route(cliplists.get_clips_of),
    "getAssetClips": Route(cliplists.get_asset_clips),
    "getAsset": Route(assets.get_asset),
    "getAssets": Route(assets.get_assets),
    "updateAsset": Route(assets.update_asset),
    "deleteAsset": Route(assets.delete_asset),
    "retryAsset": Route(assets.retry_asset),
    "getTask": Route(tasks.get_task),
    "getTasks": Route(tasks.get_tasks),
    "retryTask": Route(tasks.retry_task),
    "updateTaskStatus": Route(tasks.update_task_status, admins_only=True),
    "getPlaybackInfo": Route(playback.get_playback_info, open=True),
    "getStream": Route(streams.get_stream),
    "getStreams": Route(streams.get_streams),
    "createStream": Route(streams.create_stream),
    "createChildStream": Route(streams.create_child_stream),
    "getSession": Route(sessions.get_session),
    "getSessions": Route(sessions.get_sessions),
    "getRecordedSessions": Route(sessions.get_recorded_sessions),
    "createWebhook": Route(webhooks.create_webhook),
    "getWebhook": Route(webhooks.get_webhook),
    "getWebhooks": Route(webhooks.get_webhooks),
    "updateWebhook": Route(webhooks.update_webhook),
    "deleteWebhook": Route(webhooks.delete_webhook),
    "getWebhookLogs": Route(webhooklog.get_webhook_logs),
    "getWebhookLog": Route(webhooklog.get_webhook_log),
    "resendWebhook": Route(webhooklog.resend_webhook),
}

_HEALTH: Final = "getHealth"
_LONE_PERCENT: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")
SIMULATED: Final = frozenset({*ROUTES, _HEALTH})


def answer(view: View, call: Call, moment: Moment) -> Outcome:
    """The provider's reply to a call, with its changes and notices."""
    request = call.request
    if call.operation is not None and call.operation.id == _HEALTH:
        up = express.json_reply(200, {"ok": True}, (express.POWERED,))
        return Outcome(express.not_modified(request, request.said, up))
    if request.path.startswith(MOUNT):
        return Outcome(film_reply(view, request))
    said = request.said
    settings = settings_of(view)
    refused = None
    caller = ANONYMOUS
    try:
        caller = identify(view, request, said.get("authorization"), moment, settings)
    except Refused as error:
        refused = error
    allowed = allowed_origin(request.method, request.path, said.get("origin"), caller, settings)
    if request.method == "OPTIONS":
        return Outcome(preflight(said, allowed))
    before = headers_for(allowed)
    if refused is not None:
        return Outcome(express.error_reply(refused.status, refused.message, before))
    try:
        answered = _answered(view, call, moment, caller, said, settings, allowed)
    except Refused as error:
        return Outcome(express.error_reply(error.status, error.message, before))
    if answered is None:
        return Outcome(_not_found(request, before))
    reply = _reply(answered, before)
    seen = express.not_modified(request, said, reply)
    sent = answered.deliveries
    return Outcome(seen, answered.changes, answered.notices, sent, heard=answered.heard or bool(sent))


def refuse(status: int, text: str) -> Reply:
    """The API's error shape for what only the wire can see."""
    return express.error_reply(status, text, headers_for(None))


def say(status: int, value: Json) -> Reply:
    """A reply of the API that says a value, for whoever may read it."""
    return express.json_reply(status, value, headers_for(None))


def _answered(
    view: View,
    call: Call,
    moment: Moment,
    caller: Caller,
    said: Mapping[str, str],
    settings: Record,
    allowed: str | None,
) -> Answer | None:
    """The answer of the call's route, None where there is no such route. Raises Refused."""
    body = read_body(call.payload, moment.readings.get("node-version", "20"))
    if call.operation is None:
        return None
    if "%" in call.request.path:
        _check_parameters(call.request.path)
    route = ROUTES[call.operation.id]
    if not route.open:
        request = call.request
        authorize(
            caller,
            request.method,
            request.path,
            moment,
            origin=said.get("origin"),
            allowed=allowed,
            admins_only=route.admins_only,
        )
    return route.answer(Visit(view, call, moment, caller, said, body, settings))


def _check_parameters(path: str) -> None:
    """Express decodes parameters before it calls a route."""
    for segment in path.split("/"):
        try:
            broken = _LONE_PERCENT.search(segment) is not None
            unquote_to_bytes(segment).decode()
        except UnicodeDecodeError:
            broken = True
        if broken:
            raise Refused(400, f"Failed to decode param '{segment}'")


def _reply(answered: Answer, before: Pairs) -> Reply:
    if answered.status == 204:
        return express.empty_reply(204, before, answered.headers)
    return express.json_reply(answered.status, answered.value, before, answered.headers)


def _not_found(request: Request, before: Pairs) -> Reply:
    """Nobody's path: an API error below `/api`, a page elsewhere. There is no 405."""
    path = request.path.lower()
    if path == "/api" or path.startswith("/api/"):
        return express.error_reply(404, "not found", before)
    return express.nobody_listens(request, before)
