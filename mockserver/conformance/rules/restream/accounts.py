"""Accounts: what a plan hasn't is refused, and what is one account's no other clips or downloads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mockserver.conformance.finding import Finding
from mockserver.conformance.rule import Rule, Skip
from mockserver.conformance.rules.asking import ask, until
from mockserver.conformance.rules.evidence import found
from mockserver.conformance.rules.islands import second_key
from mockserver.conformance.rules.restream.facts import CREATE, PROJECTS, SHORTEST, create, details, files, some_file
from mockserver.conformance.session import Session

_LIMITED: Final = (402, 403, 429)


def _quota(session: Session) -> Iterator[Finding]:
    roles = session.subject.roles
    tried = False
    for role, what in (("no-quota", "with nothing left of its plan"), ("no-feature", "without clips in its plan")):
        if role not in roles:
            continue
        file = _file_of(session, roles[role])
        if file is None:
            continue
        tried = True
        before = PROJECTS.first(session, key=roles[role])
        answer = create(session, file, key=roles[role])
        if answer.status not in _LIMITED:
            title = f"an account {what} is answered with {answer.status}"
            must = [f"replies[0].status_code in {_LIMITED}"]
            yield found(session, f"{role}-ignored", title, [answer], must=must, where="responses/403")
        elif PROJECTS.ids_of(PROJECTS.first(session, key=roles[role])) != PROJECTS.ids_of(before):
            title = f"a call that is refused to an account {what} makes a project"
            yield found(session, "refused-changes", title, [before, answer, PROJECTS.first(session, key=roles[role])])
    if "quota-1" in roles:
        file = _file_of(session, roles["quota-1"])
        if file is not None:
            tried = True
            yield from _last(session, roles["quota-1"], file)
    if not tried:
        raise Skip("no key of an account without quota is given (--key-for no-quota=KEY)")


def _last(session: Session, key: str, file: str) -> Iterator[Finding]:
    """The last of a quota can be used, and then it is used up."""
    first = create(session, file, key=key, note="with one clip left")
    if not first.good:
        if first.status in _LIMITED:
            title = f"an account with one clip left is answered with {first.status}"
            yield found(session, "quota-early", title, [first], must=["replies[0].status_code == 201"])
        return
    request = details(session, first.need("/projectId"), key=key)
    until(session, request, lambda seen: seen.at("/generatingClipsNow") is False)
    second = create(session, file, (0, SHORTEST), key=key, note="with none left")
    if second.good:
        title = "an account whose quota is used up is answered with success"
        must = [f"replies[1].status_code in {_LIMITED}"]
        yield found(session, "quota-exceeded", title, [first, second], must=must, where="responses/403")


def _file_of(session: Session, key: str) -> str | None:
    """A file the account of a key may clip; None when it has none, or the server doesn't know the key."""
    if ask(session, "listStorageFiles", key=key).status != 200:
        return None
    return next((str(file["id"]) for file in files(session, key=key)), None)


def _foreign(session: Session) -> Iterator[Finding]:
    """Nobody clips another account's file, nor downloads what is another account's."""
    other = second_key(session)
    file = str(some_file(session)["id"])
    answer = create(session, file, (0, SHORTEST), key=other)
    if answer.status == 401:
        raise Skip("the server doesn't know the second key")
    if answer.good or answer.status == 409:
        title = f"a call for clips of another account's file is answered with {answer.status}"
        must = ["replies[0].status_code == 404"]
        yield found(session, "isolation-source", title, [answer], must=must, where="responses/404")
    for item in PROJECTS.items_of(PROJECTS.first(session)):
        if item.get("clipsCount"):
            clips = PROJECTS.look(session, str(item["projectId"]))
            clip = clips.at("/clips/0/clipId")
            link = ask(session, "getClipDownloadUrl", path={"clipId": str(clip)}, key=other)
            if link.good:
                title = "a clip of one account can be downloaded with another's key"
                must = ["replies[1].status_code == 404"]
                yield found(session, "isolation-download", title, [clips, link], must=must)
            break
    link = ask(session, "createStorageFileDownloadUrl", path={"fileId": file}, key=other)
    if link.good:
        title = "a file of one account can be downloaded with another's key"
        yield found(session, "isolation-download", title, [link], must=["replies[0].status_code == 404"])


ACCOUNTS: Final = (
    Rule(
        "quota",
        "What a plan hasn't, or has no more of, is refused, and nothing before.",
        _quota,
        (CREATE, "listClipProjects", "listStorageFiles"),
        "restream",
        writes=True,
    ),
    Rule(
        "isolation-sources",
        "Nobody clips or downloads what is another account's.",
        _foreign,
        (CREATE, "listStorageFiles", "getClipDownloadUrl"),
        "restream",
        writes=True,
    ),
)
