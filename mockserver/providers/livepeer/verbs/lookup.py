"""What a verb's body names: streams, sessions, clips, users. A name that means nothing raises ValueError."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mockserver.core.provider import Moment
from mockserver.core.text import Json, Record
from mockserver.core.world import View
from mockserver.providers.livepeer.fields import mapping
from mockserver.providers.livepeer.jobs import settings_of
from mockserver.providers.livepeer.seed_ground import Ground

FOR: Final = (
    "Whose it is: the name of a user in the world document, an id or an e-mail; the main user if nothing is said."
)


def body(about: str, properties: Mapping[str, Json], *required: str, examples: list[Json]) -> Json:
    """The schema of a verb's body."""
    return {**mapping(about, dict(properties), *required), "examples": examples}


def stream_of(view: View, name: str, where: str = "/stream") -> Record:
    """A stream by playback ID or id."""
    found = next(view.find("stream", "playbackId", name), None) or view.get("stream", name)
    if found is None or "playbackId" not in found["doc"]:
        raise ValueError(f"{where}: no stream has the playback ID or id `{name}`; add one with add-stream")
    return found


def session_of(view: View, id: str, where: str = "/session") -> Record:
    session = view.get("session", id)
    if session is None:
        raise ValueError(f"{where}: no session has the id `{id}`; add one with add-session or go-live")
    return session


def task_of(view: View, name: str, where: str = "/clip") -> Record:
    """The task that makes a clip, by the clip's id or playback ID, or by its own id."""
    asset = view.get("asset", name) or next(view.find("asset", "playbackId", name), None)
    found = view.get("task", name) if asset is None else next(view.find("task", "asset", asset["id"]), None)
    if found is None:
        raise ValueError(f"{where}: no clip has the id or playback ID `{name}`, and no task has that id")
    return found


def user_of(view: View, name: str | None, where: str = "/user") -> Record:
    """A user by name, id or e-mail; the main one for None."""
    wanted = settings_of(view)["main"] if name is None else name
    users = list(view.find("user", "all", ""))
    for field in ("id", "name", "email"):
        for user in users:
            if user[field] == wanted:
                return user
    known = ", ".join(user["name"] for user in users)
    raise ValueError(f"{where}: no user has the name, id or e-mail `{wanted}`; there are {known}")


def ground_of(view: View, moment: Moment) -> Ground:
    """What names mean in a world as it is: users and projects go by their ids, too."""
    users: dict[str, Record] = {}
    projects: dict[str, Record] = {}
    for user in view.find("user", "all", ""):
        known: Record = {"id": user["id"]}
        if "defaultProjectId" in user:
            known = {**known, "project": user["defaultProjectId"]}
        users |= {user["id"]: known, user["email"]: known, user["name"]: known}
        for project in view.find("project", "user", user["id"]):
            projects |= {project["id"]: project, project["name"]: project}
    return Ground(moment, settings_of(view), users, projects)
