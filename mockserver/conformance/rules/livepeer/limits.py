"""Limits: five clips of one stream at once, and what a key with rules may do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mockserver.conformance.finding import Finding
from mockserver.conformance.rule import Rule, Skip
from mockserver.conformance.rules.asking import Answer, ask, until
from mockserver.conformance.rules.evidence import found
from mockserver.conformance.rules.livepeer.facts import (
    ASSETS,
    CREATE,
    DONE,
    ENDED,
    Source,
    asset_of,
    clean_up,
    sources,
    task_of,
)
from mockserver.conformance.session import Session

# So many clips of one stream may be in progress; counted are those of the last five minutes (facts 1.4).
_MOST: Final = 5
_ABOUT: Final = "Livepeer (measured): while five clips of a stream are in progress, another is refused with 403."
_TOO_MANY: Final = "Too many clips"


def _clips_at_once(session: Session) -> Iterator[Finding]:
    source = sources(session)[-1]
    _all_ended(session, source.id)
    made: list[Answer] = []
    refused: Answer | None = None
    for _ in range(_MOST + 2):
        answer = ask(session, CREATE, body=source.body())
        clean_up(session, answer)
        if answer.status == 403 and _TOO_MANY in answer.text:
            refused = answer
            break
        if not answer.good:
            raise Skip(f"a clip can't be made: {answer.line}")
        if answer.at("/asset/objectStoreId") is not None:
            raise Skip("the key is an administrator's, who has no limit")
        made.append(answer)
    # The limit counts tasks.
    going = [answer for answer in made if not _ended(session, answer)]
    if refused is not None and len(made) < _MOST:
        title = f"clip {len(made) + 1} of a stream is refused as one too many, though none was in progress before"
        yield found(session, "limit-early", title, [*made[-2:], refused], about=_ABOUT)
    # The clips that are still in progress now were so at each call: more than five can't have been let through.
    if refused is None and len(going) > _MOST:
        title = f"{len(going)} clips of one stream are in progress, and none was refused"
        yield found(session, "limit-exceeded", title, made[-3:], about=_ABOUT)
    for answer in made:
        until(session, task_of(session, answer.need("/task/id")), lambda seen: seen.at("/status/phase") in DONE)
    if made and len(made) >= _MOST:
        later = ask(session, CREATE, body=source.body(), note="when all the others have ended")
        clean_up(session, later)
        if later.status == 403 and _TOO_MANY in later.text:
            title = "a clip is refused as one too many when all before have ended"
            must = ["replies[1].status_code == 200"]
            yield found(session, "limit-stays", title, [made[-1], later], must=must, about=_ABOUT)


def _all_ended(session: Session, source: str) -> None:
    """Wait for the clips of a stream that other rules have asked for."""
    for item in ASSETS.items_of(ASSETS.first(session)):
        of = item.get("source")
        if isinstance(of, dict) and of.get("playbackId") == source:
            phase = item.get("status", {}).get("phase") if isinstance(item.get("status"), dict) else None
            if phase not in ENDED and len(session.steps) < 40:
                until(
                    session, asset_of(session, str(item["id"])), lambda seen: seen.at("/status/phase") in ENDED, 3_000
                )


def _ended(session: Session, made: Answer) -> bool:
    seen = Answer.of(session.send(task_of(session, made.need("/task/id"))))
    return seen.at("/status/phase") in DONE


def _access_rules(session: Session) -> Iterator[Finding]:
    key = session.subject.roles.get("assets-only")
    if key is None:
        raise Skip("no key with access rules is given (--key-for assets-only=KEY)")
    listed = ASSETS.ids_of(ASSETS.first(session))
    if not listed:
        raise Skip("there is no asset to look at")
    allowed = ASSETS.look(session, listed[0], key=key)
    if allowed.status == 401:
        raise Skip("the server doesn't know the key with access rules")
    about = "Livepeer (measured): a key's access rules name what it may call; all else is 403."
    if not allowed.good:
        title = f"a key that may read assets gets {allowed.status} of one"
        yield found(session, "scope-missed", title, [allowed], about=about)
    tries: list[tuple[str, dict[str, object]]] = [
        (
            "updateAsset",
            {"path": {"assetId": listed[0]}, "body": {"name": 5}},
        ),  # refused by its name, if by nothing else
        ("getStreams", {}),
    ]
    if not session.limits.read_only:
        tries.append((CREATE, {"body": Source("mockserver-check-none").body()}))
    for operation, more in tries:
        if operation == "updateAsset" and (session.limits.read_only or not session.subject.loopback):
            continue  # a server that took it would change what somebody keeps there
        refused = ask(session, operation, key=key, **more)  # type: ignore[arg-type]
        if refused.status != 403:
            title = f"a key that may only read assets gets {refused.status} of {operation}"
            must = ["replies[0].status_code == 403"]
            yield found(session, "scope-ignored", title, [refused], must=must, about=about, where="responses/403")


LIMITS: Final = (
    Rule(
        "clip-limit",
        "Five clips of a stream may be in progress at once, and as many again later.",
        _clips_at_once,
        (CREATE, "getAsset", "getAssets", "getStreams"),
        "livepeer",
        writes=True,
    ),
    Rule("scopes", "A key does what its rules allow, and nothing else.", _access_rules, ("getAsset",), "livepeer"),
)
