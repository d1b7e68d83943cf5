"""Bugs of a client of Restream's clips."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

import httpx

from mockserver.core.text import Json
from tests.mutants.clients.api import json_of
from tests.mutants.clients.errors import (
    Conflict,
    Forbidden,
    OutcomeUnknown,
    Refused,
    SignInAgain,
    Unauthorized,
)
from tests.mutants.clients.restream import PROJECTS, Clip, Project, RestreamClient, Tokens
from tests.mutants.mutation import bug

# ---- making


@bug("The second run over the same recording crashes, although its clips are there.")
class TakesARepetitionForAFailure(RestreamClient):
    """A 409 for a video that was clipped already is raised."""

    def _is_there_already(self, conflict: Conflict) -> bool:
        return False


@bug("A conflict of another kind passes for success, with the clips of an earlier run.")
class TakesEveryConflictForARepetition(RestreamClient):
    """Any 409 is read as: was clipped already."""

    def _is_there_already(self, conflict: Conflict) -> bool:
        return True


@bug("After a 409 somebody gets the clips of another video.")
class TakesTheNewestProject(RestreamClient):
    """The project of a video that was clipped already is taken to be the newest one."""

    def _is_of(self, project: Project, file_id: str) -> bool:
        return True


@bug("Every repetition costs the plan a full set of clips.")
class AlwaysForces(RestreamClient):
    """`forceReprocess` is sent with every whole video, so that no 409 ever comes."""

    def create_project(
        self,
        file_id: str,
        *,
        title: str | None = None,
        part: tuple[float, float] | None = None,
        single: bool = False,
        force: bool = False,
    ) -> Project:
        return super().create_project(file_id, title=title, part=part, single=single, force=True)


@bug("A lost reply doubles the clips of a range and what they cost.")
class CreatesAgainAfterALostReply(RestreamClient):
    """Whatever was asked for is asked for again when the reply was lost."""

    def create_project(
        self,
        file_id: str,
        *,
        title: str | None = None,
        part: tuple[float, float] | None = None,
        single: bool = False,
        force: bool = False,
    ) -> Project:
        try:
            return super().create_project(file_id, title=title, part=part, single=single, force=force)
        except OutcomeUnknown:
            return super().create_project(file_id, title=title, part=part, single=single, force=force)


@bug("A server error that came after the range was accepted gives four sets of clips.")
class RetriesEveryMethod(RestreamClient):
    """A POST that met a server error is sent again, as a GET would be."""

    def _once_more(self, method: str, attempt: int) -> bool:
        return attempt < self.attempts


@bug("Every range is refused: it would begin after days.")
class SendsMilliseconds(RestreamClient):
    """Offsets are sent in milliseconds instead of seconds."""

    def _project_body(
        self, file_id: str, title: str | None, part: tuple[float, float] | None, single: bool, force: bool
    ) -> dict[str, Json]:
        scaled = None if part is None else (part[0] * 1000, part[1] * 1000)
        return super()._project_body(file_id, title, scaled, single, force)


@bug("Cuts are off by up to a second.")
class CutsFractions(RestreamClient):
    """Offsets are sent as whole seconds."""

    def _project_body(
        self, file_id: str, title: str | None, part: tuple[float, float] | None, single: bool, force: bool
    ) -> dict[str, Json]:
        whole = None if part is None else (float(int(part[0])), float(int(part[1])))
        return super()._project_body(file_id, title, whole, single, force)


@bug("A range that begins with the video is ignored: all of it is clipped.")
class TakesZeroForNothing(RestreamClient):
    """A start of 0 is falsy, and the range is left out."""

    def _project_body(
        self, file_id: str, title: str | None, part: tuple[float, float] | None, single: bool, force: bool
    ) -> dict[str, Json]:
        return super()._project_body(file_id, title, part if part and part[0] else None, single, force)


@bug("An order for one clip of the whole span comes back as a handful of short ones.")
class ForgetsSingleMode(RestreamClient):
    """`singleClipMode` is only sent for whole videos."""

    def _project_body(
        self, file_id: str, title: str | None, part: tuple[float, float] | None, single: bool, force: bool
    ) -> dict[str, Json]:
        return super()._project_body(file_id, title, part, single and part is None, force)


# ---- waiting


@bug("A generation that is stuck hangs the job that waits for it, until somebody notices.")
class PollsForEver(RestreamClient):
    """The deadline of `wait_for_clips` is never looked at."""

    def _is_over(self, left: float) -> bool:
        return False


@bug("Of the clips that come one by one only the first is ever used.")
class StopsAtTheFirstClip(RestreamClient):
    """A project is done as soon as it has a clip."""

    def _is_done(self, generating: bool, clips: list[Clip]) -> bool:
        return bool(clips) or not generating


@bug("A video without speech keeps its job busy for an hour, and is told to be slow.")
class WaitsForAClip(RestreamClient):
    """A project without clips is never done."""

    def _is_done(self, generating: bool, clips: list[Clip]) -> bool:
        return not generating and bool(clips)


@bug("Clips are posted once for every look that was taken at the project.")
class CountsClipsAtEveryLook(RestreamClient):
    """The clips of all looks are gathered in one list."""

    def clips(self, project_id: str) -> tuple[bool, list[Clip]]:
        generating, clips = super().clips(project_id)
        gathered: list[Clip] = self.__dict__.setdefault("gathered", [])
        gathered += clips
        return generating, list(gathered)


# ---- reading


@bug("Dies with a TypeError on the first clip without a score.")
class DiesOnANullScore(RestreamClient):
    """Clips are ranked by a score that may be null."""

    def _ranked(self, clips: list[Clip]) -> list[Clip]:
        return sorted(clips, key=lambda clip: -(clip.score))  # type: ignore[operator]


@bug("Dies with a TypeError on every clip nobody marked as a favourite.")
class DiesOnANullFavourite(RestreamClient):
    """`favouritedAt` is parsed although it is null."""

    def _instant(self, record: Json, name: str) -> datetime | None:
        return datetime.fromisoformat(record[name])


@bug("Dies with a ValueError on a clip made at a full second.")
class WantsMillisecondsInTimes(RestreamClient):
    """Times are parsed with one format, fractions included."""

    def _instant(self, record: Json, name: str) -> datetime | None:
        text = record.get(name)
        return None if text is None else datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)


@bug("A clip that begins at 60.5 s is refused as malformed.")
class RejectsFractionsOfSeconds(RestreamClient):
    """Offsets are read as whole numbers."""

    def _seconds(self, record: Json, name: str) -> float:
        return int(str(record[name]))


@bug("Dies with a TypeError while any file is still uploading.")
class DiesOnAFileInProcessing(RestreamClient):
    """The length of a file is converted although it is null."""

    def _file(self, record: Json) -> Json:
        return super()._file({**record, "durationSeconds": float(record["durationSeconds"])})


# ---- finding


@bug("Projects beyond the newest hundred don't exist, and their repetition is an error.")
class StopsAtTheFirstPage(RestreamClient):
    """The list of projects is not followed."""

    def _next_cursor(self, pagination: Json) -> str | None:
        return None


@bug("Never ends where the last page still has a cursor.")
class IgnoresHasMore(RestreamClient):
    """A cursor is followed whenever there is one, even the same again."""

    def projects(self) -> Iterator[Project]:
        cursor: str | None = None
        while True:
            page = json_of(self._page(cursor))
            yield from (self._project(project) for project in page["projects"])
            cursor = page["pagination"].get("nextCursor")
            if not cursor:
                return


@bug("The list breaks off in the middle whenever a cursor has a plus sign.")
class SendsTheCursorRaw(RestreamClient):
    """The cursor is put into the URL without being encoded."""

    def _page(self, cursor: str | None) -> httpx.Response:
        query = f"?limit={self.page_size}" + (f"&cursor={cursor}" if cursor else "")
        return self.call("GET", PROJECTS + query)


@bug("Without permission an account looks as if it had no projects, and all of them are made again.")
class TakesForbiddenForEmpty(RestreamClient):
    """A 403 to the list is read as an empty list."""

    def _page(self, cursor: str | None) -> httpx.Response:
        try:
            return super()._page(cursor)
        except Forbidden:
            return httpx.Response(200, json={"projects": [], "pagination": {}})


@bug("Downloads fail some time after the first one: links are good for a while only.")
class KeepsDownloadLinks(RestreamClient):
    """A clip's download link is asked for once and kept."""

    def download_url(self, clip_id: str) -> str:
        links: dict[str, str] = self.__dict__.setdefault("links", {})
        if clip_id not in links:
            links[clip_id] = super().download_url(clip_id)
        return links[clip_id]


