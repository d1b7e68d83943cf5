"""Tokens: what each may do, how they are renewed, and how they end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mockserver.conformance.finding import Finding
from mockserver.conformance.rule import Rule, Skip
from mockserver.conformance.rules.asking import Answer, ask, expect
from mockserver.conformance.rules.evidence import found
from mockserver.conformance.rules.restream.facts import (
    CREATE,
    form,
)
from mockserver.conformance.session import Session

_ABOUT_ROTATION: Final = "Restream, Refreshing tokens: success invalidates the previous access and refresh token."
_ABOUT_REVOKE: Final = "Restream, Revoking tokens: always 200 and empty; revoking one token of a pair kills both."
_ABOUT_SCOPE: Final = "Restream: the scopes of a token are those of its application; each page names the one it needs."
_READS: Final = ("listClipProjects", "listStorageFiles")


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
    for name, one, other in (("access", access, renewed), ("refresh", refresh, second.at("/refresh_token"))):
        if one == other:
            title = f"refreshing gives the same {name} token again"
            must = [f'replies[1].json()["{name}_token"] != replies[0].json()["{name}_token"]']
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
)
