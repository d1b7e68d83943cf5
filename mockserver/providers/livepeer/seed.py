"""A world document's `livepeer` section, made into records.

Names become ids, relative times instants. A name that means nothing raises ValueError("pointer: reason").
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mockserver.core.provider import Moment
from mockserver.core.text import Json, Record
from mockserver.core.world import Change, Put
from mockserver.providers.livepeer.seed_assets import asset_record, task_record
from mockserver.providers.livepeer.seed_ground import HOUR, Ground
from mockserver.providers.livepeer.seed_live import session_record, stream_record
from mockserver.providers.livepeer.seed_logs import log_entries
from mockserver.providers.livepeer.stored import jsonb

_DEFAULT_SETTINGS: Final = {
    "jwt": {"secret": "secret", "audience": "livepeer"},
    "salt": "salt",
    "dashboards": ["https://livepeer.studio"],
    "ingest": None,
    "runner": "on",
}
_ASSET_STORE: Final = {"id": "0de4b5f0-5f6c-4c2b-9d6f-4f6a7d1c2e33"}
_RECORDING_STORE: Final = {"id": "4f0b7c52-8d1e-4c6a-b8f3-2a9d5e7c1b60"}


def seed(section: Record, world: str, moment: Moment) -> Iterator[Change]:
    """The records of a fresh world. Its keys go by the world's name if that is a `test_` one."""
    users = {user["name"]: user for user in section["users"]}
    projects = {project["name"]: project for project in section.get("projects", ())}
    ground = Ground(moment, _settings(section.get("settings", {})), users, projects)
    main = ground.user(section["keys"][0]["user"], "/keys/0")
    yield Put("settings", "settings", {**ground.settings, "main": main})
    for index, user in enumerate(section["users"]):
        yield Put("user", user["id"], user_record(user, f"/users/{index}", ground))
    for index, project in enumerate(section.get("projects", ())):
        owner = ground.user(project["user"], f"/projects/{index}")
        yield Put("project", project["id"], {"id": project["id"], "name": project["name"], "userId": owner})
    for index, key in enumerate(section["keys"]):
        yield from key_records(key, f"/keys/{index}", world, ground, first=index == 0)
    streams = {
        stream["playbackId"]: stream_record(stream, f"/streams/{index}", ground)
        for index, stream in enumerate(section.get("streams", ()))
    }
    sessions = {
        session["id"]: session_record(session, f"/sessions/{index}", streams, ground)
        for index, session in enumerate(section.get("sessions", ()))
    }
    assets = {
        asset["id"]: asset_record(asset, f"/assets/{index}", sessions, ground)
        for index, asset in enumerate(section.get("assets", ()))
    }
    for stream in streams.values():
        yield Put("stream", stream["doc"]["id"], stream)
    for id, session in sessions.items():
        yield Put("session", id, session)
    for id, asset in assets.items():
        yield Put("asset", id, asset)
    said = {asset["id"]: asset for asset in section.get("assets", ())}
    for index, task in enumerate(section.get("tasks", ())):
        yield Put("task", task["id"], task_record(task, f"/tasks/{index}", said, assets, sessions, ground))
    webhooks = {
        webhook["id"]: _webhook(webhook, f"/webhooks/{index}", ground)
        for index, webhook in enumerate(section.get("webhooks", ()))
    }
    for id, webhook in webhooks.items():
        yield Put("webhook", id, webhook)
    yield from log_entries(section.get("webhookLogs", ()), webhooks, moment, ground.at)


def _settings(said: Record) -> Record:
    stores = said.get("stores", {})
    settings = {**_DEFAULT_SETTINGS, **{key: value for key, value in said.items() if key != "stores"}}
    return {
        **settings,
        "assets": stores.get("assets", _ASSET_STORE),
        "recordings": stores.get("recordings", [_RECORDING_STORE]),
    }


def user_record(user: Record, where: str, ground: Ground) -> Record:
    """An account; `name` is what the document calls it."""
    record = {
        "id": user["id"],
        "name": user["name"],
        "email": user.get("email", f"{user['name'].replace(' ', '-')}@example.com"),
        "emailValid": user.get("emailValid", True),
        "createdAt": ground.at(user.get("created"), -HOUR),
    }
    record |= {key: user[key] for key in ("admin", "suspended", "clipLimit") if key in user}
    if "project" in user:
        record["defaultProjectId"] = ground.project_id(user["project"], where)
    return record


def key_records(key: Record, where: str, world: str, ground: Ground, *, first: bool = False) -> Iterator[Change]:
    """In a private world the first key is the world's own name, and each is `name+key` besides."""
    owner = ground.user(key["user"], where)
    record: dict[str, Json] = {"role": key["key"], "name": key.get("name", key["key"]), "userId": owner}
    if "project" in key:
        record["projectId"] = ground.project_id(key["project"], where)
    access = {name: key[name] for name in ("cors", "rules") if name in key}
    if access:
        record["access"] = access
    private = world.startswith("test_")
    names = [f"{world}+{key['key']}"] if private else [key["key"]]
    if private and first:
        names.append(world)
    for name in names:
        yield Put("key", name, {"id": name, **record})


def _webhook(webhook: Record, where: str, ground: Ground) -> Record:
    doc = {key: webhook[key] for key in ("id", "name", "url", "events")}
    doc |= {"kind": "webhook", "createdAt": ground.at(webhook.get("created"), -HOUR)}
    doc["userId"] = ground.owner(webhook, where)
    doc |= ground.project(webhook, where)
    if "sharedSecret" in webhook:
        doc["sharedSecret"] = webhook["sharedSecret"]
    record: Record = jsonb(doc)
    return record