@bug("The user's access token goes to whoever stores the file.")
class SendsTheTokenToTheStorage(RestreamClient):
    """Downloads are sent with the API's credentials."""

    def _credentials(self, url: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._key}"}


# ---- tokens and refusals


@bug("After the next start the user has to sign in again: the saved refresh token died when it was used.")
class ForgetsTheRotatedTokens(RestreamClient):
    """New tokens are used and not saved."""

    def _keep(self, tokens: Tokens) -> None:
        self._key, self._refresh_token = tokens.access, tokens.refresh


@bug("Works for two hours: the second refresh is made with the token of the first.")
class RefreshesWithTheFirstToken(RestreamClient):
    """Only the access token is replaced."""

    def _keep(self, tokens: Tokens) -> None:
        first = self._refresh_token
        super()._keep(tokens)
        self._refresh_token = first


@bug("An account that was closed is asked for new tokens for ever.")
class RefreshesForEver(RestreamClient):
    """A call that gets 401 with a new token too is refreshed again."""

    def _send(self, method: str, path: str, params: Mapping[str, str] | None, body: Json) -> httpx.Response:
        reply = super()._send(method, path, params, body)
        while self._app is not None and reply.status_code == 401:
            reply = super()._send(method, path, params, body)
        return reply


@bug("Users without a scope are sent to sign in, which does not help: they lack a permission.")
class TakesAMissingScopeForASignIn(RestreamClient):
    """A 403 for a missing scope is raised as if the token were over."""

    def _refusal(self, method: str, reply: httpx.Response) -> Refused:
        refusal = super()._refusal(method, reply)
        return SignInAgain(401, refusal.reason) if "insufficient_scope" in refusal.reason else refusal


