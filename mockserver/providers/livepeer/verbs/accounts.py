"""Accounts and what they sign in with: users, API keys, access tokens of the dashboard, the limit on clips."""

from __future__ import annotations

from typing import Final

from mockserver.core.http import Reply
from mockserver.core.provider import Moment, Verb
from mockserver.core.text import Json
from mockserver.core.world import Outcome, Put, Remove, View
from mockserver.providers.livepeer.fields import count, flag, text
from mockserver.providers.livepeer.jobs import settings_of
from mockserver.providers.livepeer.seed import key_records, user_record
from mockserver.providers.livepeer.tokens import digest, subject
from mockserver.providers.livepeer.verbs.lookup import FOR, body, ground_of, user_of
from mockserver.providers.livepeer.world_schema import KEY, USER

_KEY: Final = text("The key itself, or its role in a private world.")


def add_user(view: View, said: Json, moment: Moment) -> Outcome:
    entry = {**said, "id": said.get("id") or moment.chance.uuid()}
    user = user_record(entry, "", ground_of(view, moment))
    for other in view.find("user", "all", ""):
        for name in ("id", "name", "email"):
            if other[name] == user[name]:
                raise ValueError(f"/{name}: there is a user of that {name} already")
    return Outcome(Reply.json(200, {"user": user}), (Put("user", user["id"], user),))


def add_key(view: View, said: Json, moment: Moment) -> Outcome:
    entry = {**said, "user": said.get("user") or user_of(view, None)["id"]}
    changes = tuple(key_records(entry, "", moment.world, ground_of(view, moment)))
    made = changes[0]
    if view.get("key", made.id) is not None:
        raise ValueError(f"/key: there is a key `{made.id}` already")
    return Outcome(Reply.json(200, {"key": made.id}), changes)


def revoke_key(view: View, said: Json, moment: Moment) -> Outcome:
    """The main key of a private world goes by two names, and both go."""
    found = next((record for name in _names(said["key"], moment) if (record := view.get("key", name))), None)
    if found is None:
        raise ValueError(f"/key: there is no key `{said['key']}`")
    names = (moment.world, *_names(found["role"], moment))
    same = (record for name in names if (record := view.get("key", name)))
    gone = sorted(record["id"] for record in same if record["role"] == found["role"])
    return Outcome(Reply.json(200, {"revoked": gone}), tuple(Remove("key", id) for id in gone))


def _names(key: str, moment: Moment) -> tuple[str, ...]:
    return (key, f"{moment.world}+{key}")


def suspend_user(view: View, said: Json, moment: Moment) -> Outcome:
    user = {**user_of(view, said.get("user")), "suspended": said.get("suspended", True)}
    return Outcome(Reply.json(200, {"user": user}), (Put("user", user["id"], user),))


def verify_user(view: View, said: Json, moment: Moment) -> Outcome:
    user = {**user_of(view, said.get("user")), "emailValid": said.get("emailValid", True)}
    return Outcome(Reply.json(200, {"user": user}), (Put("user", user["id"], user),))


def set_clip_limit(view: View, said: Json, moment: Moment) -> Outcome:
    user = {**user_of(view, said.get("user")), "clipLimit": said["limit"]}
    return Outcome(Reply.json(200, {"user": user}), (Put("user", user["id"], user),))


def expire_token(view: View, said: Json, moment: Moment) -> Outcome:
    if subject(said["token"]) is None:
        raise ValueError("/token: this is no JWT with a `sub`; take the token that follows `JWT` in Authorization")
    settings = settings_of(view)
    expired = [*settings.get("expired", ()), digest(said["token"])]
    return Outcome(Reply.json(200, {"expired": True}), (Put("settings", "settings", {**settings, "expired": expired}),))


_USER: Final = text("A user's name in the world document, id or e-mail; the main user if nothing is said.")
# Of the default world's main user, signed with its secret, until 2100.
_TOKEN: Final = (
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI2NmUyMTYxYy03NjcwLTRkMDUtYjcxZC1kYTJkNjk3OTU1NmYiLCJ"
    "hdWQiOiJsaXZlcGVlciIsImV4cCI6NDEwMjQ0NDgwMH0.qnX9TwswYlhRxfVylauSVgwIAbt3Haea5p0PNvti5zk"
)

VERBS: Final = (
    Verb(
        "add-user",
        "An account comes into the world.",
        body(
            "An account, as in a world document; its id is drawn if nothing is said.",
            USER["properties"],
            "name",
            examples=[{"name": "newcomer", "clipLimit": 1}],
        ),
        add_user,
    ),
    Verb(
        "add-key",
        "A user gets an API key; in a private world `test_x` it is `test_x+<key>`, as the reply says.",
        body(
            "A key, as in a world document.",
            {**KEY["properties"], "user": text(FOR)},
            "key",
            examples=[{"key": "spare"}, {"key": "of-a-stranger", "user": "stranger"}],
        ),
        add_key,
    ),
    Verb(
        "revoke-key",
        "An API key is no longer known.",
        body("Which key.", {"key": _KEY}, "key", examples=[{"key": "stranger"}]),
        revoke_key,
    ),
    Verb(
        "suspend-user",
        "A user is barred, or let in again.",
        body(
            "Which user.",
            {"user": _USER, "suspended": flag("Whether it is barred; true if nothing is said.")},
            examples=[{}, {"user": "suspended", "suspended": False}],
        ),
        suspend_user,
    ),
    Verb(
        "verify-user",
        "A user's e-mail is verified, or not any more.",
        body(
            "Which user.",
            {"user": _USER, "emailValid": flag("Whether it is verified; true if nothing is said.")},
            examples=[{"user": "unverified"}, {"emailValid": False}],
        ),
        verify_user,
    ),
    Verb(
        "set-clip-limit",
        "How many clips in progress a user may have.",
        body(
            "Which user, and how many.",
            {"user": _USER, "limit": count("So many clips in progress.")},
            "limit",
            examples=[{"limit": 0}],
        ),
        set_clip_limit,
    ),
    Verb(
        "expire-token",
        "An access token of the dashboard (a JWT) expires now, whatever it says.",
        body("Which token.", {"token": text("The JWT.")}, "token", examples=[{"token": _TOKEN}]),
        expire_token,
    ),
)
