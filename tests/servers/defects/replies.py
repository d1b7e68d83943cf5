"""Replies of another shape: what the document says, but for one thing."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from mockserver.core.http import Reply
from mockserver.core.provider import Call, Moment
from mockserver.core.text import Json
from mockserver.core.world import Outcome, View
from mockserver.providers.restream.instants import instant, iso
from tests.servers.bending import edited, fine, operation, said, status, with_header
from tests.servers.defect import Ground, shelf

_HOUR: Final = 3_600_000
_ASSETS: Final = frozenset({"createClip", "getAsset", "getAssets", "getClipsOf", "getClips", "getSessionClips"})


@shelf.answer("restream", "projects.py: shown_clip")
def required_field_dropped(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """A clip that nobody made a favourite has no `favouritedAt`, instead of null."""

    def dropped(value: Json) -> Json:
        value["clips"] = [{k: v for k, v in clip.items() if v is not None} for clip in value["clips"]]
        return value

    outcome = ground.answer(view, call, moment)
    return said(outcome, dropped) if operation(call) == "getClipProject" and fine(outcome) else outcome


@shelf.answer("livepeer", "cleaning.py: shown_asset")
def source_dropped_in_list(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """The list of assets leaves out the required `source`."""
    outcome = ground.answer(view, call, moment)
    if operation(call) != "getAssets" or not fine(outcome):
        return outcome
    return said(outcome, lambda assets: [{k: one[k] for k in one if k != "source"} for one in assets])


@shelf.answer("livepeer", "output.py: asset_spec")
def wrong_type_deep_inside(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """In the videoSpec of a ready asset, `bitrate` is a string."""

    def stringly(asset: Json) -> Json:
        if asset.get("videoSpec"):
            asset["videoSpec"]["bitrate"] = str(asset["videoSpec"].get("bitrate"))
        return asset

    outcome = ground.answer(view, call, moment)
    return said(outcome, stringly) if operation(call) == "getAsset" and fine(outcome) else outcome


@shelf.answer("restream", "words.py: draw_words")
def score_as_text(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """A clip's viralityScore is a string."""

    def stringly(value: Json) -> Json:
        for clip in value["clips"]:
            clip["viralityScore"] = str(clip["viralityScore"])
        return value

    outcome = ground.answer(view, call, moment)
    return said(outcome, stringly) if operation(call) == "getClipProject" and fine(outcome) else outcome


