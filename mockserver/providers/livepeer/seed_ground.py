"""What the names of a world document mean while records are made of it, and when that is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from mockserver.core.provider import Moment
from mockserver.core.text import Record

HOUR: Final = 3_600_000
# From here on a time is an instant, not a distance: 1973, in Unix ms.
ABSOLUTE: Final = 100_000_000_000
NOBODY: Final = "nobody"


class Ground(NamedTuple):
    """`users` are `{"id", "project"}` by name, the name of their default project if they have one; `projects` likewise.

    `settings` are the world's, as they are stored.
    """

    moment: Moment
    settings: Record
    users: Mapping[str, Record]
    projects: Mapping[str, Record]

    def at(self, value: int | None, otherwise: int) -> int:
        """An instant from a time of the document."""
        time = otherwise if value is None else value
        return time if time >= ABSOLUTE else max(self.moment.now + time, 0)

    def owner(self, said: Record, where: str) -> str:
        """The id of the user an entry names; `nobody` is one that is not there."""
        if said["user"] == NOBODY:
            return NOBODY
        return self.user(said["user"], where)

    def user(self, name: str, where: str) -> str:
        return _named(self.users, name, f"{where}/user", "user")

    def project(self, said: Record, where: str) -> dict[str, str]:
        """`{"projectId": id}` of an entry: the project it names, or its user's; empty for none."""
        name = said.get("project") or self.users.get(said["user"], {}).get("project")
        return {} if name is None else {"projectId": self.project_id(name, where)}

    def project_id(self, name: str, where: str) -> str:
        return _named(self.projects, name, f"{where}/project", "project")


def _named(known: Mapping[str, Record], name: str, where: str, kind: str) -> str:
    if name not in known:
        raise ValueError(f"{where}: no {kind} is named `{name}`; there are {', '.join(known) or 'none'}")
    found: str = known[name]["id"]
    return found
