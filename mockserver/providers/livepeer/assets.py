"""Assets: read, list, change, delete, try again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mockserver.core.text import Json, Record
from mockserver.core.world import Put
from mockserver.providers.livepeer import ajv, jobs
from mockserver.providers.livepeer.cleaning import shown_asset
from mockserver.providers.livepeer.effects import Scene
from mockserver.providers.livepeer.filters import Field, Test
from mockserver.providers.livepeer.kinds import recency
from mockserver.providers.livepeer.lists import Source, headers_for, merged, owner_keys, read_page
from mockserver.providers.livepeer.notices import asset_notice
from mockserver.providers.livepeer.stored import updated
from mockserver.providers.livepeer.visit import Answer, Refused, Visit, may_see

USUAL_ORDER: Final = "updatedAt-true,createdAt-true"

FIELDS: Final = {
    "id": Field(("id",)),
    "name": Field(("name",), "full-text"),
    "objectStoreId": Field(("objectStoreId",)),
    "createdAt": Field(("createdAt",), "int"),
    "updatedAt": Field(("status", "updatedAt"), "int"),
    "userId": Field(("userId",)),
    "creatorId": Field(("creatorId", "value")),
    "playbackId": Field(("playbackId",)),
    "playbackRecordingId": Field(("playbackRecordingId",)),
    "projectId": Field(("projectId",)),
    "phase": Field(("status", "phase")),
    "cid": Field(("storage", "ipfs", "cid")),
    "nftMetadataCid": Field(("storage", "ipfs", "nftMetadata", "cid")),
    "sourceUrl": Field(("source", "url")),
    "sourceSessionId": Field(("source", "sessionId")),
    "sourceAssetId": Field(("source", "assetId")),
    "sourceType": Field(("source", "type")),
    "sourcePlaybackId": Field(("source", "playbackId")),
}
# These may also be asked for by an argument of their own.
_ARGUMENTS: Final = ("playbackId", "sourceUrl", "phase")


def get_asset(visit: Visit) -> Answer:
    asset = visit.view.get("asset", visit.call.path["assetId"])
    if asset is None or asset.get("deleted"):
        raise Refused(404, "Asset not found")
    if not may_see(visit.caller, asset):
        raise Refused(404, "not found")
    return Answer(200, shown_asset(visit, asset, bool(visit.query().get("details"))))


def get_assets(visit: Visit) -> Answer:
    query = visit.query()
    page = read_page(visit, _source(visit, query), query, _arguments(query))
    shown = [shown_asset(visit, doc, bool(query.get("details"))) for doc in page.docs]
    return Answer(200, shown, headers=headers_for(visit.request, page))


def _source(visit: Visit, query: dict[str, str]) -> Source:
    view = visit.view
    keys = owner_keys(visit, of_all=visit.caller.admin and query.get("allUsers", "false") not in ("", "false"))

    def usual() -> Iterator[Record]:
        return merged((view.find("asset", "owner", key, reverse=True) for key in keys), newest)

    return Source(usual, USUAL_ORDER, FIELDS, lambda: sum(view.count("asset", "owner", key) for key in keys))


def newest(asset: Record) -> str:
    """The order of the usual list."""
    return recency(asset["status"]["updatedAt"], asset["createdAt"])


def _arguments(query: dict[str, str]) -> list[Test]:
    tests: list[Test] = []
    for name in _ARGUMENTS:
        if name in query:
            tests.append(_equals(FIELDS[name], query[name]))
    cid = query.get("cid")
    if cid:
        stored, url = FIELDS["cid"], FIELDS["sourceUrl"]
        tests.append(lambda doc: stored.of(doc) == cid or url.of(doc) == f"ipfs://{cid}")
    return tests


def _equals(field: Field, wanted: str) -> Test:
    return lambda doc: field.of(doc) == wanted


def update_asset(visit: Visit) -> Answer:
    """Name, creator and playback policy can be changed; a copy to IPFS is asked for but never made here."""
    ajv.check(visit, required=None)
    asset = visit.view.get("asset", visit.call.path["assetId"])
    if asset is None or not (visit.caller.admin or asset["userId"] == visit.caller.id):
        raise Refused(404, "asset not found")
    if asset["status"]["phase"] != "ready":
        raise Refused(422, "asset is not ready")
    policy = visit.body.get("playbackPolicy")
    if policy and _private(policy) != _private(asset.get("playbackPolicy")):
        raise Refused(422, "cannot update playback policy from private to public or vice versa")
    changes = _changes(visit.body)
    changes["status"] = {**asset["status"], "updatedAt": visit.moment.now}
    asset = updated(asset, changes)
    notice = asset_notice("asset.updated", asset, visit.view, visit.settings, visit.moment)
    return Answer(200, shown_asset(visit, asset, False), (Put("asset", asset["id"], asset),), (notice,))


def _changes(body: Record) -> dict[str, Json]:
    changes = {name: body[name] for name in ("name", "playbackPolicy") if body.get(name) is not None}
    creator = body.get("creatorId")
    if creator is not None:
        changes["creatorId"] = as_creator(creator)
    return changes


def as_creator(creator: Json) -> Json:
    """A creator as it is stored: a text is short for an unverified one."""
    return {"type": "unverified", "value": creator} if isinstance(creator, str) else creator


def _private(policy: Record | None) -> bool:
    return policy is not None and policy.get("type") != "public"


def delete_asset(visit: Visit) -> Answer:
    """It goes from everywhere at once; the notice shows it as it was."""
    asset = visit.view.get("asset", visit.call.path["assetId"])
    if asset is None:
        raise Refused(404, "Asset not found")
    if not (visit.caller.admin or asset["userId"] == visit.caller.id):
        raise Refused(403, "users may only delete their own assets")
    if asset.get("deleted") or asset["status"]["phase"] == "deleting":
        raise Refused(400, "asset is already deleted")
    now = visit.moment.now
    gone = updated(asset, {"deleted": True, "deletedAt": now, "status": {"phase": "deleting", "updatedAt": now}})
    notice = asset_notice("asset.deleted", asset, visit.view, visit.settings, visit.moment)
    return Answer(204, changes=(Put("asset", asset["id"], gone),), notices=(notice,))


def retry_asset(visit: Visit) -> Answer:
    """Runs the task that makes the asset once more."""
    view, caller = visit.view, visit.caller
    asset = view.get("asset", visit.call.path["assetId"])
    if asset is None:
        raise Refused(404, "Asset not found")
    if not (caller.admin or asset["userId"] == caller.id):
        raise Refused(403, "users may only retry their own assets")
    if asset["status"]["phase"] != "failed":
        raise Refused(400, "Asset is not failed")
    task = next(view.find("task", "asset", asset["id"]), None)
    if task is None:
        raise Refused(404, "Task not found")
    if task["doc"]["status"]["phase"] not in ("failed", "cancelled"):
        raise Refused(400, "task is not in a retryable state")
    outcome = jobs.retried(Scene(view, visit.moment, visit.settings), task, asset)
    return Answer(204, None, outcome.changes, outcome.notices)
