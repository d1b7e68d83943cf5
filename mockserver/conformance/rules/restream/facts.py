"""What the rules have to know of Restream's API: its lists, its errors, how clips are asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from mockserver.conformance.rule import Skip
from mockserver.conformance.rules.api import Api, Attempt, Keeping
from mockserver.conformance.rules.asking import Answer, ask, expect
from mockserver.conformance.rules.collection import Collection, Paging, Pair, body_cursor
from mockserver.conformance.session import Session
from mockserver.core.http import Headers, Request
from mockserver.core.text import Json, Record

CREATE: Final = "createClipProject"
CREATED: Final = (200, 201)  # 201 is documented; later calls may answer 200 (reading `later-status`)
SHORTEST, LONGEST_SINGLE = 10, 600  # seconds
# Known good in a fake's default world, tried before others: among its files are some that never give a clip.
_GOOD: Final = (
    "00600000-0000-4000-8000-000000000000",
    "00600001-0000-4000-8000-000000000000",
    "a1b2c3d4-e5f6-7890-abcd-ef1234567890",
    "00010000-0000-4000-8000-000000000000",
)
NO_FILE: Final = "00000000-0000-4000-8000-00000000dead"

PROJECTS: Final = Collection(
    "projects",
    "listClipProjects",
    "projectId",
    "/projects",
    "getClipProject",
    "projectId",
    (Pair("/clipsCount", "/clips", counted=True), *Pair.same("/generatingClipsNow")),
    Paging(
        body_cursor("/pagination/nextCursor", "/pagination/hasMore"),
        100,
        lambda page: page.at("/pagination/hasMore") is True,
        '(lambda page: not page["hasMore"] or page["nextCursor"])(replies[0].json()["pagination"])',
    ),
)
FILES: Final = Collection(
    "files",
    "listStorageFiles",
    "id",
    "/files",
    "getStorageFile",
    "fileId",
    Pair.same("/id", "/title", "/sizeBytes", "/durationSeconds", "/status", "/createdAt"),
)


def body_of(
    file: str, span: tuple[float, float] | None = None, *, title: str | None = None, force: bool = False,
    single: bool = False,
) -> dict[str, Json]:  # fmt: skip
    """The body that asks for clips of a file, or of a span of it in seconds."""
    body: dict[str, Json] = {"sourceType": "VideoStorageFile", "videoStorageFileId": file}
    if title is not None:
        body["title"] = title
    if span is not None:
        body["selectedTimeRange"] = {"startOffsetSeconds": span[0], "endOffsetSeconds": span[1]}
    if single:
        body["singleClipMode"] = True
    if force:
        body["forceReprocess"] = True
    return body


def create(
    session: Session, file: str, span: tuple[float, float] | None = None, *, note: str = "", title: str | None = None,
    force: bool = False, single: bool = False, key: str | None = None,
) -> Answer:  # fmt: skip
    """A call that asks for clips; the project it makes stays, since nothing in this API removes one."""
    body = body_of(file, span, title=title, force=force, single=single)
    answer = ask(session, CREATE, body=body, note=note, key=key)
    if answer.good and isinstance(answer.at("/projectId"), str):
        session.stays(f"clip project {answer.at('/projectId')}")
    return answer


def files(session: Session, *, key: str | None = None) -> list[Record]:
    """The files one may clip: those that are ready and long enough, the named and the known good ones first."""
    page = expect(FILES.first(session, key=key), 200)
    good = [
        item
        for item in FILES.items_of(page)
        if item.get("status") == "Ready" and isinstance(item.get("id"), str) and _length(item) >= SHORTEST
    ]
    wanted = session.subject.sources
    if wanted and key is None:
        good = [item for item in good if item.get("id") in wanted]
    known = {id: rank for rank, id in enumerate(wanted or _GOOD)}
    good.sort(key=lambda item: known.get(str(item.get("id")), len(known)))
    return good


def _length(file: Record) -> float:
    length = file.get("durationSeconds")
    return length if isinstance(length, (int, float)) else 0


def projects(session: Session) -> dict[str, list[Record]]:
    """All projects by the file they are of."""
    out: dict[str, list[Record]] = {}
    for page in PROJECTS.walk(session, 100):
        for item in PROJECTS.items_of(expect(page, 200)):
            out.setdefault(str(item.get("sourceIdentifier")), []).append(item)
    return out


def fresh_file(session: Session, least: float = SHORTEST) -> Record:
    """A file no clips were ever asked of, at least so many seconds long. Raises Skip when there is none."""
    taken = projects(session)
    for file in files(session):
        if str(file["id"]) not in taken and file["durationSeconds"] >= least:
            return file
    raise Skip("every file was clipped before; name another with --source")


def some_file(session: Session, least: float = SHORTEST) -> Record:
    """Any file that can be clipped. Raises Skip when there is none."""
    for file in files(session):
        if file["durationSeconds"] >= least:
            return file
    raise Skip("there is no file that can be clipped; name one with --source")


def details(session: Session, project: str, *, key: str | None = None) -> Request:
    return session.subject.request("getClipProject", path={"projectId": project}, key=key)


def error_flaw(answer: Answer) -> str | None:
    """Five keys, three of them the status; an error's `name` is its `message` in snake_case, or OAuth's own."""
    error = answer.at("/error")
    if not isinstance(error, dict):
        return "there is no object `error`"
    missing = [name for name in ("statusCode", "status", "code", "message", "name") if name not in error]
    if missing:
        return f"`error` has no {missing[0]}"
    for name in ("statusCode", "status", "code"):
        if error[name] != answer.status:
            return f"`{name}` is {error[name]!r}, the status {answer.status}"
    message, name = error["message"], error["name"]
    if not isinstance(message, str) or not isinstance(name, str):
        return "`message` and `name` are not both texts"
    snake = re.sub(r"(?<!^)(?=[A-Z])", "_", message).lower()
    if re.fullmatch(r"[A-Z][A-Za-z]*", message) and name != snake:
        return f"`name` is {name!r}, `message` {message!r}"
    return None


def _attempts(session: Session) -> Iterator[Attempt]:
    subject = session.subject
    if session.limits.read_only:
        return
    file = some_file(session)
    id, length = str(file["id"]), float(file["durationSeconds"])

    def asking(body: Json, **more: Json) -> Request:
        return subject.request(CREATE, body=body, **more)

    yield Attempt("there is no such file", asking(body_of(NO_FILE, title="never")))
    yield Attempt("its file's id is no UUID", asking(body_of("nonsense", title="never")))
    yield Attempt("its range is too short", asking(body_of(id, (0, SHORTEST - 1), title="never")))
    yield Attempt("its range begins before the video", asking(body_of(id, (-1, SHORTEST), title="never")))
    yield Attempt("its range ends after the video", asking(body_of(id, (0, length + 1), title="never")))
    yield Attempt("its range ends before it begins", asking(body_of(id, (SHORTEST + 2, 2), title="never")))
    yield Attempt("its title is no text", asking({**body_of(id, (0, SHORTEST)), "title": 1}))
    yield Attempt("its source type is unknown", asking({**body_of(id, (0, SHORTEST)), "sourceType": "Never"}))
    yield Attempt("there is no key", asking(body_of(id, (0, SHORTEST), title="never"), anonymous=True))
    cut = asking(body_of(id, title="never"))
    yield Attempt("its body breaks off", replace(cut, body=cut.body[:-1]))
    if "read-only" in subject.roles:
        weak = asking(body_of(id, (0, SHORTEST), title="never"), key=subject.roles["read-only"])
        yield Attempt("its key may only read", weak)
    if subject.other is not None:
        stranger = asking(body_of(id, (0, SHORTEST), title="never"), key=subject.other)
        yield Attempt("its file is another account's", stranger)


def form(operation: str, session: Session, fields: Mapping[str, str]) -> Request:
    """A call of the authorization server: a form, and no key."""
    from urllib.parse import urlencode

    request = session.subject.request(operation, anonymous=True)
    headers = Headers.of((*request.headers, ("Content-Type", "application/x-www-form-urlencoded")))
    return replace(request, headers=headers, body=urlencode(fields).encode())


def roles(key: str) -> dict[str, str]:
    """What a fake's private world has beside its first key."""
    names = ("read-only", "write-only", "storage-only", "revoked", "expired", "no-quota", "quota-1", "no-feature")
    return {
        "other": f"{key}+stranger",
        **{name: f"{key}+{name}" for name in names},
        "client-id": f"{key}+example-app",
        "code": f"{key}+code-to-exchange",
        "redirect-uri": "https://example.com/callback",
    }


API: Final = Api(
    "restream",
    (PROJECTS, FILES),
    error_flaw,
    None,  # no page shows what an unknown path is answered with
    _attempts,
    (
        Keeping(
            PROJECTS,
            ("/title", "/sourceIdentifier", "/createdAt", "/clipsCount"),
            lambda item: item.get("generatingClipsNow") is False,
        ),
        Keeping(FILES, ("/title", "/createdAt")),
    ),
    roles,
    '(lambda status, error: all(error[name] == status for name in ("statusCode", "status", "code")) and '
    'isinstance(error["message"], str) and isinstance(error["name"], str))'
    '(replies[0].status_code, replies[0].json()["error"])',
    ("", "sortBy=LastActivity"),
)
