"""Files of the Video Storage: uploaded, processed, gone. Restream's public API makes and deletes none."""

from __future__ import annotations

from typing import Final

from mockserver.core.http import Reply
from mockserver.core.provider import Moment, Verb
from mockserver.core.text import Json, Record
from mockserver.core.world import Outcome, Put, Remove, View
from mockserver.providers.restream.runs import GENERATIONS
from mockserver.providers.restream.seed import file_record
from mockserver.providers.restream.storage import shown_file
from mockserver.providers.restream.verbs.lookup import ACCOUNT, body, one_of, plot_of
from mockserver.providers.restream.world_schema import COUNT, FILES, SECONDS, UUID

_FILE: Final = {**UUID, "description": "The id of a file."}
_PROCESSING: Final = "babe0000-0000-4000-8000-000000000000"
_READY: Final = "a1b2c3d4-e5f6-7890-abcd-ef1234567890"


def add_file(view: View, said: Json, moment: Moment) -> Outcome:
    file = file_record(plot_of(view, moment), {**said, "id": said.get("id") or moment.chance.uuid()}, ())
    if view.get("file", file["id"]) is not None:
        raise ValueError(f"/id: there is a file `{file['id']}` already")
    return _put(file)


def remove_file(view: View, said: Json, moment: Moment) -> Outcome:
    """Its project and clips stay."""
    file = one_of(view, "file", said)
    return Outcome(Reply.json(200, {"removed": file["id"]}), (Remove("file", file["id"]),))


def finish_file(view: View, said: Json, moment: Moment) -> Outcome:
    file = one_of(view, "file", said)
    known = file["ready"] or file
    duration = said.get("durationSeconds", known["durationSeconds"])
    if duration is None:
        raise ValueError("/durationSeconds: nothing says yet how long the file is")
    likely = known["sizeBytes"] if known["sizeBytes"] is not None else int(duration * 375_000)
    size = said.get("sizeBytes", likely)
    return _put({**file, "durationSeconds": duration, "sizeBytes": size, "status": "Ready", "ready": None})


def fail_file(view: View, said: Json, moment: Moment) -> Outcome:
    return _put({**one_of(view, "file", said), "status": "Failed", "ready": None})


def settle_clips(view: View, said: Json, moment: Moment) -> Outcome:
    return _put({**one_of(view, "file", said), "generation": said["generation"]})


def _put(file: Record) -> Outcome:
    return Outcome(Reply.json(200, {"file": shown_file(file)}), (Put("file", file["id"], file),))


VERBS: Final = (
    Verb(
        "add-file",
        "A file comes into the Video Storage, ready or still being processed.",
        body(
            "A file, as in a world document; its id is drawn if left out.",
            {**FILES["properties"], "account": ACCOUNT},
            "title",
            examples=[
                {"title": "Just uploaded.mp4", "durationSeconds": 900},
                {"title": "On its way.mp4", "status": "Processing", "durationSeconds": 60, "readyAfter": 30_000},
            ],
        ),
        add_file,
    ),
    Verb(
        "remove-file",
        "A file is deleted from the Video Storage; its project and clips stay.",
        body("Which file.", {"file": _FILE}, "file", examples=[{"file": _READY}]),
        remove_file,
    ),
    Verb(
        "finish-file",
        "A file is processed and `Ready` now.",
        body(
            "Which file, and what is known of it then; what is left out is what the file said it would be.",
            {
                "file": _FILE,
                "durationSeconds": {**SECONDS, "description": "Its length in seconds."},
                "sizeBytes": {**COUNT, "description": "Its size; one that fits the length if nothing is known."},
            },
            "file",
            examples=[{"file": _PROCESSING, "durationSeconds": 120}, {"file": "babe0001-0000-4000-8000-000000000000"}],
        ),
        finish_file,
    ),
    Verb(
        "fail-file",
        "The processing of a file fails.",
        body("Which file.", {"file": _FILE}, "file", examples=[{"file": _PROCESSING}]),
        fail_file,
    ),
    Verb(
        "settle-clips",
        "What comes of clipping a file from now on: clips, none at all, a failure, or no end.",
        body(
            "Which file, and what comes of it.",
            {
                "file": _FILE,
                "generation": {"enum": list(GENERATIONS), "description": "As in a world document."},
            },
            "file",
            "generation",
            examples=[{"file": _READY, "generation": "finds-nothing"}],
        ),
        settle_clips,
    ),
)
