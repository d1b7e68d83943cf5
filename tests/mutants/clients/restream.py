"""A client of Restream's clips: have a stored video clipped, wait for the clips, list and download them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

import httpx

from mockserver.core.text import Json
from tests.mutants.clients.api import UNHEARD, Api, Connection, json_of, text_of
from tests.mutants.clients.errors import (
    BadReply,
    Conflict,
    FeatureNotActive,
    InvalidRequest,
    MissingScope,
    OutcomeUnknown,
    Refused,
    SignInAgain,
    Unauthorized,
    UsageLimitReached,
)
from tests.mutants.clients.values import Number, instant, items, maybe, need, segment

PROJECTS = "/user/clips/projects"


@dataclass(frozen=True, slots=True)
class File:
    """A stored video. `seconds` and `bytes` are None while it is processed."""

    id: str
    title: str
    status: str
    seconds: float | None
    bytes: int | None


@dataclass(frozen=True, slots=True)
class Project:
    """All clips of one video. The last two are known from lists."""

    id: str
    source_id: str
    title: str
    clips_count: int | None = None
    generating: bool | None = None


@dataclass(frozen=True, slots=True)
class Clip:
    """`start` and `end` are seconds in the video, `score` how likely it spreads (0 to 100)."""

    id: str
    name: str
    start: float
    end: float
    score: int | None
    favourite_since: datetime | None
    created_at: datetime | None


@dataclass(frozen=True, slots=True)
class Tokens:
    access: str
    refresh: str


@dataclass(frozen=True, slots=True)
class App:
    """An application at Restream, and the user's tokens for it. `save` keeps them for the next start."""

    client_id: str
    client_secret: str
    refresh_token: str
    save: Callable[[Tokens], None]


