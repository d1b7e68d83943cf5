"""Reading projects and clips: the list, the details of one, and a clip's download URL."""

from __future__ import annotations

from itertools import islice

from mockserver.core.http import Reply
from mockserver.core.provider import Call, Moment
from mockserver.core.text import Json, Record
from mockserver.core.world import Outcome, View
from mockserver.providers.restream.credentials import Session
from mockserver.providers.restream.errors import not_found
from mockserver.providers.restream.ids import path_id
from mockserver.providers.restream.instants import iso
from mockserver.providers.restream.lists import projects_on, read_page
from mockserver.providers.restream.readings import reading
from mockserver.providers.restream.urls import download_url, thumbnail_url


def list_clip_projects(view: View, call: Call, moment: Moment, session: Session) -> Outcome:
    page = read_page(call, moment)
    if isinstance(page, Reply):
        return Outcome(page)
    projects, pagination = projects_on(page, view, session.account["id"], moment)
    shown = [_summary(view, project, moment, session) for project in projects]
    return Outcome(Reply.json(200, {"projects": shown, "pagination": pagination}))


def get_clip_project(view: View, call: Call, moment: Moment, session: Session) -> Outcome:
    id = path_id(call.path["projectId"], moment)
    if isinstance(id, Reply):
        return Outcome(id)
    project = view.get("project", id) if id else None
    if project is None or project["account"] != session.account["id"]:
        return Outcome(not_found(moment, "ClipProject"))
    clips = list(view.find("clip", "project", project["id"]))
    if reading(moment, "clip-order") == "virality":
        clips.sort(key=lambda clip: -1 if clip["score"] is None else clip["score"], reverse=True)
    details = {
        "generatingClipsNow": _generating(view, project),
        "clips": [shown_clip(clip, moment, session.account) for clip in clips],
        "postedClips": [shown_post(post) for post in view.find("post", "project", project["id"])],
    }
    return Outcome(Reply.json(200, details))


def get_clip_download_url(view: View, call: Call, moment: Moment, session: Session) -> Outcome:
    id = path_id(call.path["clipId"], moment)
    if isinstance(id, Reply):
        return Outcome(id)
    clip = view.get("clip", id) if id else None
    if clip is None or clip["account"] != session.account["id"]:
        return Outcome(not_found(moment, "Clip"))
    return Outcome(Reply.json(200, {"downloadUrl": download_url(moment, session.account, "clip", clip["id"])}))


def _generating(view: View, project: Record) -> bool:
    return view.count("run", "unfinished", project["id"]) > 0


def _summary(view: View, project: Record, moment: Moment, session: Session) -> Json:
    most = 3 if reading(moment, "clip-thumbnails") == "first-three" else None
    clips = islice(view.find("clip", "project", project["id"]), most)
    return {
        "projectId": project["id"],
        "sourceTypeName": project["sourceTypeName"],
        "sourceIdentifier": project["sourceIdentifier"],
        "title": project["title"],
        "clipsCount": view.count("clip", "project", project["id"]),
        "clipThumbnails": [thumbnail_url(moment, session.account, clip["id"]) for clip in clips],
        "generatingClipsNow": _generating(view, project),
        "createdAt": iso(project["createdAt"]),
    }


def shown_clip(clip: Record, moment: Moment, account: Record) -> Json:
    """A clip as its project shows it."""
    favourite = clip["favouritedAt"]
    return {
        "clipId": clip["id"],
        "name": clip["name"],
        "viralityScore": clip["score"],
        "viralityScoreExplanation": clip["explanation"],
        "transcriptText": clip["transcript"],
        "sourceStartSeconds": clip["start"],
        "sourceEndSeconds": clip["end"],
        "thumbnailUrl": thumbnail_url(moment, account, clip["id"]),
        "favouritedAt": None if favourite is None else iso(favourite),
        "createdAt": iso(clip["createdAt"]),
    }


def shown_post(post: Record) -> Json:
    """A posted clip as its project shows it."""
    return {
        "clipId": post["clipId"],
        "platform": post["platform"],
        "channelId": post["channelId"],
        "status": post["status"],
        "createdAt": iso(post["createdAt"]),
        "platformUrl": post["platformUrl"],
    }
