"""Small honest clients of both providers, with a switch for each bug the machine has to find."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from email.utils import parsedate_to_datetime
from urllib.parse import quote

from mockserver.core.http import Headers, Reply, Request
from mockserver.core.text import Json, TextError, dump, parse
from mockserver.strategies import Client, Clock, State
from tests.strategies.standin import StandIn


class ClipError(Exception):
    """The clients' own error."""


class Refused(ClipError):
    def __init__(self, status: int, value: Json = None) -> None:
        super().__init__(f"the server answered {status}")
        self.status = status
        self.is_repetition = status == 409 and b"ClipsInputAlreadyProcessed" in dump(value)


class TooMany(Refused):
    """A limit is reached."""


class Api:
    """What the two have in common: sending, and reading what comes back. `bugs` names what it does wrong."""

    def __init__(self, mock: StandIn, clock: Clock, bugs: frozenset[str]) -> None:
        self.mock, self.clock, self.bugs = mock, clock, bugs

    def ask(self, method: str, path: str, body: Json = None) -> Json:
        reply = self.sent(method, path, body)
        value = self.read(reply)
        if reply.status >= 400:
            if "leaks key" in self.bugs:
                raise ClipError(f"{reply.status} for {self.mock.key}")
            limit = b"UsageLimitReached" in reply.body or b"Too many clips" in reply.body
            raise (TooMany if limit and "limit is refusal" not in self.bugs else Refused)(reply.status, value)
        return value

    def sent(self, method: str, path: str, body: Json = None, tries: int = 2) -> Reply:
        safe = method == "GET" or "retries posts" in self.bugs
        for left in reversed(range(tries)):
            try:
                reply = self.once(method, path, body)
            except (ConnectionError, TimeoutError) as error:
                if "raw errors" in self.bugs:
                    raise
                if not safe or not left:
                    raise ClipError("the server can't be reached") from error
                continue
            wanted = "Retry-After" if "header case" in self.bugs else "retry-after"
            pause = next(
                (v for k, v in reply.headers if (k if "header case" in self.bugs else k.lower()) == wanted), "0"
            )
            if reply.status == 429 and left:
                self.clock.sleep(0 if "ignores retry-after" in self.bugs else self.pause(pause))
            elif (reply.status >= 500 or (reply.status >= 400 and "retries 4xx" in self.bugs)) and safe and left:
                self.clock.sleep(1)
            else:
                return reply
        raise AssertionError("the last try returns or raises")

    def pause(self, text: str) -> float:
        """Seconds, of a number of them or a date."""
        if text.isdecimal() or "seconds only" in self.bugs:
            return float(text)
        return parsedate_to_datetime(text).timestamp() - self.clock.now()

    def once(self, method: str, path: str, body: Json) -> Reply:
        path, _, query = path.partition("?")
        headers = [("Authorization", f"Bearer {self.mock.key}")]
        headers += [("Content-Type", "application/json")] if body is not None else []
        return self.mock.send(
            Request(method, path, query, Headers.of(headers), dump(body) if body is not None else b"")
        )

    def read(self, reply: Reply) -> Json:
        try:
            return parse(reply.body) if reply.body else None
        except TextError as error:
            if "raw errors" in self.bugs:
                raise
            raise ClipError(f"the server answered {reply.status} with what is no JSON") from error

    def field(self, value: Json, *names: str) -> Json:
        for name in names:
            try:
                value = value[name]
            except (KeyError, TypeError, IndexError) as error:
                if "raw errors" in self.bugs:
                    raise
                raise ClipError(f"the reply has no `{name}`") from error
        return value

    def wait(self, poll: Callable[[str], State], handle: str) -> State:
        began = self.clock.time()
        while True:
            state = poll(handle)
            if state is not State.WAITING and not (state is State.FAILED and "ignores failed" in self.bugs):
                return state
            if self.clock.time() - began > 3_600 and "polls for ever" not in self.bugs:
                raise ClipError("it takes too long")
            pause = 5 if self.clock.time() - began < 300 else 60
            self.clock.sleep(0.05 if "hasty" in self.bugs else pause)


