"""The few forms the fields of a world document have, as JSON Schema. Each says what it means."""

from __future__ import annotations

from mockserver.core.text import Json


def text(description: str, **more: Json) -> Json:
    return {"type": "string", "minLength": 1, "description": description, **more}


def flag(description: str) -> Json:
    return {"type": "boolean", "description": description}


def time(description: str) -> Json:
    return {"type": "integer", "description": description}


def count(description: str, least: int = 0) -> Json:
    return {"type": "integer", "minimum": least, "description": description}


def choice(description: str, *options: str) -> Json:
    return {"enum": list(options), "description": description}


def mapping(description: str, properties: Json, *required: str) -> Json:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(required),
        "properties": properties,
        "description": description,
    }


def listed(description: str, items: Json) -> Json:
    return {"type": "array", "items": items, "description": description}


def free(description: str) -> Json:
    return {"type": "object", "description": description}


def identifier(description: str) -> Json:
    return text(description, pattern="^[A-Za-z0-9._-]+$", maxLength=128)


def playback_id(description: str) -> Json:
    return text(description, pattern="^[0-9a-z-]+$", maxLength=64)
