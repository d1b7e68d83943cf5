"""A section's applications, keys and codes to records, renamed in a private world."""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.core.text import Record
from mockserver.core.world import Change, Put
from mockserver.providers.restream.credentials import SCOPES
from mockserver.providers.restream.oauth import CODE_LIFETIME
from mockserver.providers.restream.plot import Plot, wrong


def key_records(plot: Plot) -> Iterator[Change]:
    """Raises ValueError for a name that is there twice, or one that is not there."""
    yield from _apps(plot)
    yield from _grants(plot)
    yield from _codes(plot)


def _apps(plot: Plot) -> Iterator[Change]:
    _refuse_twins(plot, "apps", "clientId")
    for index, entry in enumerate(plot.entries("apps")):
        names = plot.names(entry["clientId"], index == 0)
        for id in names:
            app = {
                "id": id,
                "client": names[0],
                "secret": entry.get("clientSecret"),
                "redirectUris": entry.get("redirectUris", []),
                "account": plot.owner(entry, ("apps", index)),
                "scopes": entry.get("scopes", list(SCOPES)),
                "approves": entry.get("approves", True),
            }
            yield Put("app", id, app)


def _grants(plot: Plot) -> Iterator[Change]:
    _refuse_twins(plot, "keys", "key")
    _refuse_twins(plot, "keys", "refreshToken")
    for index, entry in enumerate(plot.entries("keys")):
        path = ("keys", index)
        names = plot.names(entry["key"], index == 0)
        refresh = entry.get("refreshToken")
        for access in names:
            grant = {
                "id": access,
                "access": access,
                "refresh": plot.names(refresh)[0] if refresh and access == names[-1] else None,
                "account": plot.owner(entry, path),
                "client": plot.client(entry, path),
                "scopes": entry.get("scopes", list(SCOPES)),
                "expiresAt": plot.from_now(entry.get("expiresIn")),
                "refreshExpiresAt": plot.from_now(entry.get("refreshExpiresIn")),
                "revoked": entry.get("revoked", False),
            }
            yield Put("grant", access, grant)


def _codes(plot: Plot) -> Iterator[Change]:
    _refuse_twins(plot, "codes", "code")
    for index, entry in enumerate(plot.entries("codes")):
        client = plot.client(entry, ("codes", index))
        place, app = next(
            (place, app) for place, app in enumerate(plot.entries("apps")) if app["clientId"] == entry["clientId"]
        )
        id = plot.names(entry["code"])[0]
        code: Record = {
            "id": id,
            "client": client,
            "redirectUri": entry.get("redirectUri"),
            "account": plot.owner(app, ("apps", place)),
            "scopes": app.get("scopes", list(SCOPES)),
            "expiresAt": plot.moment.now + entry.get("expiresIn", CODE_LIFETIME),
        }
        yield Put("code", id, code)


def _refuse_twins(plot: Plot, list: str, name: str) -> None:
    seen: set[str] = set()
    for index, entry in enumerate(plot.entries(list)):
        if entry.get(name) in seen:
            raise wrong((list, index, name), f"`{entry[name]}` is there twice")
        if name in entry:
            seen.add(entry[name])