@shelf.answer("livepeer", "cleaning.py: external_asset")
def undocumented_property(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """An asset shows the database's own `_id`, which its closed schema does not have."""
    outcome = ground.answer(view, call, moment)
    return (
        said(outcome, lambda asset: {"_id": 17, **asset})
        if operation(call) == "getAsset" and fine(outcome)
        else outcome
    )


@shelf.answer("restream", "storage.py: shown_file")
def status_in_lower_case(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """A file's status is `ready`, where the document has `Ready`."""
    outcome = ground.answer(view, call, moment)
    if operation(call) != "getStorageFile" or not fine(outcome):
        return outcome
    return said(outcome, lambda file: {**file, "status": file["status"].lower()})


@shelf.answer("restream", "creation.py: _accepted")
def status_200_for_201(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """A new project is answered with 200 instead of 201."""
    outcome = ground.answer(view, call, moment)
    return status(outcome, 200) if operation(call) == "createClipProject" and fine(outcome) else outcome


@shelf.answer("livepeer", "streams.py: create_stream")
def stream_with_200(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """A new stream is answered with 200, where the document knows 201 only."""
    outcome = ground.answer(view, call, moment)
    return status(outcome, 200) if operation(call) == "createStream" and fine(outcome) else outcome


@shelf.answer("restream", "errors.py: not_found")
def undocumented_status(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """A project that isn't there is 410, which the document does not have."""
    outcome = ground.answer(view, call, moment)
    gone = operation(call) == "getClipProject" and outcome.reply.status == 404
    return status(outcome, 410) if gone else outcome


@shelf.answer("restream", "projects.py: list_clip_projects")
def wrong_content_type(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """The list of projects is JSON that says it is HTML."""
    outcome = ground.answer(view, call, moment)
    if operation(call) != "listClipProjects":
        return outcome
    return replace(outcome, reply=with_header(outcome.reply, "Content-Type", "text/html; charset=utf-8"))


def _refusal(outcome: Outcome) -> bool:
    return outcome.reply.status >= 400 and isinstance(outcome.reply.value, dict)


@shelf.answer("restream", "errors.py: _envelope")
def error_of_another_shape(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """404 comes in the web framework's own shape instead of Restream's envelope."""
    outcome = ground.answer(view, call, moment)
    if operation(call) == "" or outcome.reply.status != 404:
        return outcome
    return said(outcome, lambda _: {"statusCode": 404, "error": "Not Found", "message": "Not Found"})


@shelf.answer("livepeer", "express.py: error_reply")
def error_instead_of_errors(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """A refused clip says `error` with one text instead of `errors` with a list."""
    outcome = ground.answer(view, call, moment)
    if operation(call) != "createClip" or not _refusal(outcome):
        return outcome
    return said(outcome, lambda value: {"error": value["errors"][0]})


@shelf.answer("restream", "errors.py: _envelope")
def error_numbers_disagree(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """The three numbers of the error envelope are 500, whatever the reply's status."""

    def always_500(value: Json) -> Json:
        return {"error": {**value["error"], "statusCode": 500, "status": 500, "code": 500}}

    outcome = ground.answer(view, call, moment)
    return said(outcome, always_500) if operation(call) and _refusal(outcome) else outcome


@shelf.answer("livepeer", "clips.py: _asset")
def times_in_seconds(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """An asset's createdAt is in seconds, where the document has milliseconds."""

    def seconds(value: Json) -> Json:
        for one in value if isinstance(value, list) else [value.get("asset", value)]:
            one["createdAt"] //= 1000
        return value

    outcome = ground.answer(view, call, moment)
    return said(outcome, seconds) if operation(call) in _ASSETS and fine(outcome) else outcome


@shelf.answer("restream", "instants.py: iso")
def created_in_the_future(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """createdAt is local time of an hour east, marked as UTC."""

    def later(value: Json) -> Json:
        for one in (value, *value.get("projects", ()), *value.get("clips", ()), *value.get("files", ())):
            if "createdAt" in one:
                one["createdAt"] = iso((instant(one["createdAt"]) or 0) + _HOUR)
        return value

    outcome = ground.answer(view, call, moment)
    return said(outcome, later) if operation(call) and fine(outcome) and outcome.reply.value else outcome


@shelf.answer("both", "core/http.py: Reply; a proxy's 404 for HEAD")
def head_differs_from_get(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """HEAD of what GET has is 404."""
    outcome = ground.answer(view, call, moment)
    if call.request.method != "HEAD" or not fine(outcome) or not operation(call):
        return outcome
    error = {"errors": ["not found"]} if ground.healthy.name == "livepeer" else _restreams(404)
    return Outcome(edited(replace(outcome.reply, status=404), lambda _: error))


def _restreams(number: int) -> Json:
    return {
        "error": {"statusCode": number, "status": number, "code": number, "message": "NotFound", "name": "not_found"}
    }


@shelf.answer("livepeer", "express.py: etag")
def etag_always_new(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """The ETag of what has not changed is another one each time, so nothing is ever 304."""
    outcome = ground.answer(view, call, moment)
    ground.memory["tags"] = ground.memory.get("tags", 0) + 1
    reply = outcome.reply
    if reply.header("etag") is None:
        return outcome
    return replace(outcome, reply=with_header(reply, "ETag", f'W/"{ground.memory["tags"]:x}"'))


@shelf.answer("livepeer", "express.py: not_modified")
def not_modified_whatever_is_known(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """Any If-None-Match gets 304, whether its tag fits or not."""
    outcome = ground.answer(view, call, moment)
    known = call.request.header("if-none-match")
    if known is None or call.request.method != "GET" or outcome.reply.status != 200 or not operation(call):
        return outcome
    bare = with_header(outcome.reply, "Content-Type", None)
    return replace(outcome, reply=Reply(304, bare.headers))