@bug("A token that only reads is renewed at each attempt to write; the plan of the user stays as it is.")
class RefreshesWhenForbidden(RestreamClient):
    """A 403 is answered with a refresh as well."""

    def _is_over_for(self, reply: httpx.Response) -> bool:
        return reply.status_code in (401, 403)


@bug("Refreshing never works: the token endpoint takes forms alone.")
class RefreshesWithJson(RestreamClient):
    """The refresh is sent as JSON."""

    def refresh(self) -> None:
        assert self._app is not None
        reply = self._http.post(
            self._token_url,
            json={"grant_type": "refresh_token", "refresh_token": self._refresh_token},
            auth=(self._app.client_id, self._app.client_secret),
        )
        if reply.status_code >= 300:
            raise SignInAgain(reply.status_code, self._without_secrets(self._reason(reply)))
        pair = json_of(reply)
        self._keep(Tokens(pair["access_token"], pair["refresh_token"]))


@bug("The client's secret and the user's refresh token stand in logs and bug reports.")
class TellsItsSecrets(RestreamClient):
    """A refresh that fails is told with what was sent."""

    def refresh(self) -> None:
        try:
            super().refresh()
        except Unauthorized as refusal:
            form = {"refresh_token": self._refresh_token}
            raise SignInAgain(refusal.status, f"{refusal.reason}: {json.dumps(form)}") from None


@bug("A plan that is used up is asked four times for each clip, and the user waits half a minute for the same answer.")
class RetriesAPlanThatIsUsedUp(RestreamClient):
    """The limit of the plan is taken for a limit of the rate."""

    def call(
        self, method: str, path: str, *, params: Mapping[str, str] | None = None, body: Json = None
    ) -> httpx.Response:
        for attempt in range(1, self.attempts):
            try:
                return super().call(method, path, params=params, body=body)
            except Refused as refusal:
                if "UsageLimitReached" not in refusal.reason:
                    raise
                self._wait(self._backoff(attempt))
        return super().call(method, path, params=params, body=body)


@bug("Dies with a ValueError where a server names a date to come back at.")
class WantsSecondsInRetryAfter(RestreamClient):
    """`Retry-After` is read as a number, always."""

    def _retry_after(self, reply: httpx.Response) -> float | None:
        text = reply.headers.get("Retry-After")
        return None if text is None else float(text)
