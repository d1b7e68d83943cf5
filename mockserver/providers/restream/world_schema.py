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


TEXT: Final = {"type": "string", "minLength": 1}
COUNT: Final = {"type": "integer", "minimum": 0}
SECONDS: Final = {"type": "number", "minimum": 0}
UUID: Final = {"type": "string", "pattern": f"^{UUID_PATTERN}$"}
ACCOUNT: Final = _described(TEXT, "Whose it is: an `id` of `accounts`. The first account if left out.")
INSTANT: Final = {
    "type": ["integer", "string"],
    "description": "Milliseconds from the making of the world (negative: ago), or an instant in ISO 8601.",
}
_FROM_NOW: Final = {"type": "integer", "description": "Milliseconds from the making of the world; negative: ago."}

_ACCOUNTS: Final = _object(
    ("id",),
    id=TEXT,
    clips={"type": "boolean", "description": "Whether the clips feature is active. True if left out."},
    quota={"type": ["integer", "null"], "minimum": 0, "description": "Clips a month. Null or left out: no limit."},
    used=_described(COUNT, "What of it is used up already."),
)
KEYS: Final = _object(
    ("key",),
    key=_described(TEXT, "The access token. In a private world: the role in `test_alice+role`."),
    account=ACCOUNT,
    scopes=_described(_list(TEXT), "All three if left out."),
    expiresIn=_described(_FROM_NOW, "When the token expires. Never if left out."),
    revoked={"type": "boolean"},
    refreshToken=_described(TEXT, "The refresh token of the pair, renamed like `key` in a private world."),
    refreshExpiresIn=_described(_FROM_NOW, "When the refresh token expires. Never if left out."),
    clientId=_described(TEXT, "The application it was granted to. The first if left out."),
)
_APPS: Final = _object(
    ("clientId",),
    clientId=_described(TEXT, "In a private world the first is `test_alice`, each `test_alice+clientId`."),
    clientSecret=_described(TEXT, "The only secret that works. Any if left out."),
    redirectUris=_described(_list(TEXT), "Those it registered. Any works if left out."),
    account=_described(TEXT, "The user who answers its authorize dialog. The first account if left out."),
    scopes=_described(_list(TEXT), "Those ticked for it. All three if left out."),
    approves={"type": "boolean", "description": "Whether the user lets it in. True if left out."},
)
_CODES: Final = _object(
    ("code", "clientId"),
    code=_described(TEXT, "An authorization code, renamed like a key in a private world."),
    clientId=TEXT,
    redirectUri=_described(TEXT, "The one to repeat when it is exchanged. None needed if left out."),
    expiresIn=_described(_FROM_NOW, "When it expires. In five minutes if left out."),
)
FILES: Final = _object(
    ("id", "title"),
    id=UUID,
    account=ACCOUNT,
    title=TEXT,
    status={"type": "string", "enum": ["Processing", "Ready", "Failed"], "description": "`Ready` if left out."},
    durationSeconds=SECONDS,
    sizeBytes=COUNT,
    createdAt=INSTANT,
    readyAfter=_described(COUNT, "For one in `Processing`: ms of life until it is `Ready`. Never if left out."),
    generation={
        "type": "string",
        "enum": list(GENERATIONS),
        "description": "What comes of clipping it. `finds-nothing` is a video without speech; `stuck` never ends.",
    },
)
_CLIP: Final = _object(
    (),
    clipId=UUID,
    name=TEXT,
    viralityScore={"type": "integer", "minimum": 0, "maximum": 100},
    viralityScoreExplanation={"type": "string"},
    transcriptText={"type": "string"},
    sourceStartSeconds=SECONDS,
    sourceEndSeconds=SECONDS,
    favouritedAt=INSTANT,
    createdAt=INSTANT,
)
POST: Final = _object(
    ("clipId", "platform", "channelId"),
    clipId=UUID,
    platform=_described(TEXT, "`YouTube`, `TikTok`, `Facebook`, ..."),
    channelId={"type": "integer"},
    status=_described(TEXT, "`Published` if left out."),
    createdAt=INSTANT,
    platformUrl={"type": ["string", "null"]},
)
_RUN: Final = _object(
    (),
    kind={"type": "string", "enum": ["whole", "range"], "description": "`whole` if left out."},
    mode={"type": "string", "enum": ["multi", "single"], "description": "`multi` if left out."},
    range={**_list(SECONDS), "minItems": 2, "maxItems": 2, "description": "Start and end of a `range`, in seconds."},
    state={
        "type": "string",
        "enum": ["running", "done", "failed"],
        "description": "`done` if left out, which stands for the project's clips; a running one begins now.",
    },
)
_PROJECTS: Final = _object(
    ("title",),
    projectId=_described(UUID, "Drawn if left out."),
    account=ACCOUNT,
    sourceTypeName={"type": "string", "enum": ["VideoStorageFile", "Event"], "description": "`Event` if left out."},
    sourceIdentifier=_described(TEXT, "For a `VideoStorageFile` an `id` of `files`. Drawn for an event if left out."),
    title={"type": "string"},
    createdAt=INSTANT,
    clips={
        "oneOf": [_described(COUNT, "So many, drawn."), _list(_CLIP)],
        "description": "Its clips; what an entry leaves out is drawn.",
    },
    postedClips=_list(POST),
    runs=_described(_list(_RUN), "The calls it comes from; none are needed for an event."),
)

WORLD_SCHEMA: Final[Json] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "A Restream world",
    **_object(
        (),
        accounts=_list(_ACCOUNTS),
        keys=_described(_list(KEYS), "Access tokens; the first is the main one."),
        apps=_described(_list(_APPS), "OAuth clients; the first is the main one."),
        codes=_list(_CODES),
        files=_list(FILES),
        projects=_list(_PROJECTS),
    ),
}
