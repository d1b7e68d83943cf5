"""What the `livepeer` section of a world document may say: JSON Schema 2020-12, every field described.

Times are milliseconds relative to the moment a world is made, negative for ago; from 100,000,000,000 on (1973) they are
Unix milliseconds.
"""

from __future__ import annotations

from typing import Final

from mockserver.core.text import Json
from mockserver.providers.livepeer.fates import FATES
from mockserver.providers.livepeer.fields import (
    choice,
    count,
    flag,
    identifier,
    listed,
    mapping,
    playback_id,
    text,
    time,
)

_PHASES: Final = ("uploading", "waiting", "processing", "ready", "failed", "deleting", "deleted")
_TASK_PHASES: Final = ("pending", "waiting", "running", "failed", "completed", "cancelled")


FATE: Final = choice("What becomes of clips made of it; `ready` if nothing is said.", *FATES)

_STORE: Final = mapping(
    "A place where files are kept.",
    {
        "id": identifier("Its id, as administrators see it."),
        "publicUrl": text("Where its files are; this very server if nothing is said."),
    },
    "id",
)

_SETTINGS: Final = mapping(
    "How this world's server is set up.",
    {
        "jwt": mapping(
            "How access tokens of the dashboard are signed.",
            {"secret": text("The key, for HS256."), "audience": text("The `aud` they must have.")},
            "secret",
            "audience",
        ),
        "salt": text("What addresses are hashed with to count clips in progress."),
        "dashboards": listed("Origins from which calls without a key may come.", text("An origin.")),
        "ingest": text("Where live streams are played from; this very server if nothing is said."),
        "runner": choice("Whether jobs run by themselves; `off` leaves them waiting for reports.", "on", "off"),
        "stores": mapping(
            "Where files are kept.",
            {
                "assets": _STORE,
                "recordings": {
                    "type": "array",
                    "minItems": 1,
                    "items": _STORE,
                    "description": "Where recordings are looked for. With two, one in neither has no URL.",
                },
            },
        ),
    },
)

USER: Final = mapping(
    "An account.",
    {
        "name": text("What the rest of the document calls it."),
        "id": identifier("Its id."),
        "email": text("Its address; the player library's account is known by it."),
        "admin": flag("Whether it may do everything."),
        "suspended": flag("Whether it is barred."),
        "emailValid": flag("Whether its address was verified; true if nothing is said."),
        "created": time("When it was made; an hour ago if nothing is said."),
        "project": text("The name of its default project."),
        "clipLimit": count("How many clips it may have in progress; 5 if nothing is said."),
    },
    "name",
    "id",
)

_PROJECT: Final = mapping(
    "A project: a part of an account.",
    {"name": text("What the rest calls it."), "id": identifier("Its id."), "user": text("Whose it is.")},
    "name",
    "id",
    "user",
)

KEY: Final = mapping(
    "An API key. In a private world `test_x` the first is `test_x`, and each is `test_x+<key>` besides.",
    {
        "key": text("The key itself, or the role it has in private worlds."),
        "name": text("Its name, which clips made with it show; the key itself if nothing is said."),
        "user": text("Whose it is."),
        "project": text("The project it is bound to; the user's default one if nothing is said."),
        "cors": mapping(
            "That it may be used in browsers.",
            {
                "allowedOrigins": listed("From which origins; `*` for any.", text("An origin.")),
                "fullAccess": flag("Whether it may do more than the short list for such keys."),
            },
            "allowedOrigins",
        ),
        "rules": listed(
            "What it may be used for, and nothing else.",
            mapping(
                "Some resources.",
                {
                    "resources": listed("Paths below `/api`, with `:name` and `*`.", text("A path.")),
                    "methods": listed("HTTP methods; all if nothing is said.", text("A method.")),
                },
                "resources",
            ),
        ),
    },
    "key",
    "user",
)

_PICTURE: Final = mapping(
    "What the broadcaster sends.",
    {
        "width": count("Pixels.", 16),
        "height": count("Pixels.", 16),
        "bitrate": count("Bits per second, sound included.", 200_000),
        "fps": {"type": "number", "exclusiveMinimum": 0, "description": "Frames per second."},
    },
    "width",
    "height",
    "bitrate",
    "fps",
)

STREAM: Final = mapping(
    "A live stream.",
    {
        "playbackId": playback_id("Its playback ID; the rest calls it by this."),
        "id": identifier("Its id."),
        "name": text("Its name."),
        "user": text("Whose it is; `nobody` for a user that is gone."),
        "project": text("Which project it is in; the user's default one if nothing is said."),
        "created": time("When it was made; an hour ago if nothing is said."),
        "seen": time("When it was last on air; never if nothing is said."),
        "isActive": flag("Whether it is on air."),
        "record": flag("Whether its sessions are recorded."),
        "suspended": flag("Whether it is barred."),
        "deleted": flag("Whether it was deleted. It can still be clipped."),
        "clips": FATE,
    },
    "playbackId",
    "user",
)

