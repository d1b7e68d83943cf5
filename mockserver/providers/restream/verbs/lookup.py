"""What a verb's body names: accounts, files, projects, clips, tokens. A name that means nothing raises ValueError."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mockserver.core.provider import Moment
from mockserver.core.text import Json, Record
from mockserver.core.world import View
from mockserver.providers.restream.plot import PRIVATE, Plot

ACCOUNT: Final[Json] = {
    "type": "string",
    "minLength": 1,
    "description": "An account's id in the world document; the first account if left out.",
}


def body(about: str, properties: Mapping[str, Json], *required: str, examples: list[Json]) -> Json:
    """The schema of a verb's body."""
    return {
        "type": "object",
        "description": about,
        "additionalProperties": False,
        "required": list(required),
        "properties": dict(properties),
        "examples": examples,
    }


def account_of(view: View, said: Record) -> Record:
    """The account a body names, or the first."""
    accounts = list(view.find("account", "all", ""))
    id = said.get("account", accounts[0]["id"])
    for account in accounts:
        if account["id"] == id:
            return account
    known = ", ".join(account["id"] for account in accounts)
    raise ValueError(f"/account: there is no account `{id}`; there are {known}")


def plot_of(view: View, moment: Moment) -> Plot:
    """A section that names the accounts of a world as it is."""
    accounts = [{"id": account["id"]} for account in view.find("account", "all", "")]
    return Plot.of({"accounts": accounts}, moment.world, moment)


def one_of(view: View, kind: str, said: Record, name: str = "") -> Record:
    """The record of a kind that a body names by its id, in a field of the kind's own name or another."""
    field = name or kind
    found = view.get(kind, said[field].lower())
    if found is None:
        raise ValueError(f"/{field}: no {kind} has the id `{said[field]}`")
    return found


def grant_of(view: View, said: Record, moment: Moment) -> Record:
    """The pair of tokens a body names by one of them, or by its role; a private world's main one if it names none."""
    if "key" not in said and not moment.world.startswith(PRIVATE):
        raise ValueError("/key: which token? Only a private world has a main one")
    key = said.get("key", moment.world)
    for name in (key, f"{moment.world}+{key}"):
        for index in ("access", "refresh"):
            found = next(view.find("grant", index, name), None)
            if found is not None:
                return found
    raise ValueError(f"/key: there is no token `{key}`")
