"""What a Restream world holds, and how it is found.

account   a user with plan and usage: {id, place, user, secret, clips, limit, used, month}
grant     a pair of tokens: {id, access, refresh, account, client, scopes, expiresAt, refreshExpiresAt, revoked}
app       an OAuth client, `client` being its main id: {id, client, secret, redirectUris, account, scopes, approves}
code      an authorization code, removed when used: {id, client, redirectUri, account, scopes, expiresAt}
file      {id, account, title, sizeBytes, durationSeconds, status, createdAt, generation, ready}
project   {id, account, sourceTypeName, sourceIdentifier, title, createdAt, lastActivity, clipsMade}
run       an accepted call (runs.py): {id, project, account, number, kind, mode, range, lane, state, silent, fails,
          stuck, replaces, plan, ends, startedAt, made, next}
clip      {id, project, account, number, whole, name, score, explanation, transcript, start, end, favouritedAt,
          createdAt}
post      a clip posted somewhere: {id, project, clipId, platform, channelId, status, createdAt, platformUrl}

Instants are Unix milliseconds, offsets in a video are seconds as JSON has them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mockserver.core.text import Record
from mockserver.core.world import Index, Kind, Order

Entry = tuple[str, Order] | None


def _refresh(grant: Record) -> Entry:
    return (grant["refresh"], 0) if grant["refresh"] else None


def _whole(run: Record) -> Entry:
    return (whole_key(run["project"], run["mode"], standing(run)), run["number"]) if run["kind"] == "whole" else None


def _range(run: Record) -> Entry:
    if run["kind"] != "range" or run["state"] == "failed":
        return None
    return range_key(run["project"], *run["range"]), run["number"]


def _unfinished(run: Record) -> Entry:
    return (run["project"], run["number"]) if run["state"] in ("queued", "running") else None


def _lane(run: Record) -> Entry:
    if not run["lane"] or run["state"] not in ("queued", "running"):
        return None
    return lane_key(run["project"], run["state"]), run["number"]


def standing(run: Record) -> str:
    """What a run means for the question whether its input has been processed: active, done, empty or failed."""
    state: str = run["state"]
    if state in ("queued", "running"):
        return "active"
    return "empty" if state == "done" and not run["plan"] else state


def whole_key(project: str, mode: str, standing: str) -> str:
    return f"{project} {mode} {standing}"


def range_key(project: str, start: float, end: float) -> str:
    return f"{project} {float(start)!r} {float(end)!r}"


def lane_key(project: str, state: str) -> str:
    return f"{project} {state}"


def source_key(account: str, type: str, identifier: str) -> str:
    return f"{account} {type} {identifier}"


KINDS: Final[Mapping[str, Kind]] = {
    kind.name: kind
    for kind in (
        Kind(
            "account",
            {
                "user": Index(lambda account: (account["user"], 0), public=True),
                "all": Index(lambda account: ("", account["place"])),
            },
        ),
        Kind(
            "grant",
            {
                "access": Index(lambda grant: (grant["access"], 0), public=True, credential=True),
                "account": Index(lambda grant: (grant["account"], grant["id"])),
                "refresh": Index(_refresh, public=True, credential=True),
            },
        ),
        Kind("app", {"client": Index(lambda app: (app["id"], 0), public=True, credential=True)}),
        Kind("code", {"code": Index(lambda code: (code["id"], 0), public=True, credential=True)}),
        Kind(
            "file",
            {"account": Index(lambda file: (file["account"], file["createdAt"]))},
            due=lambda file: file["ready"]["at"] if file["ready"] else None,
        ),
        Kind(
            "project",
            {
                "CreatedAt": Index(lambda project: (project["account"], project["createdAt"])),
                "LastActivity": Index(lambda project: (project["account"], project["lastActivity"])),
                "source": Index(
                    lambda project: (
                        source_key(project["account"], project["sourceTypeName"], project["sourceIdentifier"]),
                        project["createdAt"],
                    )
                ),
            },
        ),
        Kind(
            "run",
            {
                "project": Index(lambda run: (run["project"], run["number"])),
                "unfinished": Index(_unfinished),
                "whole": Index(_whole),
                "range": Index(_range),
                "lane": Index(_lane),
            },
            due=lambda run: run["next"],
        ),
        Kind("clip", {"project": Index(lambda clip: (clip["project"], clip["number"]))}),
        Kind("post", {"project": Index(lambda post: (post["project"], post["createdAt"]))}),
    )
}
