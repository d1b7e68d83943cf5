"""Conflicts: the whole of a video is clipped once, a part of it as often as one likes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mockserver.conformance.finding import Finding
from mockserver.conformance.rule import Broken, Rule, Skip
from mockserver.conformance.rules.asking import Answer, ask_together, expect, until
from mockserver.conformance.rules.evidence import found
from mockserver.conformance.rules.restream.facts import CREATE, CREATED, PROJECTS, body_of, create, details, fresh_file
from mockserver.conformance.rules.restream.facts import projects as all_projects
from mockserver.conformance.session import Session
from mockserver.core.text import Record

_RACING: Final = 8
_ABOUT_REPEAT: Final = (
    "Restream, Create Project: without selectedTimeRange the whole video is clipped; when it has been already, the "
    "answer is 409 ClipsInputAlreadyProcessed and nothing changes."
)
_ABOUT_RANGE: Final = (
    "Restream, Create Project: with selectedTimeRange the clips of that span are added to the project."
)
_ABOUT_FORCE: Final = "Restream, Create Project: forceReprocess clips the whole video again instead of answering 409."
_ABOUT_ONE: Final = "Restream, Create Project: a source has one project; later calls add clips to it."


def settle(session: Session, project: str) -> Answer:
    """The details of a project once nothing is generated any more. Raises Skip when that takes too long."""
    done, last = until(session, details(session, project), lambda seen: seen.at("/generatingClipsNow") is False)
    if not done:
        raise Skip(f"clips of project {project} are generated for longer than this check waits")
    return last


def _conflict(session: Session) -> Iterator[Finding]:
    file = fresh_file(session)
    id, length = str(file["id"]), float(file["durationSeconds"])
    spans = [(0.0, min(length, 30.0)), (max(length - 25.0, 0.0), length), (0.0, min(length, 20.0))]
    first = create(session, id, spans[0], note="a range, the first call of this file")
    yield from _no_conflict(session, first, [], "range-conflict", "the first call, for a range,", _ABOUT_RANGE)
    project = expect(first, *CREATED).need("/projectId")
    whole = create(session, id, note="the whole video, for the first time")
    about = f"{_ABOUT_REPEAT} A range that was clipped before is not the whole video."
    yield from _no_conflict(session, whole, [first], "conflict-spurious", "the first call for the whole video", about)
    if whole.good:
        yield from _same_project(session, first, whole)
        yield from _repeated(session, id, project, whole)
    settle(session, project)
    later = create(session, id, spans[1], note="another range")
    yield from _no_conflict(session, later, [whole], "range-conflict", "a call for a range", _ABOUT_RANGE)
    if later.good:
        yield from _same_project(session, first, later)
    settle(session, project)
    forced = create(session, id, force=True, note="from scratch")
    yield from _no_conflict(session, forced, [whole], "force-conflict", "forceReprocess", _ABOUT_FORCE)
    if forced.good:
        yield from _same_project(session, first, forced)
        if settle(session, project).items("/clips"):
            again = create(session, id, note="the whole video once more")
            yield from _has_conflict(session, forced, again)
    both = create(session, id, spans[2], force=True, note="a range; forceReprocess means nothing with it")
    yield from _no_conflict(session, both, [whole], "range-conflict", "a range with forceReprocess", _ABOUT_RANGE)


def _repeated(session: Session, file: str, project: str, whole: Answer) -> Iterator[Finding]:
    """After the whole video was clipped, and gave clips, the same call is a conflict, however often it is made."""
    if not settle(session, project).items("/clips"):
        return  # whether a run that found nothing counts is a reading (`empty-run-counts`)
    again = create(session, file, note="the same again")
    yield from _has_conflict(session, whole, again)
    titled = create(session, file, title="Another title", note="the same with a title")
    if again.status == 409:
        yield from _has_conflict(session, whole, titled)
        yield from _same_title(session, whole, titled, project)


def _same_title(session: Session, whole: Answer, titled: Answer, project: str) -> Iterator[Finding]:
    listed = PROJECTS.first(session)
    item: Record = next((one for one in PROJECTS.items_of(listed) if one.get("projectId") == project), {})
    if titled.status == 409 and item.get("title", whole.at("/title")) != whole.at("/title"):
        title = f"a call that is refused with 409 changes the project's title to {item['title']!r:.80}"
        expression = (
            'next(p for p in replies[2].json()["projects"] if p["projectId"] == replies[0].json()["projectId"])'
        )
        must = [f'{expression}["title"] == replies[0].json()["title"]']
        yield found(session, "refused-changes", title, [whole, titled, listed], must=must, about=_ABOUT_REPEAT)


def _no_conflict(
    session: Session, answer: Answer, before: list[Answer], rule: str, what: str, about: str
) -> Iterator[Finding]:
    if answer.status == 409:
        must = [f"replies[{len(before)}].status_code != 409"]
        title = f"{what} is answered with 409"
        yield found(session, rule, title, [*before, answer], must=must, about=about, where="responses/409")


def _has_conflict(session: Session, first: Answer, again: Answer) -> Iterator[Finding]:
    if again.status == 409:
        return
    title = f"the whole video was clipped already, and asking for it again is answered with {again.status}"
    must = ["replies[1].status_code == 409"]
    yield found(
        session, "conflict-missing", title, [first, again], must=must, about=_ABOUT_REPEAT, where="responses/409"
    )


def _same_project(session: Session, first: Answer, later: Answer) -> Iterator[Finding]:
    if later.at("/projectId") != first.at("/projectId"):
        title = "a later call for the same file makes another project"
        must = ['replies[1].json()["projectId"] == replies[0].json()["projectId"]']
        yield found(session, "project-split", title, [first, later], must=must, about=_ABOUT_ONE)


def _race(session: Session) -> Iterator[Finding]:
    file = str(fresh_file(session)["id"])
    request = session.subject.request(CREATE, body=body_of(file))
    answers = ask_together(session, [request] * _RACING, note="at the same time")
    winners = [answer for answer in answers if answer.good]
    losers = [answer for answer in answers if answer.status == 409]
    for answer in winners[:1]:
        session.stays(f"clip project {answer.at('/projectId')}")
    if answers and not winners and len(losers) == len(answers):
        title = f"{len(answers)} identical first calls at once are all answered with 409"
        must = ["any(reply.status_code == 201 for reply in replies)"]
        raise Broken(
            found(session, "race-no-winner", title, losers[:3], must=must, about=_ABOUT_REPEAT, where="responses/409")
        )
    if not winners:
        raise Skip(f"none of {_RACING} identical calls succeeded: {answers[0].line if answers else 'no reply'}")
    repeat = create(session, file, note="the same once more")
    listed = PROJECTS.first(session)
    ids = {str(answer.at("/projectId")) for answer in winners}
    owners = [str(item["projectId"]) for item in all_projects(session).get(file, []) if "projectId" in item]
    if len(ids | set(owners)) > 1:
        title = f"{len(answers)} identical calls at once make {len(ids | set(owners))} projects of one file"
        apart = [next(answer for answer in winners if str(answer.at("/projectId")) == id) for id in sorted(ids)]
        must = [f'len([item for item in replies[-1].json()["projects"] if item["sourceIdentifier"] == "{file}"]) == 1']
        yield found(session, "race-two-projects", title, [*apart[:3], listed], must=must, about=_ABOUT_ONE)
    # Where a repetition is accepted while the first is still made (reading `repeat-while-running`) many may win.
    elif len(winners) > 1 and repeat.status == 409:
        title = f"{len(winners)} of {len(answers)} identical calls at once are answered with {winners[0].status}"
        must = ["sorted(reply.status_code for reply in replies[:2]) == [201, 409]"]
        yield found(session, "race-two-winners", title, [*winners[:2], repeat], must=must, about=_ABOUT_REPEAT)
    settle(session, sorted(ids)[0])


CONFLICT: Final = (
    Rule(
        "conflict",
        "Asking twice for the whole of a video is a conflict; the first time, a range and forceReprocess never are.",
        _conflict,
        (CREATE, "getClipProject", "listClipProjects", "listStorageFiles"),
        "restream",
        writes=True,
    ),
    Rule(
        "race",
        "Of identical calls for the whole of a video at the same time one wins, and the file has one project.",
        _race,
        (CREATE, "getClipProject", "listClipProjects", "listStorageFiles"),
        "restream",
        writes=True,
    ),
)
