"""JSON Schema of the `restream:` section of a world document."""

from __future__ import annotations

from typing import Final

from mockserver.core.text import Json
from mockserver.providers.restream.ids import UUID_PATTERN
from mockserver.providers.restream.runs import GENERATIONS


def _object(required: tuple[str, ...] = (), /, **properties: Json) -> Json:
    return {"type": "object", "additionalProperties": False, "required": list(required), "properties": properties}


def _list(items: Json) -> Json:
    return {"type": "array", "items": items}


def _described(schema: Json, description: str) -> Json:
    return {**schema, "description": description}


_TEXT: Final = {"type": "string", "minLength": 1}
_COUNT: Final = {"type": "integer", "minimum": 0}
_SECONDS: Final = {"type": "number", "minimum": 0}
_UUID: Final = {"type": "string", "pattern": f"^{UUID_PATTERN}$"}
_ACCOUNT: Final = _described(_TEXT, "Whose it is: an `id` of `accounts`. The first account if left out.")
_INSTANT: Final = {
    "type": ["integer", "string"],
    "description": "Milliseconds from the making of the world (negative: ago), or an instant in ISO 8601.",
}
_FROM_NOW: Final = {"type": "integer", "description": "Milliseconds from the making of the world; negative: ago."}

_ACCOUNTS: Final = _object(
    ("id",),
    id=_TEXT,
    clips={"type": "boolean", "description": "Whether the clips feature is active. True if left out."},
    quota={"type": ["integer", "null"], "minimum": 0, "description": "Clips a month. Null or left out: no limit."},
    used=_described(_COUNT, "What of it is used up already."),
)
_KEYS: Final = _object(
    ("key",),
    key=_described(_TEXT, "The access token. In a private world: the role in `test_alice+role`."),
    account=_ACCOUNT,
    scopes=_described(_list(_TEXT), "All three if left out."),
    expiresIn=_described(_FROM_NOW, "When the token expires. Never if left out."),
    revoked={"type": "boolean"},
    refreshToken=_described(_TEXT, "The refresh token of the pair, renamed like `key` in a private world."),
    refreshExpiresIn=_described(_FROM_NOW, "When the refresh token expires. Never if left out."),
    clientId=_described(_TEXT, "The application it was granted to. The first if left out."),
)
_APPS: Final = _object(
    ("clientId",),
    clientId=_described(_TEXT, "In a private world the first is `test_alice`, each `test_alice+clientId`."),
    clientSecret=_described(_TEXT, "The only secret that works. Any if left out."),
    redirectUris=_described(_list(_TEXT), "Those it registered. Any works if left out."),
    account=_described(_TEXT, "The user who answers its authorize dialog. The first account if left out."),
    scopes=_described(_list(_TEXT), "Those ticked for it. All three if left out."),
    approves={"type": "boolean", "description": "Whether the user lets it in. True if left out."},
)
_CODES: Final = _object(
    ("code", "clientId"),
    code=_described(_TEXT, "An authorization code, renamed like a key in a private world."),
    clientId=_TEXT,
    redirectUri=_described(_TEXT, "The one to repeat when it is exchanged. None needed if left out."),
    expiresIn=_described(_FROM_NOW, "When it expires. In five minutes if left out."),
)
_FILES: Final = _object(
    ("id", "title"),
    id=_UUID,
    account=_ACCOUNT,
    title=_TEXT,
    status={"type": "string", "enum": ["Processing", "Ready", "Failed"], "description": "`Ready` if left out."},
    durationSeconds=_SECONDS,
    sizeBytes=_COUNT,
    createdAt=_INSTANT,
    readyAfter=_described(_COUNT, "For one in `Processing`: ms of life until it is `Ready`. Never if left out."),
    generation={
        "type": "string",
        "enum": list(GENERATIONS),
        "description": "What comes of clipping it. `finds-nothing` is a video without speech; `stuck` never ends.",
    },
)
_CLIP: Final = _object(
    (),
    clipId=_UUID,
    name=_TEXT,
    viralityScore={"type": "integer", "minimum": 0, "maximum": 100},
    viralityScoreExplanation={"type": "string"},
    transcriptText={"type": "string"},
    sourceStartSeconds=_SECONDS,
    sourceEndSeconds=_SECONDS,
    favouritedAt=_INSTANT,
    createdAt=_INSTANT,
)
_POST: Final = _object(
    ("clipId", "platform", "channelId"),
    clipId=_UUID,
    platform=_described(_TEXT, "`YouTube`, `TikTok`, `Facebook`, ..."),
    channelId={"type": "integer"},
    status=_described(_TEXT, "`Published` if left out."),
    createdAt=_INSTANT,
    platformUrl={"type": ["string", "null"]},
)
_RUN: Final = _object(
    (),
    kind={"type": "string", "enum": ["whole", "range"], "description": "`whole` if left out."},
    mode={"type": "string", "enum": ["multi", "single"], "description": "`multi` if left out."},
    range={**_list(_SECONDS), "minItems": 2, "maxItems": 2, "description": "Start and end of a `range`, in seconds."},
    state={
        "type": "string",
        "enum": ["running", "done", "failed"],
        "description": "`done` if left out, which stands for the project's clips; a running one begins now.",
    },
)
_PROJECTS: Final = _object(
    ("title",),
    projectId=_described(_UUID, "Drawn if left out."),
    account=_ACCOUNT,
    sourceTypeName={"type": "string", "enum": ["VideoStorageFile", "Event"], "description": "`Event` if left out."},
    sourceIdentifier=_described(_TEXT, "For a `VideoStorageFile` an `id` of `files`. Drawn for an event if left out."),
    title={"type": "string"},
    createdAt=_INSTANT,
    clips={
        "oneOf": [_described(_COUNT, "So many, drawn."), _list(_CLIP)],
        "description": "Its clips; what an entry leaves out is drawn.",
    },
    postedClips=_list(_POST),
    runs=_described(_list(_RUN), "The calls it comes from; none are needed for an event."),
)
_OUTCOMES: Final = {
    "type": "array",
    "items": {"type": "object"},
    "description": "The test cards of this world: calls, and what they answer. Listed by `mockserver outcomes`.",
}

WORLD_SCHEMA: Final[Json] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "A Restream world",
    **_object(
        (),
        accounts=_list(_ACCOUNTS),
        keys=_described(_list(_KEYS), "Access tokens; the first is the main one."),
        apps=_described(_list(_APPS), "OAuth clients; the first is the main one."),
        codes=_list(_CODES),
        files=_list(_FILES),
        projects=_list(_PROJECTS),
        outcomes=_OUTCOMES,
    ),
}