class LivepeerClient(Client):
    errors, at_limit = (ClipError,), (TooMany,)

    def __init__(self, mock: StandIn, clock: Clock, bugs: frozenset[str] = frozenset()) -> None:
        self.api, self.bugs = Api(mock, clock, bugs), bugs

    def create(self, source: str, start: float | None, end: float | None) -> str:
        scale = 1 if "seconds" in self.bugs else 1000
        times = {"startTime": round((start or 0) * scale)} | (
            {"endTime": round(end * scale)} if end is not None else {}
        )
        try:
            made = self.api.ask("POST", "/api/clip", {"playbackId": source, **times})
        except Refused:
            raise
        except ClipError:
            if "takes newest" not in self.bugs or not (there := self.list(source)):
                raise
            return there[0]
        if "needs optional" in self.bugs:
            self.api.field(made, "asset", "projectId")
        return str(self.api.field(made, "asset", "id"))

    def poll(self, handle: str) -> State:
        asset = self.api.ask("GET", f"/api/asset/{quote(handle, safe='/' if 'does not quote' in self.bugs else '')}")
        if "null hash" in self.bugs:
            len(asset.get("hash", []))
        phase = self.api.field(asset, "status", "phase")
        if not isinstance(phase, str):
            raise ClipError("the phase is no text")
        known = {"ready": State.READY, "failed": State.FAILED, "deleted": State.FAILED}
        return known.get(
            phase, State.READY if "unknown is ready" in self.bugs and phase != "waiting" else State.WAITING
        )

    def wait(self, handle: str) -> State:
        return self.api.wait(self.poll, handle)

    def list(self, source: str) -> Sequence[str]:
        found: list[str] = []
        path: str | None = f"/api/clip/{source}"
        while path is not None:
            reply = self.api.sent("GET", path)
            if reply.status >= 400:
                raise Refused(reply.status)
            listed = self.api.read(reply)
            if not isinstance(listed, list):
                raise ClipError("no list")
            found += [str(self.api.field(asset, "id")) for asset in listed]
            link = reply.header("link") or ""
            target = link.partition("<")[2].partition(">")[0]
            path = "/" + target.split("/", 3)[3] if target.count("/") > 2 and "first page" not in self.bugs else None
        return [*dict.fromkeys(found)]

    def download(self, handle: str) -> str:
        asset = self.api.ask("GET", f"/api/asset/{quote(handle, safe='')}")
        url = self.api.field(asset, "downloadUrl")
        if not isinstance(url, str):
            raise ClipError("the URL is no text")
        return url

    def play(self, handle: str) -> str:
        asset = self.api.ask("GET", f"/api/asset/{quote(handle, safe='')}")
        info = self.api.ask("GET", f"/api/playback/{quote(str(self.api.field(asset, 'playbackId')))}")
        for source in self.api.field(info, "meta", "source"):
            if "mpegurl" in str(self.api.field(source, "type")) or "first source" in self.bugs:
                return str(self.api.field(source, "url"))
        raise ClipError("there is no manifest")

    def register(self, url: str, secret: str) -> str:
        hook = {"name": "clips", "url": url, "events": ["asset.ready"], "sharedSecret": secret}
        if "no secret" in self.bugs:
            del hook["sharedSecret"]
        return str(self.api.field(self.api.ask("POST", "/api/webhook", hook), "id"))


class RestreamClient(Client):
    errors, at_limit = (ClipError,), (TooMany,)
    limit = 100

    def __init__(self, mock: StandIn, clock: Clock, bugs: frozenset[str] = frozenset()) -> None:
        self.api, self.bugs = Api(mock, clock, bugs), bugs

    def create_single(self, source: str, start: float | None, end: float | None) -> str | None:
        return self.create(source, start, end, single="forgets single" not in self.bugs)

    def create(self, source: str, start: float | None, end: float | None, single: bool = False) -> str | None:
        body: dict[str, Json] = {"sourceType": "VideoStorageFile", "videoStorageFileId": source}
        body |= {"singleClipMode": True} if single else {}
        if start is not None and end is not None:
            body["selectedTimeRange"] = {"startOffsetSeconds": start, "endOffsetSeconds": end}
        if "truncates" in self.bugs and "selectedTimeRange" in body:
            body["selectedTimeRange"] = {"startOffsetSeconds": int(start or 0), "endOffsetSeconds": int(end or 0)}
        try:
            return str(self.api.field(self.api.ask("POST", "/v2/user/clips/projects", body), "projectId"))
        except Refused as error:
            if not error.is_repetition or "409 is failure" in self.bugs:
                raise
            return next((self._id(one) for one in self._projects() if one.get("sourceIdentifier") == source), None)

    def poll(self, handle: str) -> State:
        project = self.api.ask("GET", f"/v2/user/clips/projects/{quote(handle, safe='')}")
        if self.api.field(project, "generatingClipsNow") is not False:
            return State.WAITING
        return State.READY if self.api.field(project, "clips") or "empty is ready" in self.bugs else State.FAILED

    def wait(self, handle: str) -> State:
        return self.api.wait(self.poll, handle)

    def list(self, source: str) -> Sequence[str]:
        return [self._id(one) for one in self._projects()]

    def download(self, handle: str) -> Sequence[str]:
        project = self.api.ask("GET", f"/v2/user/clips/projects/{quote(handle, safe='')}")
        clips = self.api.field(project, "clips")
        urls = []
        for clip in clips if isinstance(clips, list) else []:
            said = self.api.ask("GET", f"/v2/user/clips/{quote(str(self.api.field(clip, 'clipId')))}/download")
            urls.append(str(self.api.field(said, "downloadUrl")))
        return urls

    def files(self) -> Sequence[str]:
        files = self.api.field(self.api.ask("GET", "/v2/user/storage/files"), "files")
        if not isinstance(files, list):
            raise ClipError("no list")
        if "needs duration" in self.bugs:
            return [str(file["id"]) for file in files if float(file["durationSeconds"])]
        return [str(self.api.field(file, "id")) for file in files]

    def _id(self, project: Json) -> str:
        return str(self.api.field(project, "projectId"))

    def _projects(self) -> Sequence[Json]:
        found: list[Json] = []
        cursor = ""
        while True:
            page = self.api.ask("GET", f"/v2/user/clips/projects?limit={self.limit}{cursor}")
            listed = self.api.field(page, "projects")
            if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
                raise ClipError("no list")
            found += listed
            if self.api.field(page, "pagination", "hasMore") is not True or "first page" in self.bugs:
                return found
            following = str(self.api.field(page, "pagination", "nextCursor"))
            cursor = f"&cursor={following if 'raw cursor' in self.bugs else quote(following)}"
