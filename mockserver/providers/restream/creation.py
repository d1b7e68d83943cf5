"""createClipProject: what an accepted call changes, and what it answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockserver.core.http import Reply
from mockserver.core.provider import Call, Moment
from mockserver.core.text import Json, Record
from mockserver.core.world import Outcome, Put, View
from mockserver.providers.restream.credentials import Session
from mockserver.providers.restream.decision import Case, case_of, refusal, verdict
from mockserver.providers.restream.instants import iso
from mockserver.providers.restream.readings import reading
from mockserver.providers.restream.runs import began, has_lane, new_run, plan_run, planned, replaced, troubled
from mockserver.providers.restream.usage import afforded, charged
from mockserver.providers.restream.wishes import read_wish

if TYPE_CHECKING:
    from mockserver.core.fault import Job


def create_clip_project(view: View, call: Call, moment: Moment, session: Session) -> Outcome:
    case = case_of(view, moment, session.account, read_wish(call, moment))
    refused = refusal(case)
    if refused is not None:
        return Outcome(refused)
    assert case.file is not None  # the file's check has passed
    return _accepted(case, case.file, call.job)


def _accepted(case: Case, file: Record, job: Job | None) -> Outcome:
    view, moment = case.view, case.moment
    project = _project(case, file)
    run = _run(case, file, project)
    plan, fails = plan_run(file, case.span, case.asked.mode, moment.chance.child("plan"), first=run["number"] == 1)
    if job is not None:
        plan, fails, stuck = troubled(plan, job, run["number"], fails=fails, stuck=run["stuck"])
        run = {**run, "stuck": stuck}
    plan = afforded(plan, case.account, moment)
    run = planned(run, plan, fails=fails)
    starts = verdict(case) == "start"
    changes = (
        Put("account", case.account["id"], charged(case.account, plan, moment)),
        Put("project", project["id"], project),
        Put("run", run["id"], began(run, moment) if starts else run),
        *(replaced(view, run) if starts else ()),
    )
    status = 201 if case.project is None else int(reading(moment, "later-status"))
    return Outcome(Reply.json(status, _created(case, project)), changes)


def _project(case: Case, file: Record) -> Record:
    """The project as it is after this call: a new one, or the source's own with some activity."""
    wish, now = case.asked, case.moment.now
    if case.project is not None:
        retitled = wish.title is not None and reading(case.moment, "later-title") == "updated"
        title = wish.title if retitled else case.project["title"]
        return {**case.project, "title": title, "lastActivity": now}
    untitled = file["title"] if reading(case.moment, "missing-title") == "file-title" else ""
    return {
        "id": case.moment.chance.child("project").uuid(),
        "account": case.account["id"],
        "sourceTypeName": wish.source_type,
        "sourceIdentifier": file["id"],
        "title": untitled if wish.title is None else wish.title,
        "createdAt": now,
        "lastActivity": now,
        "clipsMade": 0,
    }


def _run(case: Case, file: Record, project: Record) -> Record:
    wish = case.asked
    return new_run(
        case.moment.chance.child("run").uuid(),
        project,
        case.view.count("run", "project", project["id"]) + 1,
        file,
        mode=wish.mode,
        range=wish.span,
        lane=has_lane(case.moment, whole=wish.span is None),
        replaces=wish.force and wish.span is None and reading(case.moment, "force-reprocess") == "replace",
    )


def _created(case: Case, project: Record) -> Json:
    original = case.project is None or reading(case.moment, "later-created-at") == "original"
    return {
        "projectId": project["id"],
        "sourceTypeName": project["sourceTypeName"],
        "sourceIdentifier": project["sourceIdentifier"],
        "title": project["title"],
        "createdAt": iso(project["createdAt"] if original else case.moment.now),
    }