SESSION: Final = mapping(
    "One broadcast of a stream.",
    {
        "id": identifier("Its id."),
        "stream": playback_id("The playback ID of its stream."),
        "name": text("Its name."),
        "created": time("When it began; ten minutes ago if nothing is said."),
        "seen": time("When it was last on air; never if nothing is said."),
        "record": flag("Whether it was recorded; as its stream if nothing is said."),
        "recordingStart": time("The recording's first instant; that of the session if nothing is said."),
        "recordingEnd": {"type": ["integer", "null"], "description": "Its last instant; null while it goes on."},
        "recordingMissing": flag("Whether the recording can't be found."),
        "sourceSegmentsDuration": {"type": "number", "minimum": 0, "description": "Seconds received."},
        "picture": _PICTURE,
        "clips": FATE,
    },
    "id",
    "stream",
)

ASSET: Final = mapping(
    "An asset: a clip, a recording, an upload.",
    {
        "id": identifier("Its id."),
        "playbackId": playback_id("Its playback ID."),
        "name": text("Its name."),
        "user": text("Whose it is."),
        "project": text("Which project it is in; the user's default one if nothing is said."),
        "tokenName": text("The name of the key that made it."),
        "type": choice("Where it comes from; an upload if nothing is said.", "clip", "recording", "directUpload"),
        "session": identifier("The session it was made from, for a clip or a recording."),
        "created": time("When it was made; an hour ago if nothing is said."),
        "updated": time("When its status last changed; when it was made if nothing is said."),
        "phase": choice("How far it is; ready if nothing is said.", *_PHASES),
        "progress": {"type": "number", "minimum": 0, "maximum": 1, "description": "How much of it is done."},
        "errorMessage": text("Why it failed."),
        "seconds": {"type": "number", "exclusiveMinimum": 0, "description": "Its length; 30 if nothing is said."},
        "bare": flag("Whether a ready one has no files, so that it can't be played."),
    },
    "id",
    "playbackId",
    "user",
)

_TASK: Final = mapping(
    "The task that makes a clip.",
    {
        "id": identifier("Its id."),
        "asset": identifier("The id of the clip it makes."),
        "phase": choice("How far it is.", *_TASK_PHASES),
        "progress": {"type": "number", "minimum": 0, "maximum": 1, "description": "How much of it is done."},
        "retries": count("How often it was tried again."),
        "errorMessage": text("Why it failed."),
        "startTime": time("From where the clip was asked for."),
        "endTime": time("Up to where."),
        "clips": FATE,
    },
    "id",
    "asset",
    "phase",
)

_WEBHOOK: Final = mapping(
    "A subscription.",
    {
        "id": identifier("Its id."),
        "name": text("Its name."),
        "user": text("Whose it is."),
        "project": text("Which project's events it gets; the user's default one if nothing is said."),
        "url": text("Where deliveries go."),
        "events": listed("Which events.", text("An event.")),
        "sharedSecret": text("What deliveries are signed with."),
        "created": time("When it was made; an hour ago if nothing is said."),
    },
    "id",
    "name",
    "user",
    "url",
    "events",
)

_LOG_ENTRY: Final = mapping(
    "What a webhook was sent once.",
    {
        "id": identifier("Its id."),
        "webhook": text("The id of the webhook."),
        "event": text("The event it was told of."),
        "payload": {"type": "object", "description": "What it was told; empty if nothing is said."},
        "status": {"type": "integer", "description": "What its receiver answered; 200 if nothing is said."},
        "created": time("When it was sent; an hour ago if nothing is said."),
    },
    "id",
    "webhook",
    "event",
)

WORLD_SCHEMA: Final[Json] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "The `livepeer` section of a world document",
    **mapping(
        "One account and everything in it, and accounts beside it.",
        {
            "settings": _SETTINGS,
            "users": {"type": "array", "minItems": 1, "items": USER, "description": "Accounts."},
            "projects": listed("Projects.", _PROJECT),
            "keys": {"type": "array", "minItems": 1, "items": KEY, "description": "Keys; the first is the main one."},
            "streams": listed("Streams.", STREAM),
            "sessions": listed("Sessions.", SESSION),
            "assets": listed("Assets.", ASSET),
            "tasks": listed("Tasks.", _TASK),
            "webhooks": listed("Webhooks.", _WEBHOOK),
            "webhookLogs": listed("What webhooks were sent, oldest first.", _LOG_ENTRY),
        },
        "users",
        "keys",
    ),
}
