"""Bugs of a client of Livepeer's clips."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from urllib.parse import quote

import httpx

from mockserver.core.text import Json
from tests.mutants.clients.api import json_of
from tests.mutants.clients.errors import BY_STATUS, OutcomeUnknown, Refused, TookTooLong
from tests.mutants.clients.livepeer import EVENTS, Clip, LivepeerClient
from tests.mutants.clients.values import need
from tests.mutants.mutation import bug

# ---- making


@bug("Every clip is accepted, and fails a minute later with a text about Unix seconds.")
class SendsSeconds(LivepeerClient):
    """Times are sent in seconds instead of milliseconds."""

    def _time(self, moment: datetime) -> float:
        return int(moment.timestamp())


@bug("Clips whose times have microseconds are accepted, and fail in processing.")
class SendsFractions(LivepeerClient):
    """Times are sent with fractions of a millisecond."""

    def _time(self, moment: datetime) -> float:
        return moment.timestamp() * 1000


@bug("Clipping without a session is refused with a 422 about sessionId.")
class SendsNull(LivepeerClient):
    """Optional properties that are not set are sent as null."""

    def _clip_body(
        self, playback_id: str, start: datetime, end: datetime, name: str, session_id: str | None
    ) -> dict[str, Json]:
        body = super()._clip_body(playback_id, start, end, name, session_id)
        return {**body, "sessionId": session_id}


@bug("Every clip is refused with a 422: it would end in 1970.")
class SendsLengthAsEnd(LivepeerClient):
    """`endTime` is sent as milliseconds after the start."""

    def _clip_body(
        self, playback_id: str, start: datetime, end: datetime, name: str, session_id: str | None
    ) -> dict[str, Json]:
        body = super()._clip_body(playback_id, start, end, name, session_id)
        return {**body, "endTime": body["endTime"] - body["startTime"]}


@bug("A lost reply makes the same clip twice, and both count against the limit.")
class CreatesAgainAfterALostReply(LivepeerClient):
    """A clip whose reply was lost is asked for again without looking."""

    def create_clip(
        self, playback_id: str, start: datetime, end: datetime, *, name: str, session_id: str | None = None
    ) -> Clip:
        body = self._clip_body(playback_id, start, end, name, session_id)
        try:
            reply = self.call("POST", "/clip", body=body)
        except OutcomeUnknown:
            reply = self.call("POST", "/clip", body=body)
        return self._clip(need(json_of(reply), "asset", dict))


@bug("A gateway's 502 that came after the clip was made gives four clips.")
class RetriesEveryMethod(LivepeerClient):
    """A POST that met a server error is sent again, as a GET would be."""

    def _once_more(self, method: str, attempt: int) -> bool:
        return attempt < self.attempts


@bug("After a lost reply the newest clip is returned, which may be another one.")
class TakesTheNewestForTheLost(LivepeerClient):
    """The clip whose reply was lost is not looked for by its name."""

    def create_clip(
        self, playback_id: str, start: datetime, end: datetime, *, name: str, session_id: str | None = None
    ) -> Clip:
        try:
            return super().create_clip(playback_id, start, end, name=name, session_id=session_id)
        except OutcomeUnknown:
            return self.clips(playback_id)[0]


@bug("Users are told to get another key when all they need is a little patience.")
class TakesTheLimitForNoPermission(LivepeerClient):
    """A 403 for too many clips in progress is raised as any 403."""

    def _refusal(self, method: str, reply: httpx.Response) -> Refused:
        reason = self._without_secrets(self._reason(reply))
        return BY_STATUS.get(reply.status_code, Refused)(reply.status_code, reason)


# ---- waiting


@bug("A clip that is stuck hangs the job that waits for it, until somebody notices.")
class PollsForEver(LivepeerClient):
    """The deadline of `wait_until_ready` is never looked at."""

    def _is_over(self, left: float) -> bool:
        return False


@bug("A clip that failed at once keeps its job busy for a quarter of an hour, and is told to be slow.")
class IgnoresFailure(LivepeerClient):
    """A failed clip is polled until the deadline."""

    def has_failed(self, clip: Clip) -> bool:
        return False


@bug("A phase the provider adds one day is taken for ready; the clip is published without a file.")
class TakesUnknownPhasesForReady(LivepeerClient):
    """Ready is whatever is neither under way nor failed."""

    def is_ready(self, clip: Clip) -> bool:
        return clip.phase not in ("uploading", "waiting", "processing", "failed", "deleting", "deleted")


@bug("No clip is ever ready; the job waits out its deadline each time.")
class WaitsForCompleted(LivepeerClient):
    """An asset is waited for as if it had a task's phases."""

    def is_ready(self, clip: Clip) -> bool:
        return clip.phase == "completed"


@bug("A clip with early playback is downloaded before its file is there.")
class TakesPlaybackForReady(LivepeerClient):
    """A clip is ready as soon as it has a playback URL."""

    def is_ready(self, clip: Clip) -> bool:
        return clip.playback_url is not None or clip.phase == "ready"


@bug("Eighteen thousand requests for a clip that is slow; the account is throttled or shut out.")
class PollsTwentyTimesASecond(LivepeerClient):
    """The pause between two looks is 50 ms and stays so."""

    def _ticks(self, deadline: float, what: str) -> Iterator[None]:
        until = self._now() + deadline
        while not self._is_over(until - self._now()):
            yield
            self._wait(0.05)
        raise TookTooLong(what)


# ---- reading


