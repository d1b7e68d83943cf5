"""Lists: pages that repeat, lose or ignore, and items that are not what they are by themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, islice
from typing import Final

from mockserver.core.provider import Call, Moment
from mockserver.core.text import Json, Record
from mockserver.core.world import Order, Outcome, View
from mockserver.providers.restream.instants import instant
from tests.servers.bending import Seen, argument, fine, operation, said, with_header, with_query
from tests.servers.defect import Ground, shelf

_LISTS: Final = frozenset({"getAssets", "getTasks", "getClips", "getClipsOf", "getSessionClips", "listClipProjects"})
_SKIP: Final = re.compile(r"skip(\d+)")
_HOUR: Final = 3_600_000


class _Pages(Seen):
    """A page that begins `more` places after (or before) where it should."""

    def __init__(self, view: View, more: int) -> None:
        super().__init__(view)
        self.more = more

    def find(
        self, kind: str, index: str, key: str, *, reverse: bool = False, after: tuple[Order, str] | None = None
    ) -> Iterator[Record]:
        found = super().find(kind, index, key, reverse=reverse, after=after)
        if kind != "project" or after is None:
            return found
        if self.more > 0:
            return islice(found, self.more, None)
        last = self.view.get(kind, after[1])
        return chain((last,), found) if last else found


@shelf.answer("restream", "lists.py: projects_on")
def cursor_repeats(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """A page begins with the last project of the page before."""
    return ground.answer(_Pages(view, -1) if operation(call) == "listClipProjects" else view, call, moment)


@shelf.answer("restream", "lists.py: projects_on")
def cursor_skips(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """Between two pages one project is lost."""
    return ground.answer(_Pages(view, 1) if operation(call) == "listClipProjects" else view, call, moment)


def _moved(call: Call, by: int) -> Call:
    found = _SKIP.fullmatch(argument(call, "cursor") or "")
    return with_query(call, cursor=f"skip{max(int(found[1]) + by, 0)}") if found and operation(call) else call


@shelf.answer("livepeer", "lists.py: read_page")
def offset_one_too_few(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """A page begins with the last item of the page before."""
    return ground.answer(view, _moved(call, -1), moment)


@shelf.answer("livepeer", "lists.py: read_page")
def offset_one_too_many(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """Between two pages one item is lost."""
    return ground.answer(view, _moved(call, 1), moment)


@shelf.answer("both", "lists.py: read_limit, read_page")
def page_limit_ignored(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """A list holds as many items as it wants, whatever `limit` says."""
    sane = operation(call) in _LISTS and argument(call, "limit") and not call.violations
    return ground.answer(view, with_query(call, limit=None) if sane else call, moment)


@shelf.answer("restream", "projects.py: _summary")
def list_counts_other_clips(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """A project's clipsCount in the list is one more than its details have clips."""

    def more(value: Json) -> Json:
        for project in value["projects"]:
            project["clipsCount"] += 1
        return value

    outcome = ground.answer(view, call, moment)
    return said(outcome, more) if operation(call) == "listClipProjects" and fine(outcome) else outcome


@shelf.answer("livepeer", "assets.py: get_assets")
def list_disagrees_with_detail(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """The list of assets shows another name than the asset itself: the first ten characters."""
    outcome = ground.answer(view, call, moment)
    if operation(call) != "getAssets" or not fine(outcome):
        return outcome
    return said(outcome, lambda assets: [{**one, "name": one["name"][:10]} for one in assets])


def _old(one: Record, now: int) -> bool:
    created = one["createdAt"]
    at = instant(created) if isinstance(created, str) else created
    return (at or 0) < now - _HOUR


@shelf.answer("both", "lists.py: read from a replica that is an hour behind")
def created_not_in_the_list(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """What was made in the last hour is in no list yet."""

    def stale(value: Json) -> Json:
        if isinstance(value, list):
            return [one for one in value if _old(one, moment.now)]
        return {**value, "projects": [one for one in value["projects"] if _old(one, moment.now)]}

    outcome = ground.answer(view, call, moment)
    return said(outcome, stale) if operation(call) in _LISTS and fine(outcome) else outcome


@shelf.answer("restream", "lists.py: projects_on")
def more_than_there_is(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """The last page says that there are more, and gives no cursor to get them."""

    def more(value: Json) -> Json:
        value["pagination"]["hasMore"] = True
        return value

    outcome = ground.answer(view, call, moment)
    return said(outcome, more) if operation(call) == "listClipProjects" and fine(outcome) else outcome


@shelf.answer("livepeer", "lists.py: headers_for")
def total_of_the_page_only(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """X-Total-Count counts the page instead of everything."""
    outcome = ground.answer(view, call, moment)
    if outcome.reply.header("x-total-count") is None:
        return outcome
    return replace(outcome, reply=with_header(outcome.reply, "X-Total-Count", str(len(outcome.reply.value))))
