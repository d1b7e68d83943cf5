"""Accounts and tokens: quota, the clips feature, and what ends a token's life."""

from __future__ import annotations

from typing import Final

from mockserver.core.http import Reply
from mockserver.core.provider import Moment, Verb
from mockserver.core.text import Json, Record
from mockserver.core.world import Change, Outcome, Put, View
from mockserver.providers.restream.credentials import SCOPES
from mockserver.providers.restream.instants import iso, month
from mockserver.providers.restream.plot import Plot
from mockserver.providers.restream.usage import remaining, used
from mockserver.providers.restream.verbs.lookup import ACCOUNT, account_of, body, grant_of
from mockserver.providers.restream.world_schema import COUNT, KEYS, TEXT

_KEY: Final = {
    **TEXT,
    "description": "The access or refresh token, or its role in a private world; there the main one if left out.",
}


def set_quota(view: View, said: Json, moment: Moment) -> Outcome:
    account = account_of(view, said)
    used_up = said.get("used", used(account, moment))
    return _put_account({**account, "limit": said["quota"], "used": used_up, "month": month(moment.now)}, moment)


def use_up_quota(view: View, said: Json, moment: Moment) -> Outcome:
    """An account without a limit gets one: what it has used."""
    account = account_of(view, said)
    spent = used(account, moment)
    limit = spent if account["limit"] is None else account["limit"]
    return _put_account({**account, "limit": limit, "used": max(spent, limit), "month": month(moment.now)}, moment)


def set_feature(view: View, said: Json, moment: Moment) -> Outcome:
    return _put_account({**account_of(view, said), "clips": said["clips"]}, moment)


def _put_account(account: Record, moment: Moment) -> Outcome:
    shown = {
        "id": account["id"],
        "clips": account["clips"],
        "quota": account["limit"],
        "used": used(account, moment),
        "remaining": remaining(account, moment),
    }
    return Outcome(Reply.json(200, {"account": shown}), (Put("account", account["id"], account),))


def add_token(view: View, said: Json, moment: Moment) -> Outcome:
    names = Plot.of({}, moment.world, moment).names
    access = names(said["key"])[0]
    if view.get("grant", access) is not None:
        raise ValueError(f"/key: there is a token `{access}` already")
    client = said.get("clientId")
    if client is not None:
        app = view.get("app", names(client)[0]) or view.get("app", client)
        if app is None:
            raise ValueError(f"/clientId: there is no application `{client}`")
        client = app["client"]
    plot = Plot.of({}, moment.world, moment)
    grant = {
        "id": access,
        "access": access,
        "refresh": names(said["refreshToken"])[0] if "refreshToken" in said else None,
        "account": account_of(view, said)["id"],
        "client": client,
        "scopes": said.get("scopes", list(SCOPES)),
        "expiresAt": plot.from_now(said.get("expiresIn")),
        "refreshExpiresAt": plot.from_now(said.get("refreshExpiresIn")),
        "revoked": said.get("revoked", False),
    }
    return _put_grants([grant])


def expire_access_token(view: View, said: Json, moment: Moment) -> Outcome:
    """As of the millisecond before: one is good up to and including its last."""
    return _put_grants([{**grant_of(view, said, moment), "expiresAt": moment.now - 1}])


def expire_refresh_token(view: View, said: Json, moment: Moment) -> Outcome:
    grant = grant_of(view, said, moment)
    if grant["refresh"] is None:
        raise ValueError(f"/key: `{grant['access']}` has no refresh token")
    return _put_grants([{**grant, "refreshExpiresAt": moment.now - 1}])


def revoke_token(view: View, said: Json, moment: Moment) -> Outcome:
    return _put_grants([{**grant_of(view, said, moment), "revoked": True}])


def disconnect(view: View, said: Json, moment: Moment) -> Outcome:
    """As on the page of connected applications: every token the application has of that account is dead."""
    account = account_of(view, said)
    names = Plot.of({}, moment.world, moment).names
    client = None
    if "clientId" in said:
        app = view.get("app", names(said["clientId"])[0]) or view.get("app", said["clientId"])
        if app is None:
            raise ValueError(f"/clientId: there is no application `{said['clientId']}`")
        client = app["client"]
    held = view.find("grant", "account", account["id"])
    dead = [grant for grant in held if not grant["revoked"] and client in (None, grant["client"])]
    return _put_grants([{**grant, "revoked": True} for grant in dead])


def _put_grants(grants: list[Record]) -> Outcome:
    changes: tuple[Change, ...] = tuple(Put("grant", grant["id"], grant) for grant in grants)
    return Outcome(Reply.json(200, {"tokens": [_shown(grant) for grant in grants]}), changes)


def _shown(grant: Record) -> Json:
    shown = {name: grant[name] for name in ("access", "refresh", "account", "client", "scopes", "revoked")}
    for name in ("expiresAt", "refreshExpiresAt"):
        shown[name] = None if grant[name] is None else iso(grant[name])
    return shown


_ONE_KEY: Final = {"key": _KEY}

VERBS: Final = (
    Verb(
        "set-quota",
        "How many clips a month an account's plan allows, and how many of them are used.",
        body(
            "Which account, and its quota.",
            {
                "account": ACCOUNT,
                "quota": {"type": ["integer", "null"], "minimum": 0, "description": "Clips a month; null: no limit."},
                "used": {**COUNT, "description": "What of it is used up; as before if left out."},
            },
            "quota",
            examples=[{"quota": 3}, {"quota": None}, {"account": "no-quota", "quota": 5, "used": 2}],
        ),
        set_quota,
    ),
    Verb(
        "use-up-quota",
        "Nothing is left of an account's quota for this month; one without a limit gets what it has used as its limit.",
        body("Which account.", {"account": ACCOUNT}, examples=[{}, {"account": "quota-1"}]),
        use_up_quota,
    ),
    Verb(
        "set-feature",
        "The clips feature is activated for an account, or is not any more.",
        body(
            "Which account.",
            {"account": ACCOUNT, "clips": {"type": "boolean", "description": "Whether the clips feature is active."}},
            "clips",
            examples=[{"clips": False}, {"account": "no-feature", "clips": True}],
        ),
        set_feature,
    ),
    Verb(
        "add-token",
        "An account gets a pair of tokens; in a private world `test_x` it is `test_x+<key>`, as the reply says.",
        body(
            "A pair of tokens, as in a world document.",
            {**KEYS["properties"], "account": ACCOUNT, "clientId": {**TEXT, "description": "Its application, if any."}},
            "key",
            examples=[{"key": "spare", "scopes": ["clips.read"]}],
        ),
        add_token,
    ),
    Verb(
        "expire-access-token",
        "An access token expires now.",
        body("Which token.", _ONE_KEY, examples=[{"key": "refreshable"}]),
        expire_access_token,
    ),
    Verb(
        "expire-refresh-token",
        "A refresh token expires now.",
        body("Which token.", _ONE_KEY, examples=[{"key": "refreshable"}]),
        expire_refresh_token,
    ),
    Verb(
        "revoke-token",
        "A pair of tokens is revoked, as if its application had asked for it.",
        body("Which token.", _ONE_KEY, examples=[{"key": "revocable"}]),
        revoke_token,
    ),
    Verb(
        "disconnect",
        "A user disconnects an application, or all of them: the tokens they have of the account are dead.",
        body(
            "Which account, and which application; all of them if left out.",
            {"account": ACCOUNT, "clientId": {**TEXT, "description": "The application."}},
            examples=[{"clientId": "example-app"}, {}],
        ),
        disconnect,
    ),
)
