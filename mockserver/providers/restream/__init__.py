"""Restream: clip projects from files of the Video Storage, with the storage and OAuth calls around them.

Written from Restream's public documentation; what that leaves open is a reading (`mockserver readings restream`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from mockserver.core.http import Reply
from mockserver.core.provider import Call, Moment, Provider
from mockserver.core.world import Due, Outcome, View
from mockserver.providers.restream import runs, storage
from mockserver.providers.restream.creation import create_clip_project
from mockserver.providers.restream.credentials import Session, claim, guard
from mockserver.providers.restream.errors import NO_ROUTE, refuse
from mockserver.providers.restream.oauth import authorize, create_token, revoke_token
from mockserver.providers.restream.projects import get_clip_download_url, get_clip_project, list_clip_projects
from mockserver.providers.restream.prose import PROSE
from mockserver.providers.restream.records import KINDS
from mockserver.providers.restream.seed import seed
from mockserver.providers.restream.urls import MOUNT, serve
from mockserver.providers.restream.verbs import VERBS
from mockserver.providers.restream.world_schema import WORLD_SCHEMA

# No page says how much the server reads; hapi, which it seems to be built on, reads 1 MiB.
BODY_LIMIT: Final = 1_048_576

Guarded = Callable[[View, Call, Moment, Session], Outcome]
Open = Callable[[View, Call, Moment], Outcome]

# operationId -> the scope its page names, and what answers it
GUARDED: Final[Mapping[str, tuple[str, Guarded]]] = {
    "listClipProjects": ("clips.read", list_clip_projects),
    "createClipProject": ("clips.write", create_clip_project),
    "getClipProject": ("clips.read", get_clip_project),
    "getClipDownloadUrl": ("clips.read", get_clip_download_url),
    "listStorageFiles": ("storage.read", storage.list_storage_files),
    "getStorageFile": ("storage.read", storage.get_storage_file),
    "createStorageFileDownloadUrl": ("storage.read", storage.create_storage_file_download_url),
}
OPEN: Final[Mapping[str, Open]] = {
    "authorize": authorize,
    "createToken": create_token,
    "revokeToken": revoke_token,
}

_STEPS: Final[Mapping[str, Callable[[View, Due, Moment], Outcome]]] = {"run": runs.step, "file": storage.step}


def answer(view: View, call: Call, moment: Moment) -> Outcome:
    """The reply to a call, with what it changes."""
    if call.operation is None:
        media = call.request.path.startswith(f"{MOUNT}/")
        return Outcome(serve(view, call, moment) if media else NO_ROUTE)
    id = call.operation.id
    if id in OPEN:
        return OPEN[id](view, call, moment)
    scope, operation = GUARDED[id]
    session = guard(view, call, moment, scope)
    return Outcome(session) if isinstance(session, Reply) else operation(view, call, moment, session)


def step(view: View, due: Due, moment: Moment) -> Outcome:
    """One due step of a run or a file."""
    return _STEPS[due.kind](view, due, moment)


provider: Final = Provider(
    name="restream",
    title="Restream",
    mounts=("/v2", "/oauth", "/login", MOUNT),
    kinds=KINDS,
    simulated=frozenset({*GUARDED, *OPEN}),
    claim=claim,
    answer=answer,
    step=step,
    seed=seed,
    world_schema=WORLD_SCHEMA,
    body_limit=BODY_LIMIT,
    refuse=refuse,
    prose=PROSE,
    jobs=frozenset({"createClipProject"}),
    verbs=VERBS,
)
