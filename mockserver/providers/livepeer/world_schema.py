"""What the `livepeer` section of a world document may say: JSON Schema 2020-12, every field described.

Times are milliseconds relative to the moment a world is made, negative for ago; from 100,000,000,000 on (1973) they are
Unix milliseconds.
"""

from __future__ import annotations

from typing import Final

from mockserver.core.text import Json
from mockserver.providers.livepeer.fates import FATES

_PHASES: Final = ("uploading", "waiting", "processing", "ready", "failed", "deleting", "deleted")
_TASK_PHASES: Final = ("pending", "waiting", "running", "failed", "completed", "cancelled")


def _text(description: str, **more: Json) -> Json:
    return {"type": "string", "minLength": 1, "description": description, **more}


def _flag(description: str) -> Json:
    return {"type": "boolean", "description": description}


def _time(description: str) -> Json:
    return {"type": "integer", "description": description}


def _count(description: str, least: int = 0) -> Json:
    return {"type": "integer", "minimum": least, "description": description}


def _choice(description: str, *options: str) -> Json:
    return {"enum": list(options), "description": description}


def _object(description: str, properties: Json, *required: str) -> Json:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(required),
        "properties": properties,
        "description": description,
    }


def _list(description: str, items: Json) -> Json:
    return {"type": "array", "items": items, "description": description}


def _free(description: str) -> Json:
    return {"type": "object", "description": description}


def _id(description: str) -> Json:
    return _text(description, pattern="^[A-Za-z0-9._-]+$", maxLength=128)


def _playback_id(description: str) -> Json:
    return _text(description, pattern="^[0-9a-z-]+$", maxLength=64)


_FATE: Final = _choice("What becomes of clips made of it; `ready` if nothing is said.", *FATES)

_STORE: Final = _object(
    "A place where files are kept.",
    {
        "id": _id("Its id, as administrators see it."),
        "publicUrl": _text("Where its files are; this very server if nothing is said."),
    },
    "id",
)

