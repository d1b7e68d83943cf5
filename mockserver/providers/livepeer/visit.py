"""One call as a route sees it: who calls, with what, in which world; and the answers a route may give."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from mockserver.core.delivery import Delivery
from mockserver.core.http import Request
from mockserver.core.provider import Call, Moment
from mockserver.core.text import Json, Record
from mockserver.core.world import Change, Notice, View

SDK_EMAIL: Final = "livepeerjs@livepeer.org"


class Refused(Exception):
    """A call is refused; nothing changes."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


class Caller(NamedTuple):
    """Who calls. `user` is None for nobody in particular; `project` is "" for none; `key` is None for a JWT."""

    user: Record | None = None
    key: Record | None = None
    project: str = ""

    @property
    def id(self) -> str:
        return self.user["id"] if self.user else ""

    @property
    def admin(self) -> bool:
        return bool(self.user and self.user.get("admin"))

    @property
    def dashboard_admin(self) -> bool:
        """Some routes take only administrators who came with a JWT for ones."""
        return self.admin and self.key is None

    @property
    def default_project(self) -> str:
        return self.user.get("defaultProjectId", "") if self.user else ""

    @property
    def is_sdk(self) -> bool:
        return bool(self.user and self.user.get("email") == SDK_EMAIL)


class Answer(NamedTuple):
    """What a route answers; `value` None with status 204 is no content. `heard` says that somebody subscribed."""

    status: int
    value: Json = None
    changes: tuple[Change, ...] = ()
    notices: tuple[Notice, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    heard: bool = False


class Visit(NamedTuple):
    """An authenticated call. `said` are the request's headers by lower-case name; `body` is `{}` when none was sent."""

    view: View
    call: Call
    moment: Moment
    caller: Caller
    said: Mapping[str, str]
    body: Json
    settings: Record

    @property
    def request(self) -> Request:
        return self.call.request

    def query(self) -> dict[str, str]:
        """Query arguments; of a repeated one all values, joined by commas as JavaScript prints an array."""
        found: dict[str, str] = {}
        for name, value in self.request.arguments():
            found[name] = f"{found[name]},{value}" if name in found else value
        return found


def reads_strictly(moment: Moment, reading: str) -> bool:
    """Whether the published document is to be kept where the real server breaks it."""
    return moment.readings.get(reading) == "strict-document"


def may_see(caller: Caller, doc: Record | None, *, dashboard: bool = False) -> bool:
    """Whether a document is the caller's, in the caller's project. Administrators see all but deleted ones.

    A document without a project counts for its user's default one; so does a caller without a project.
    """
    if doc is None or doc.get("deleted"):
        return False
    if caller.dashboard_admin if dashboard else caller.admin:
        return True
    if doc["userId"] != caller.id:
        return False
    default = caller.default_project
    return bool((doc.get("projectId") or default) == (caller.project or default))


def projects_seen(caller: Caller) -> tuple[str, ...]:
    """The projects whose documents a caller's lists hold: its own, and with the default one also none."""
    default = caller.default_project
    own = caller.project or default
    return (own, "") if own == default and own else (own,)
