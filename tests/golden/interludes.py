"""What happened beside the recorded exchanges: requests that were not kept, and the work of the provider's runner.

The recorder had no runner: it put results on the queue by hand. They are played to our server the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from mockserver.core.provider import Moment
from mockserver.core.text import Json, Record
from mockserver.core.world import Outcome, View
from mockserver.providers.livepeer import effects, jobs
from mockserver.providers.livepeer.effects import Effect, Scene
from mockserver.providers.livepeer.fates import INTERNAL_ERROR, NO_OUTPUT
from tests.golden.replay import Interlude, Run
from tests.golden.talk import STREAM, Talk

Act = Callable[[Scene, Record, Record | None], Effect]

# The clip of cases3 whose request was not kept; its ids come up later.
TASK_3: Final = "a73b55b6-3455-4175-ae22-5a209a5e46a1"
CLIP_3: Final = {"id": "2366e92a-baee-4b88-92a7-4b89e8b47c73", "playbackId": "2366x09h08yauvcm"}
FAILED_3: Final = "97ddacb5-45ff-4433-ba00-27432af28e19"
TASK_5: Final = "1ca6cdf1-4973-4e48-9e9a-568519b626e7"

# The result that was put on the queue in cases3.
RESULT: Final[Json] = {
    "name": "My Clip",
    "size": 1234567,
    "type": "video",
    "files": [
        {"path": "index.m3u8", "type": "catalyst_hls_manifest"},
        {
            "path": "720p0.mp4",
            "spec": {"size": 1000, "width": 1280, "height": 720, "bitrate": 3000000},
            "type": "static_transcoded_mp4",
        },
        {
            "path": "360p0.mp4",
            "spec": {"size": 500, "width": 640, "height": 360, "bitrate": 1000000},
            "type": "static_transcoded_mp4",
        },
        {"path": "video", "type": "source_file"},
        {"path": "thumbnails/thumbnails.vtt", "type": "thumbnails_vtt"},
    ],
    "videoSpec": {
        "format": "hls",
        "tracks": [
            {
                "fps": 30,
                "type": "video",
                "codec": "h264",
                "width": 1280,
                "height": 720,
                "bitrate": 3900000,
                "duration": 30,
            },
            {"type": "audio", "codec": "aac", "bitrate": 100000, "channels": 2, "duration": 30, "sampleRate": 48000},
        ],
        "bitrate": 4000000,
        "duration": 30,
    },
}
PARTIAL: Final = [{"path": "source.m3u8", "type": "catalyst_hls_manifest"}]


def finished(scene: Scene, task: Record, asset: Record | None) -> Effect:
    """The result of cases3, with the path its recorder made up."""
    effect = effects.completed(scene, task, asset, RESULT)
    clip = {**effect.task["output"]["clip"], "videoFilePath": "p"}
    return effect._replace(task={**effect.task, "output": {"clip": clip}})


def failed(message: str, output: Json = None) -> Act:
    return lambda scene, task, asset: effects.failed(scene, task, asset, message, output)


def put_off(scene: Scene, task: Record, asset: Record | None) -> Effect:
    """A retriable error, the first time."""
    return effects.failed_or_put_off(scene, task, asset, INTERNAL_ERROR)[0]


def playable(scene: Scene, task: Record, asset: Record | None) -> Effect:
    assert asset is not None
    return effects.playable(scene, task, asset, PARTIAL)


def queue(task: str, act: Act) -> Callable[[Run], None]:
    """What a queue message does to a task, named as in the recording, and to its asset."""

    def play(run: Run) -> None:
        ours = run.names.translate(task)

        def change(view: View, moment: Moment) -> Outcome:
            record = view.get("task", ours)
            assert record is not None, f"no task {ours} for the recorded {task}"
            asset = view.get("asset", record["doc"]["outputAssetId"])
            effect = act(Scene(view, moment, jobs.settings_of(view)), record["doc"], asset)
            return jobs.committed(effect, {**record["sim"], "at": None})  # nobody else works on it

        run.target.play(change)

    return play


def clip_of_cases_3(run: Run) -> None:
    body = {"playbackId": STREAM, "startTime": 1795348302989, "endTime": 1795348332989, "name": "My Clip"}
    made = Talk(run.target).post("/api/clip", body)
    run.names.learn({"task": {"id": TASK_3}, "asset": CLIP_3}, made.value)


def retry_of_cases_3(run: Run) -> None:
    Talk(run.target).post(f"/api/task/{run.names.translate(FAILED_3)}/retry", None)


def progress_of_cases_5(run: Run) -> None:
    Talk(run.target).status(run.names.translate(TASK_5), phase="running", progress=0.1)


def fill(start: int) -> Callable[[Run], None]:
    """As many clips of the stream as the limit allows; nothing when it is reached already."""

    def post(run: Run) -> None:
        body = {"playbackId": STREAM, "startTime": start, "endTime": start + 30_000}
        while Talk(run.target).post("/api/clip", body).status == 200:
            pass

    return post


INTERLUDES: Final[Mapping[str, tuple[Interlude, ...]]] = {
    "cases3": (
        Interlude(136, 1795348363030, "the clip's request was not kept", clip_of_cases_3, frozenset({134, 135})),
        Interlude(142, 1795348365248, "a result came from the queue", queue(TASK_3, finished)),
        Interlude(153, 1795348366139, "an unretriable error came", queue(FAILED_3, failed(INTERNAL_ERROR))),
        Interlude(158, 1795348366200, "the owner's retry was not kept", retry_of_cases_3, frozenset({157})),
        Interlude(160, 1795348367641, "a result without asset came", queue(FAILED_3, failed(NO_OUTPUT, {}))),
    ),
    "cases4": (
        Interlude(186, 1795348370200, "two of the clips that filled the limit were not kept", fill(1795348309816)),
    ),
    "cases5": (
        Interlude(238, 1795348371810, "a retriable error came from the queue", queue(TASK_5, put_off)),
        Interlude(241, 1795348372827, "a partial result came from the queue", queue(TASK_5, playable)),
        Interlude(246, 1795348372887, "an unretriable error came from the queue", queue(TASK_5, failed("boom"))),
        Interlude(249, 1795348372929, "the progress report was not kept", progress_of_cases_5, frozenset({248})),
    ),
    "cases6": (
        Interlude(269, 1795348373860, "three of the clips that filled the limit were not kept", fill(1795348313679)),
    ),
}  # fmt: skip