_SETTINGS: Final = _object(
    "How this world's server is set up.",
    {
        "jwt": _object(
            "How access tokens of the dashboard are signed.",
            {"secret": _text("The key, for HS256."), "audience": _text("The `aud` they must have.")},
            "secret",
            "audience",
        ),
        "salt": _text("What addresses are hashed with to count clips in progress."),
        "dashboards": _list("Origins from which calls without a key may come.", _text("An origin.")),
        "ingest": _text("Where live streams are played from; this very server if nothing is said."),
        "runner": _choice("Whether jobs run by themselves; `off` leaves them waiting for reports.", "on", "off"),
        "stores": _object(
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

_USER: Final = _object(
    "An account.",
    {
        "name": _text("What the rest of the document calls it."),
        "id": _id("Its id."),
        "email": _text("Its address; the player library's account is known by it."),
        "admin": _flag("Whether it may do everything."),
        "suspended": _flag("Whether it is barred."),
        "emailValid": _flag("Whether its address was verified; true if nothing is said."),
        "created": _time("When it was made; an hour ago if nothing is said."),
        "project": _text("The name of its default project."),
        "clipLimit": _count("How many clips it may have in progress; 5 if nothing is said."),
    },
    "name",
    "id",
)

_PROJECT: Final = _object(
    "A project: a part of an account.",
    {"name": _text("What the rest calls it."), "id": _id("Its id."), "user": _text("Whose it is.")},
    "name",
    "id",
    "user",
)

_KEY: Final = _object(
    "An API key. In a private world `test_x` the first is `test_x`, and each is `test_x+<key>` besides.",
    {
        "key": _text("The key itself, or the role it has in private worlds."),
        "name": _text("Its name, which clips made with it show; the key itself if nothing is said."),
        "user": _text("Whose it is."),
        "project": _text("The project it is bound to; the user's default one if nothing is said."),
        "cors": _object(
            "That it may be used in browsers.",
            {
                "allowedOrigins": _list("From which origins; `*` for any.", _text("An origin.")),
                "fullAccess": _flag("Whether it may do more than the short list for such keys."),
            },
            "allowedOrigins",
        ),
        "rules": _list(
            "What it may be used for, and nothing else.",
            _object(
                "Some resources.",
                {
                    "resources": _list("Paths below `/api`, with `:name` and `*`.", _text("A path.")),
                    "methods": _list("HTTP methods; all if nothing is said.", _text("A method.")),
                },
                "resources",
            ),
        ),
    },
    "key",
    "user",
)

_PICTURE: Final = _object(
    "What the broadcaster sends.",
    {
        "width": _count("Pixels.", 16),
        "height": _count("Pixels.", 16),
        "bitrate": _count("Bits per second, sound included.", 200_000),
        "fps": {"type": "number", "exclusiveMinimum": 0, "description": "Frames per second."},
    },
    "width",
    "height",
    "bitrate",
    "fps",
)

_STREAM: Final = _object(
    "A live stream.",
    {
        "playbackId": _playback_id("Its playback ID; the rest calls it by this."),
        "id": _id("Its id."),
        "name": _text("Its name."),
        "user": _text("Whose it is; `nobody` for a user that is gone."),
        "project": _text("Which project it is in; the user's default one if nothing is said."),
        "created": _time("When it was made; an hour ago if nothing is said."),
        "seen": _time("When it was last on air; never if nothing is said."),
        "isActive": _flag("Whether it is on air."),
        "record": _flag("Whether its sessions are recorded."),
        "suspended": _flag("Whether it is barred."),
        "deleted": _flag("Whether it was deleted. It can still be clipped."),
        "clips": _FATE,
    },
    "playbackId",
    "user",
)

_SESSION: Final = _object(
    "One broadcast of a stream.",
    {
        "id": _id("Its id."),
        "stream": _playback_id("The playback ID of its stream."),
        "name": _text("Its name."),
        "created": _time("When it began; ten minutes ago if nothing is said."),
        "seen": _time("When it was last on air; never if nothing is said."),
        "record": _flag("Whether it was recorded; as its stream if nothing is said."),
        "recordingStart": _time("The recording's first instant; that of the session if nothing is said."),
        "recordingEnd": {"type": ["integer", "null"], "description": "Its last instant; null while it goes on."},
        "recordingMissing": _flag("Whether the recording can't be found."),
        "sourceSegmentsDuration": {"type": "number", "minimum": 0, "description": "Seconds received."},
        "picture": _PICTURE,
        "clips": _FATE,
    },
    "id",
    "stream",
)

_ASSET: Final = _object(
    "An asset: a clip, a recording, an upload.",
    {
        "id": _id("Its id."),
        "playbackId": _playback_id("Its playback ID."),
        "name": _text("Its name."),
        "user": _text("Whose it is."),
        "project": _text("Which project it is in; the user's default one if nothing is said."),
        "tokenName": _text("The name of the key that made it."),
        "type": _choice("Where it comes from; an upload if nothing is said.", "clip", "recording", "directUpload"),
        "session": _id("The session it was made from, for a clip or a recording."),
        "created": _time("When it was made; an hour ago if nothing is said."),
        "updated": _time("When its status last changed; when it was made if nothing is said."),
        "phase": _choice("How far it is; ready if nothing is said.", *_PHASES),
        "progress": {"type": "number", "minimum": 0, "maximum": 1, "description": "How much of it is done."},
        "errorMessage": _text("Why it failed."),
        "seconds": {"type": "number", "exclusiveMinimum": 0, "description": "Its length; 30 if nothing is said."},
        "bare": _flag("Whether a ready one has no files, so that it can't be played."),
    },
    "id",
    "playbackId",
    "user",
)

_TASK: Final = _object(
    "The task that makes a clip.",
    {
        "id": _id("Its id."),
        "asset": _id("The id of the clip it makes."),
        "phase": _choice("How far it is.", *_TASK_PHASES),
        "progress": {"type": "number", "minimum": 0, "maximum": 1, "description": "How much of it is done."},
        "retries": _count("How often it was tried again."),
        "errorMessage": _text("Why it failed."),
        "startTime": _time("From where the clip was asked for."),
        "endTime": _time("Up to where."),
        "clips": _FATE,
    },
    "id",
    "asset",
    "phase",
)

_WEBHOOK: Final = _object(
    "A subscription.",
    {
        "id": _id("Its id."),
        "name": _text("Its name."),
        "user": _text("Whose it is."),
        "project": _text("Which project's events it gets; the user's default one if nothing is said."),
        "url": _text("Where deliveries go."),
        "events": _list("Which events.", _text("An event.")),
        "sharedSecret": _text("What deliveries are signed with."),
        "created": _time("When it was made; an hour ago if nothing is said."),
    },
    "id",
    "name",
    "user",
    "url",
    "events",
)

_OUTCOME: Final = _object(
    "A test card: one request, and what comes of it.",
    {
        "name": _text("What it is called."),
        "operation": _text("The operationId."),
        "about": _text("What it shows."),
        "key": {"type": ["string", "null"], "description": "Added to a `test_` key: nothing, `+role`; null for none."},
        "path": _free("Path parameters."),
        "query": _free("Query arguments."),
        "headers": _free("Headers besides; an Authorization here takes the place of the key's."),
        "body": {"description": "The body, sent as JSON."},
        "text": {"type": "string", "description": "The body as it stands, sent as JSON in place of `body`."},
        "status": {"type": "integer", "minimum": 100, "maximum": 599, "description": "The reply's status."},
        "says": _text("The whole first error of the reply."),
        "then": _object(
            "What can be seen later.",
            {
                "operation": _text("The operationId."),
                "path": _free("Path parameters; a value that begins with `#/` points into the first reply."),
                "eventually": _free("JSON Pointers into that operation's reply, and what stands there in the end."),
            },
            "operation",
            "path",
            "eventually",
        ),
    },
    "name",
    "operation",
    "about",
    "status",
)

WORLD_SCHEMA: Final[Json] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "The `livepeer` section of a world document",
    **_object(
        "One account and everything in it, and accounts beside it.",
        {
            "settings": _SETTINGS,
            "users": {"type": "array", "minItems": 1, "items": _USER, "description": "Accounts."},
            "projects": _list("Projects.", _PROJECT),
            "keys": {"type": "array", "minItems": 1, "items": _KEY, "description": "Keys; the first is the main one."},
            "streams": _list("Streams.", _STREAM),
            "sessions": _list("Sessions.", _SESSION),
            "assets": _list("Assets.", _ASSET),
            "tasks": _list("Tasks.", _TASK),
            "webhooks": _list("Webhooks.", _WEBHOOK),
            "outcomes": _list("A well-known request for every documented outcome.", _OUTCOME),
        },
        "users",
        "keys",
    ),
}
