"""A world document's `restream:` section while records are made of it: what its parts need to know of one another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from mockserver.core.chance import Chance
from mockserver.core.provider import Moment
from mockserver.core.text import Record, pointer
from mockserver.providers.restream.instants import instant

# A world whose name begins so belongs to the key of that name; its keys are roles of that key.
PRIVATE: Final = "test_"
FIRST_ACCOUNT: Final = "main"

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Plot:
    """A section for the world of a name, to be made at a moment."""

    section: Record
    world: str
    moment: Moment
    accounts: tuple[str, ...] = ()

    @classmethod
    def of(cls, section: Record, world: str, moment: Moment) -> Plot:
        """`accounts` are the ids of those the section has: who owns what is asked for every entry."""
        known = tuple(account["id"] for account in section.get("accounts", ()))
        return cls(section, world, moment, known or (FIRST_ACCOUNT,))

    def entries(self, name: str) -> Sequence[Record]:
        found: Sequence[Record] = self.section.get(name, ())
        return found

    def chance(self, *labels: str | int) -> Chance:
        return self.moment.chance.child(*labels)

    def at(self, when: int | str, path: Path) -> int:
        """An instant of the section: relative milliseconds, or a text."""
        if isinstance(when, int):
            return self.moment.now + when
        absolute = instant(when)
        if absolute is None:
            raise wrong(path, f"`{when}` is no instant; write it like 2026-01-28T15:50:30.420Z")
        return absolute

    def from_now(self, duration: int | None) -> int | None:
        return None if duration is None else self.moment.now + duration

    def owner(self, entry: Record, path: Path) -> str:
        """The account an entry names, or the first."""
        known = self.accounts
        id: str = entry.get("account", known[0])
        if id not in known:
            raise wrong((*path, "account"), f"there is no account `{id}`; there are {', '.join(known)}")
        return id

    def names(self, key: str, first: bool = False) -> list[str]:
        """What a key, client or code is called in this world: as written, or as a role of a private world's owner."""
        if not self.world.startswith(PRIVATE):
            return [key]
        return [self.world, f"{self.world}+{key}"] if first else [f"{self.world}+{key}"]

    def client(self, entry: Record, path: Path) -> str | None:
        """The application an entry names, or the first; None if there is no application at all."""
        known = [app["clientId"] for app in self.entries("apps")]
        if not known and "clientId" not in entry:
            return None
        client = entry.get("clientId", known[0] if known else None)
        if client not in known:
            here = ", ".join(known) or "none"
            raise wrong((*path, "clientId"), f"there is no application `{client}`; there are {here}")
        return self.names(client, client == known[0])[0]


def wrong(path: Path, reason: str) -> ValueError:
    """What a section gets to hear: `/files/3/id: ...`."""
    return ValueError(f"{pointer(path)}: {reason}")