@bug("Dies with a TypeError on every clip that is ready.")
class DiesOnANullHash(LivepeerClient):
    """`hash` is looped over, though it is null on clips."""

    def _hashes(self, asset: Json) -> dict[str, str]:
        return {each["algorithm"]: each["hash"] for each in asset.get("hash", [])}


@bug("Dies with a KeyError the moment a clip gets ready: its status has no progress any more.")
class NeedsProgress(LivepeerClient):
    """`status.progress` is read as if it were always there once it was."""

    def _progress(self, status: Json) -> float | None:
        return None if status.get("phase") == "waiting" else float(status["progress"])


@bug("Works with the developer's key; dies with a KeyError for accounts without projects.")
class NeedsAnOptionalProperty(LivepeerClient):
    """`projectId` is read as if it were required."""

    def _clip(self, asset: Json) -> Clip:
        _ = asset["projectId"]
        return super()._clip(asset)


@bug("Players get an MP4 where they expect a manifest.")
class PlaysTheFirstSource(LivepeerClient):
    """Of the sources of playback the first is taken, whatever its type."""

    def _source(self, clip: Clip, kind: str) -> str:
        info = json_of(self.call("GET", f"/playback/{clip.playback_id}"))
        return str(info["meta"]["source"][0]["url"])


# ---- listing and deleting


@bug("Of a busy stream only the newest hundred clips exist.")
class StopsAtTheFirstPage(LivepeerClient):
    """The list of clips is not followed."""

    def _next_cursor(self, reply: httpx.Response) -> str | None:
        return None


@bug("Each listing is longer than the one before; totals double at every refresh.")
class ListsWhatItListedBefore(LivepeerClient):
    """The clips of all calls are gathered in one list."""

    def clips(self, playback_id: str) -> list[Clip]:
        self.__dict__.setdefault("gathered", []).extend(super().clips(playback_id))
        return list(self.__dict__["gathered"])


@bug("A clip that a change moves to the next page while the list is read is counted twice.")
class CountsAMovedClipTwice(LivepeerClient):
    """Pages are joined as they come."""

    def clips(self, playback_id: str) -> list[Clip]:
        found: list[Clip] = []
        params = {"limit": str(self.page_size)}
        while True:
            reply = self.call("GET", f"/stream/{quote(playback_id, safe='')}/clips", params=params)
            found += [self._clip(asset) for asset in json_of(reply)]
            cursor = self._next_cursor(reply)
            if cursor is None or cursor == params.get("cursor"):
                return found
            params["cursor"] = cursor


@bug("Cleaning up fails half-way when somebody else deleted a clip.")
class DeletingTwiceIsAnError(LivepeerClient):
    """That a clip is gone already is raised."""

    def _is_gone(self, refusal: Refused) -> bool:
        return False


@bug("Clips that may not be deleted are reported as deleted.")
class DeletesQuietly(LivepeerClient):
    """No refusal of a deletion is raised."""

    def _is_gone(self, refusal: Refused) -> bool:
        return True


# ---- talking HTTP


@bug("A server that asks for a pause is asked again after a second, four times, and the account is blocked for longer.")
class IgnoresRetryAfter(LivepeerClient):
    """`Retry-After` is not read."""

    def _retry_after(self, reply: httpx.Response) -> float | None:
        return None


@bug("A single 503 while polling loses the clip.")
class GivesUpAtOnce(LivepeerClient):
    """A call that changes nothing is not sent again either."""

    def _once_more(self, method: str, attempt: int) -> bool:
        return False


@bug("Each wrong id costs four requests and several seconds before it is told.")
class RetriesRefusals(LivepeerClient):
    """Every refusal is taken for temporary."""

    def _is_temporary(self, reply: httpx.Response) -> bool:
        return reply.status_code >= 400


@bug("A server that accepts connections and says nothing hangs the client for good.")
class HasNoTimeout(LivepeerClient):
    """Replies may take for ever."""

    def _patience(self, timeout: float) -> float | None:
        return None


@bug("The key stands in logs and bug reports: the provider repeats it in its 401.")
class TellsTheKey(LivepeerClient):
    """What the provider says is passed on as it is."""

    def _without_secrets(self, text: str) -> str:
        return text


@bug("The key goes to whoever stores the file.")
class SendsTheKeyToTheStorage(LivepeerClient):
    """Downloads are sent with the API's credentials."""

    def _credentials(self, url: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._key}"}


@bug("A proxy's error page ends in a JSONDecodeError that tells nothing.")
class ExpectsJsonErrors(LivepeerClient):
    """Every error is read as the provider's JSON."""

    def _reason(self, reply: httpx.Response) -> str:
        return "; ".join(reply.json()["errors"])


@bug("The webhook is there but its id is lost; each start adds another one.")
class AcceptsOnly200(LivepeerClient):
    """A webhook that was created with 201 is taken for refused, as the documentation has 200."""

    def register_webhook(self, name: str, url: str, secret: str, events: Sequence[str] = EVENTS) -> str:
        reply = self.call("POST", "/webhook", body=self._webhook_body(name, url, secret, events))
        if reply.status_code != 200:
            raise Refused(reply.status_code, "the webhook was not created")
        return need(json_of(reply), "id", str)


@bug("Whoever forgot a webhook's secret never hears of a clip: no delivery is signed.")
class RegistersWithoutTheSecret(LivepeerClient):
    """The shared secret is sent under a name the API does not have, and is ignored or refused."""

    def _webhook_body(self, name: str, url: str, secret: str, events: Sequence[str]) -> dict[str, Json]:
        return {"name": name, "url": url, "events": list(events), "secret": secret}