class RestreamClient(Api):
    """With an `app`, an access token that is over is replaced and the call sent again, once."""

    def __init__(self, connection: Connection, app: App | None = None) -> None:
        super().__init__(connection)
        self._app = app
        self._refresh_token = app.refresh_token if app is not None else ""
        host = urlsplit(connection.url)
        self._token_url = f"{host.scheme}://{host.netloc}/oauth/token"

    # ---- making

    def create_project(
        self,
        file_id: str,
        *,
        title: str | None = None,
        part: tuple[float, float] | None = None,
        single: bool = False,
        force: bool = False,
    ) -> Project:
        """Have a stored video clipped, whole or from one second to another; the project its clips will be in.

        A whole video that was clipped already is no error: its project is returned, unless `force` wants it again.
        Raises OutcomeUnknown when the reply was lost and asking again might use up the plan twice.
        """
        body = self._project_body(file_id, title, part, single, force)
        try:
            return self._project(json_of(self.call("POST", PROJECTS, body=body)))
        except Conflict as conflict:
            return self._settled(file_id, conflict)
        except OutcomeUnknown:
            if part is not None or force or self._is_in_the_making(file_id):
                raise
        return self._once_again(file_id, body)

    def _is_in_the_making(self, file_id: str) -> bool:
        """Whether clips of the file are coming, be it of this call or of another: there is no telling."""
        project = self._project_of(file_id)
        return project is not None and bool(project.generating)

    def _settled(self, file_id: str, conflict: Conflict) -> Project:
        """The project of a video that was clipped already."""
        project = self._project_of(file_id) if self._is_there_already(conflict) else None
        if project is None:
            raise conflict
        return project

    def _once_again(self, file_id: str, body: Json) -> Project:
        """Nothing is known to come of a call whose reply was lost. A whole video that was clipped meanwhile is refused
        with a 409, so that asking again is harmless.
        """
        try:
            return self._project(json_of(self.call("POST", PROJECTS, body=body)))
        except Conflict as conflict:
            return self._settled(file_id, conflict)

    def _project_of(self, file_id: str) -> Project | None:
        return next((project for project in self.projects() if self._is_of(project, file_id)), None)

    def _project_body(
        self, file_id: str, title: str | None, part: tuple[float, float] | None, single: bool, force: bool
    ) -> dict[str, Json]:
        body: dict[str, Json] = {"sourceType": "VideoStorageFile", "videoStorageFileId": file_id}
        if title is not None:
            body["title"] = title
        if single:
            body["singleClipMode"] = True
        if part is not None:
            body["selectedTimeRange"] = {"startOffsetSeconds": part[0], "endOffsetSeconds": part[1]}
        elif force:
            body["forceReprocess"] = True
        return body

    def _is_there_already(self, conflict: Conflict) -> bool:
        return "ClipsInputAlreadyProcessed" in conflict.reason

    def _is_of(self, project: Project, file_id: str) -> bool:
        return project.source_id == file_id

    # ---- waiting

    def clips(self, project_id: str) -> tuple[bool, list[Clip]]:
        """Whether more are coming, and the clips there are."""
        details = json_of(self.call("GET", f"{PROJECTS}/{segment(project_id)}"))
        found = [self._clip(clip) for clip in items(details, "clips")]
        return need(details, "generatingClipsNow", bool), found

    def wait_for_clips(self, project_id: str, *, deadline: float = 3600) -> list[Clip]:
        """The clips once no more are coming, the most promising first; none if none was found. Raises TookTooLong."""
        for _ in self._ticks(deadline, f"project {project_id}"):
            generating, clips = self.clips(project_id)
            if self._is_done(generating, clips):
                return self._ranked(clips)
        raise AssertionError("ticks end with an error")

    def _is_done(self, generating: bool, clips: list[Clip]) -> bool:
        return not generating

    def _ranked(self, clips: list[Clip]) -> list[Clip]:
        return sorted(clips, key=lambda clip: -1 if clip.score is None else clip.score, reverse=True)

    # ---- finding

    def projects(self) -> Iterator[Project]:
        """All projects, newest first."""
        cursor: str | None = None
        while True:
            page = json_of(self._page(cursor))
            yield from (self._project(project) for project in items(page, "projects"))
            following = self._next_cursor(maybe(page, "pagination", dict) or {})
            if following is None or following == cursor:
                return
            cursor = following

    def _page(self, cursor: str | None) -> httpx.Response:
        params = {"limit": str(self.page_size)}
        if cursor is not None:
            params["cursor"] = cursor
        return self.call("GET", PROJECTS, params=params)

    def _next_cursor(self, pagination: Json) -> str | None:
        return maybe(pagination, "nextCursor", str) if maybe(pagination, "hasMore", bool) else None

    def files(self) -> list[File]:
        return [self._file(file) for file in items(json_of(self.call("GET", "/user/storage/files")), "files")]

    def file(self, file_id: str) -> File:
        return self._file(json_of(self.call("GET", f"/user/storage/files/{segment(file_id)}")))

    # ---- using

    def download_url(self, clip_id: str) -> str:
        """A link to an MP4. It is good for a while only, so ask when you need it."""
        return need(json_of(self.call("GET", f"/user/clips/{segment(clip_id)}/download")), "downloadUrl", str)

    def download(self, clip_id: str) -> bytes:
        return self.call("GET", self.download_url(clip_id)).content

    # ---- tokens

    def _send(self, method: str, path: str, params: Mapping[str, str] | None, body: Json) -> httpx.Response:
        """A 401 changed nothing, so any call may be sent again with a new token."""
        reply = super()._send(method, path, params, body)
        if self._app is None or path.startswith("http") or not self._is_over_for(reply):
            return reply
        self.refresh()
        return super()._send(method, path, params, body)

    def _is_over_for(self, reply: httpx.Response) -> bool:
        return reply.status_code == 401

    def refresh(self) -> None:
        """Replace both tokens and save them before either is used: the old ones are of no use from now on."""
        if self._app is None:
            raise SignInAgain(401, "no refresh token")
        try:
            reply = self._http.post(
                self._token_url,
                data={"grant_type": "refresh_token", "refresh_token": self._refresh_token},
                auth=(self._app.client_id, self._app.client_secret),
            )
        except UNHEARD as error:
            raise self._lost("POST", "/oauth/token", error) from None
        if reply.status_code in (400, 401):
            raise SignInAgain(reply.status_code, self._without_secrets(self._reason(reply)))
        if reply.status_code >= 300:
            raise self._refusal("POST", reply)
        pair = json_of(reply)
        tokens = Tokens(need(pair, "access_token", str), need(pair, "refresh_token", str))
        if not (tokens.access.isascii() and tokens.access.isprintable()):
            raise BadReply("the new token can't be sent in a header")
        self._keep(tokens)

    def _keep(self, tokens: Tokens) -> None:
        self._key = tokens.access
        self._refresh_token = tokens.refresh
        if self._app is not None:
            self._app.save(tokens)

    def _secrets(self) -> list[str]:
        app = [] if self._app is None else [self._app.client_secret]
        return [secret for secret in (self._key, self._refresh_token, *app) if secret]

    # ---- reading replies

    def _project(self, record: Json) -> Project:
        return Project(
            id=need(record, "projectId", str),
            source_id=need(record, "sourceIdentifier", str),
            title=need(record, "title", str),
            clips_count=maybe(record, "clipsCount", int),
            generating=maybe(record, "generatingClipsNow", bool),
        )

    def _clip(self, record: Json) -> Clip:
        return Clip(
            id=need(record, "clipId", str),
            name=need(record, "name", str),
            start=self._seconds(record, "sourceStartSeconds"),
            end=self._seconds(record, "sourceEndSeconds"),
            score=self._score(record),
            favourite_since=self._instant(record, "favouritedAt"),
            created_at=self._instant(record, "createdAt"),
        )

    def _file(self, record: Json) -> File:
        return File(
            id=need(record, "id", str),
            title=need(record, "title", str),
            status=need(record, "status", str),
            seconds=maybe(record, "durationSeconds", Number),
            bytes=maybe(record, "sizeBytes", int),
        )

    def _seconds(self, record: Json, name: str) -> float:
        return need(record, name, Number)

    def _score(self, record: Json) -> int | None:
        return maybe(record, "viralityScore", int)

    def _instant(self, record: Json, name: str) -> datetime | None:
        return instant(record, name)

    def _refusal(self, method: str, reply: httpx.Response) -> Refused:
        refusal = super()._refusal(method, reply)
        status, reason = refusal.status, refusal.reason
        if isinstance(refusal, InvalidRequest | Conflict | Unauthorized):
            return refusal
        if "UsageLimitReached" in reason:
            return UsageLimitReached(status, reason)
        if "FeatureNotActive" in reason:
            return FeatureNotActive(status, reason)
        if status == 403 and "insufficient_scope" in reason:
            return MissingScope(status, reason, self._scope(method, reply.request.url.path))
        return refusal

    def _scope(self, method: str, path: str) -> str:
        if "/user/storage/" in path:
            return "storage.read"
        return "clips.read" if method == "GET" else "clips.write"

    def _reason(self, reply: httpx.Response) -> str:
        """The provider says it twice: as an identifier or sentence, and as a name in lower case."""
        try:
            error = need(reply.json(), "error", dict)
            return f"{need(error, 'message', str)} ({maybe(error, 'name', str) or 'no name'})"
        except (ValueError, BadReply):
            return text_of(reply)
