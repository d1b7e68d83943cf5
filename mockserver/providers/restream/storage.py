"""The Video Storage: files as a source of clips. Nothing public makes or deletes one; a world document does."""

from __future__ import annotations

from mockserver.core.http import Reply
from mockserver.core.provider import Call, Moment
from mockserver.core.text import Json, Record
from mockserver.core.world import Due, Outcome, Put, View
from mockserver.providers.restream.credentials import Session
from mockserver.providers.restream.errors import PAYLOAD_TOO_LARGE, application_error
from mockserver.providers.restream.ids import path_id
from mockserver.providers.restream.instants import iso
from mockserver.providers.restream.readings import reading
from mockserver.providers.restream.urls import download_url


def list_storage_files(view: View, call: Call, moment: Moment, session: Session) -> Outcome:
    """Every file of the user, the latest first."""
    files = view.find("file", "account", session.account["id"], reverse=True)
    return Outcome(Reply.json(200, {"files": [shown_file(file) for file in files]}))


def get_storage_file(view: View, call: Call, moment: Moment, session: Session) -> Outcome:
    file = _file(view, call, moment, session)
    return Outcome(file if isinstance(file, Reply) else Reply.json(200, shown_file(file)))


def create_storage_file_download_url(view: View, call: Call, moment: Moment, session: Session) -> Outcome:
    problem = call.payload.problem
    if problem is not None and problem.kind == "too-large":
        return Outcome(PAYLOAD_TOO_LARGE)
    file = _file(view, call, moment, session)
    if isinstance(file, Reply):
        return Outcome(file)
    if file["status"] != "Ready":
        unready = reading(moment, "unready-download") == "400"
        return Outcome(application_error(400, "StorageFileNotReady") if unready else _NOT_FOUND)
    return Outcome(Reply.json(200, {"downloadUrl": download_url(moment, session.account, "file", file["id"])}))


def step(view: View, due: Due, moment: Moment) -> Outcome:
    """A file that was being processed is ready."""
    file = view.get("file", due.id)
    if file is None or not file["ready"]:
        raise LookupError(f"a step is due for the file {due.id}, which is not there or not being processed")
    done = {key: file["ready"][key] for key in ("sizeBytes", "durationSeconds")}
    return Outcome(Reply.empty(204), (Put("file", file["id"], {**file, **done, "status": "Ready", "ready": None}),))


_NOT_FOUND = application_error(404, "StorageFileNotFound")


def _file(view: View, call: Call, moment: Moment, session: Session) -> Record | Reply:
    id = path_id(call.path["fileId"], moment)
    if isinstance(id, Reply):
        return id
    file = view.get("file", id) if id else None
    return file if file is not None and file["account"] == session.account["id"] else _NOT_FOUND


def shown_file(file: Record) -> Json:
    """A file as its routes show it."""
    return {
        "id": file["id"],
        "title": file["title"],
        "sizeBytes": file["sizeBytes"],
        "durationSeconds": file["durationSeconds"],
        "status": file["status"],
        "createdAt": iso(file["createdAt"]),
    }
