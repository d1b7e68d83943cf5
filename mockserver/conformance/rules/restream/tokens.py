"""Tokens: what each may do, how they are renewed and revoked, and what an account without the means may."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mockserver.conformance.finding import Finding
from mockserver.conformance.rule import Rule, Skip
from mockserver.conformance.rules.asking import Answer, ask, expect, until
from mockserver.conformance.rules.evidence import found
from mockserver.conformance.rules.restream.facts import (
    CREATE,
    PROJECTS,
    SHORTEST,
    create,
    details,
    files,
    form,
    some_file,
)
from mockserver.conformance.session import Session

_ABOUT_ROTATION: Final = "Restream, Refreshing tokens: success invalidates the previous access and refresh token."
_ABOUT_REVOKE: Final = "Restream, Revoking tokens: always 200 and empty; revoking one token of a pair kills both."
_ABOUT_SCOPE: Final = "Restream: the scopes of a token are those of its application; each page names the one it needs."
_READS: Final = ("listClipProjects", "listStorageFiles")
_LIMITED: Final = (402, 403, 429)


def _scopes(session: Session) -> Iterator[Finding]:
    roles = session.subject.roles
    named = [role for role in ("read-only", "write-only", "storage-only") if role in roles]
    if not named:
        raise Skip("no key with fewer scopes is given (--key-for read-only=KEY)")
    tried = False
    for role in named:
        for operation, allowed in _allowed(role):
            if operation == CREATE and session.limits.read_only:
                continue
            answer = _with(session, operation, roles[role])
            if answer.status == 401:
                break
            tried = True
            if not allowed and answer.status != 403:
                # Whether `clips.write` implies `clips.read` is a reading.
                doubtful = role == "write-only" and operation == "listClipProjects"
                title = f"a key with only the scopes of {role} gets {answer.status} of {operation}"
                yield found(
                    session, "scope-ignored", title, [answer], must=["replies[0].status_code == 403"],
                    about=_ABOUT_SCOPE, where="responses/403", level="warning" if doubtful else "error",
                )  # fmt: skip
            elif allowed and answer.status == 403:
                title = f"a key with the scopes of {role} is refused by {operation}"
                must = ["replies[0].status_code != 403"]
                yield found(session, "scope-missed", title, [answer], must=must, about=_ABOUT_SCOPE)
    if not tried:
        raise Skip("the server doesn't know the keys with fewer scopes")


def _allowed(role: str) -> Iterator[tuple[str, bool]]:
    yield "listClipProjects", role == "read-only"
    yield "listStorageFiles", role in ("read-only", "storage-only")
    yield CREATE, role == "write-only"


def _with(session: Session, operation: str, key: str) -> Answer:
    if operation != CREATE:
        return ask(session, operation, key=key)
    # What is asked for can't be had, so that a key that may ask for it makes nothing.
    body = {"sourceType": "VideoStorageFile", "videoStorageFileId": "00000000-0000-4000-8000-00000000dead"}
    return ask(session, operation, key=key, body=body)


def _rotation(session: Session) -> Iterator[Finding]:
    first, told = _first_pair(session)
    client = _client(session)
    access, refresh = first.need("/access_token"), first.need("/refresh_token")
    if not _knows(session, access):
        title = "a token that was just given is refused"
        used = ask(session, "listStorageFiles", key=access)
        yield found(session, "token-refused", title, [first, used], must=["replies[1].status_code == 200"])
        return
    fields = {"grant_type": "refresh_token", "refresh_token": refresh, **client}
    second = _post(session, "createToken", fields)
    if second.status != 200:
        title = f"a refresh token is answered with {second.status}"
        yield found(session, "refresh-refused", title, [first, second], must=["replies[1].status_code == 200"])
        return
    renewed = second.need("/access_token")
    if renewed == access or second.at("/refresh_token") == refresh:
        must = [
            'replies[1].json()["access_token"] != replies[0].json()["access_token"]',
            'replies[1].json()["refresh_token"] != replies[0].json()["refresh_token"]',
        ]
        title = "refreshing gives a token that was there before"
        yield found(session, "rotation-same", title, [first, second], must=must, about=_ABOUT_ROTATION)
    new = ask(session, "listStorageFiles", key=renewed)
    if new.status in (401, 403):
        title = f"the token that refreshing gave is answered with {new.status}"
        yield found(session, "rotation-refused", title, [second, new], must=["replies[1].status_code == 200"])
    old = ask(session, "listStorageFiles", key=access)
    if old.good:
        title = "the access token works on after it was refreshed"
        must = ["replies[2].status_code == 401"]
        yield found(session, "rotation-access", title, [first, second, old], must=must, about=_ABOUT_ROTATION)
    stale = _post(session, "createToken", fields)
    if stale.good:
        title = "a refresh token works twice"
        must = ["replies[2].status_code == 400"]
        yield found(session, "rotation-refresh", title, [first, second, stale], must=must, about=_ABOUT_ROTATION)
        return  # the pair that is revoked below may not be the one that lives now
    yield from _revoked(session, second, client)
    if told is not None:
        yield from _again(session, told, first)


def _revoked(session: Session, pair: Answer, client: dict[str, str]) -> Iterator[Finding]:
    access, refresh = pair.need("/access_token"), pair.need("/refresh_token")
    gone = _post(session, "revokeToken", {"token": access, "token_type_hint": "access_token", **client})
    nobodys = _post(session, "revokeToken", {"token": "0" * 40, **client})
    for answer in (gone, nobodys):
        if answer.status != 200 or answer.reply.body:
            title = f"revoking is answered with {answer.status} and {len(answer.reply.body)} bytes"
            must = ["replies[0].status_code == 200 and not replies[0].content"]
            yield found(session, "revoke-reply", title, [answer], must=must, about=_ABOUT_REVOKE)
    used = ask(session, "listStorageFiles", key=access)
    if used.good:
        title = "an access token works on after it was revoked"
        must = ["replies[2].status_code == 401"]
        yield found(session, "revoked-access", title, [pair, gone, used], must=must, about=_ABOUT_REVOKE)
    again = _post(session, "createToken", {"grant_type": "refresh_token", "refresh_token": refresh, **client})
    if again.good:
        title = "a refresh token works on after its pair was revoked"
        must = ["replies[2].status_code == 400"]
        yield found(session, "revoked-refresh", title, [pair, gone, again], must=must, about=_ABOUT_REVOKE)


def _first_pair(session: Session) -> tuple[Answer, dict[str, str] | None]:
    """A pair of tokens, and the fields of the call that exchanged a code for it, if one did."""
    roles, client = session.subject.roles, _client(session)
    if "refresh-token" in roles:
        fields = {"grant_type": "refresh_token", "refresh_token": roles["refresh-token"], **client}
        return expect(_post(session, "createToken", fields), 200), None
    if "code" not in roles:
        raise Skip("neither a code nor a refresh token is given (--key-for refresh-token=TOKEN --key-for client-id=ID)")
    fields = {"grant_type": "authorization_code", "code": roles["code"], **client}
    if "redirect-uri" in roles:
        fields["redirect_uri"] = roles["redirect-uri"]
    return expect(_post(session, "createToken", fields), 200), fields


def _again(session: Session, fields: dict[str, str], first: Answer) -> Iterator[Finding]:
    """A code is good once (RFC 6749, 4.1.2). Tried last, since trying may take back what it gave."""
    again = _post(session, "createToken", fields)
    if again.good:
        title = "a code is exchanged twice"
        about = "RFC 6749, 4.1.2: the client MUST NOT use the authorization code more than once."
        must = ["replies[1].status_code == 400"]
        yield found(session, "code-twice", title, [first, again], must=must, about=about)


def _client(session: Session) -> dict[str, str]:
    roles = session.subject.roles
    if "client-id" not in roles:
        raise Skip("no OAuth client is given (--key-for client-id=ID --key-for client-secret=SECRET)")
    client = {"client_id": roles["client-id"]}
    return client | (
        {"client_secret": roles["client-secret"]} if "client-secret" in roles else {"client_secret": "any"}
    )


def _post(session: Session, operation: str, fields: dict[str, str]) -> Answer:
    return Answer.of(session.send(form(operation, session, fields)))


def _knows(session: Session, access: str) -> bool:
    return ask(session, "listStorageFiles", key=access).status not in (401, 403)


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
    other = session.subject.other
    if other is None:
        raise Skip("there is no second key (--other-key)")
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


TOKENS: Final = (
    Rule("scopes", "A key does what its scopes allow, and nothing else.", _scopes, _READS, "restream"),
    Rule(
        "rotation",
        "Refreshing gives a new pair of tokens and ends the old one; revoking ends a pair.",
        _rotation,
        ("createToken", "revokeToken", "listStorageFiles"),
        "restream",
        writes=True,
    ),
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
