"""Documents as each kind of reader gets to see them: what is hidden, what is added, what the strict readings change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mockserver.core.provider import Moment
from mockserver.core.text import Json, Record
from mockserver.providers.livepeer.visit import Caller, Visit, reads_strictly

_HIDDEN: Final = frozenset({"objectStoreId", "files", "sourcePlaybackReady", "deleted", "deletedAt"})
_NEVER: Final = frozenset({"deleted", "deletedAt"})


def join(base: str, *parts: str) -> str:
    """Parts of a URL with one slash between them."""
    return "/".join((base.rstrip("/"), *(part.strip("/") for part in parts)))


def assets_url(settings: Record, moment: Moment) -> str:
    """Where the files of assets are: the store's own address, or this very server."""
    return settings["assets"].get("publicUrl") or f"{moment.origin}/media/livepeer"


def external_asset(
    doc: Record, settings: Record, moment: Moment, *, details: bool, admin: bool = False
) -> dict[str, Json]:
    """An asset with its URLs, and for all but administrators without what is the server's own business."""
    hidden = _NEVER if admin else _HIDDEN
    shown = {key: value for key, value in doc.items() if key not in hidden}
    if not (admin or details) and "videoSpec" in shown:
        shown["videoSpec"] = {key: value for key, value in doc["videoSpec"].items() if key != "tracks"}
    files = doc.get("files")
    if files:
        base = join(assets_url(settings, moment), doc["playbackId"])
        if doc["status"]["phase"] == "ready":
            shown["downloadUrl"] = f"{base}/{download_path(files)}"
        manifest = file_of(files, "catalyst_hls_manifest")
        if manifest is not None:
            shown["playbackUrl"] = f"{base}/{manifest['path']}"
    return shown


def shown_asset(visit: Visit, doc: Record, details: bool) -> Record:
    """An asset as a route of its own or of the dashboard shows it."""
    admin = visit.caller.admin
    return with_project(external_asset(doc, visit.settings, visit.moment, details=details, admin=admin), visit.caller)


def listed_clip(visit: Visit, doc: Record, details: bool) -> Record:
    """A clip as the lists of a stream and of a session show it: hardly cleaned, and without URLs."""
    if reads_strictly(visit.moment, "clip-lists"):
        return with_project(external_asset(doc, visit.settings, visit.moment, details=details), visit.caller)
    return with_project({key: value for key, value in doc.items() if key not in _NEVER}, visit.caller)


def shown_task(doc: Record, moment: Moment, *, admin: bool = False) -> Record:
    """A task as its routes and its notices show it. The step is for administrators."""
    strict = reads_strictly(moment, "task")
    steps = "step" in doc["status"] and not admin
    if not (strict or steps or "sourceReadyAt" in doc):
        return doc
    shown = {key: value for key, value in doc.items() if key != "sourceReadyAt"}
    if steps:
        shown["status"] = {key: value for key, value in shown["status"].items() if key != "step"}
    if strict:
        shown.pop("userId", None)
        if "output" in shown:
            shown["output"] = {key: value for key, value in shown["output"].items() if key != "clip"}
    return shown


def with_project(shown: dict[str, Json], caller: Caller) -> Record:
    """A document with the caller's default project where it names none."""
    if not shown.get("projectId") and caller.default_project:
        shown["projectId"] = caller.default_project
    return shown


def file_of(files: list[Json], kind: str) -> Mapping[str, Json] | None:
    """The first file of a kind."""
    return next((file for file in files if file["type"] == kind), None)


def films(files: list[Json]) -> list[Json]:
    """The MP4 renditions, highest bitrate first."""
    return sorted((file for file in files if file["type"] == "static_transcoded_mp4"), key=_bitrate, reverse=True)


def download_path(files: list[Json]) -> str:
    """The best MP4, else the source, below the asset's playback ID."""
    best = films(files)
    if best:
        path: str = best[0]["path"]
        return path
    source = file_of(files, "source_file")
    return source["path"] if source else "video"


def _bitrate(file: Json) -> int:
    bitrate: int = file.get("spec", {}).get("bitrate", 0)
    return bitrate
