"""Livepeer's Python SDK, unmodified, against the command: the whole clip workflow, and what it makes of errors."""

from __future__ import annotations

import json

import pytest
from livepeer import Livepeer
from livepeer.models import components, errors
from pydantic import ValidationError

from mockserver.core.text import Json
from tests.clients.conftest import Command

PLAYBACK_ID = "eaw4nk06ts2d0mzb"
SESSION = "de7818e7-610a-4057-8f6f-b785dc1e6f88"
CLIP = {"playback_id": PLAYBACK_ID, "start_time": 1587667174725, "end_time": 1587667184725, "name": "My Clip"}

# To a type checker everything the SDK returns may be None; to these tests that would be a failure anyway.
Sdk = Json


def connect(command: Command, key: str | None = None) -> Sdk:
    return Livepeer(api_key=key or command.key, server_url=f"{command.url}/api")


@pytest.fixture
def sdk(at_once: Command) -> Sdk:
    return connect(at_once)


@pytest.fixture
def strict(by_the_book: Command) -> Sdk:
    return connect(by_the_book)


def clip(sdk: Sdk, **fields: Json) -> Json:
    """Create a clip; what the SDK made of the reply."""
    return sdk.stream.create_clip(request={**CLIP, **fields}).data


def test_a_clip_is_created(sdk: Sdk) -> None:
    made = clip(sdk)
    assert made.task.id
    assert made.asset.name == "My Clip"
    assert made.asset.playback_id[:4] == made.asset.id[:4]
    assert made.asset.status.phase == "waiting"


def test_a_clip_is_polled_until_it_is_ready(in_time: Command) -> None:
    sdk = connect(in_time)
    made = clip(sdk)
    phases = []
    for _ in range(5_000):
        asset = sdk.asset.get(asset_id=made.asset.id).asset
        phases.append(asset.status.phase)
        if asset.status.phase not in ("waiting", "processing"):
            break
    assert made.asset.status.phase == "waiting"
    assert list(dict.fromkeys(phases))[-2:] == ["processing", "ready"]
    assert asset.playback_url and asset.download_url
    assert asset.hash is None


def test_a_task_tells_how_far_it_is(in_time: Command) -> None:
    sdk = connect(in_time)
    made = clip(sdk)
    seen = []
    for _ in range(5_000):
        status = sdk.task.get(task_id=made.task.id).task.status
        seen.append((status.phase, status.progress))
        if status.phase not in ("waiting", "running"):
            break
    assert list(dict.fromkeys(phase for phase, _ in seen))[-2:] == ["running", "completed"]
    progress = [part for phase, part in seen if phase == "running"]
    assert progress == sorted(progress)


def test_a_ready_clip_plays(sdk: Sdk) -> None:
    made = clip(sdk)
    info = sdk.playback.get(id=made.asset.playback_id).playback_info
    assert info.type == "vod"
    assert {source.hrn for source in info.meta.source} >= {"MP4", "HLS (TS)"}


def test_a_clip_is_listed_with_its_stream_its_session_and_among_all(sdk: Sdk) -> None:
    made = clip(sdk)
    session = made.asset.source.session_id
    stream = sdk.session.get(id=session).session.parent_id
    for listed in (
        sdk.stream.get_clips(id=stream).data,
        sdk.session.get_clips(id=session).data,
        sdk.asset.get_all().data,
    ):
        assert made.asset.id in [asset.id for asset in listed]
    assert made.task.id in [task.id for task in sdk.task.get_all().data]


def test_the_documentation_s_session_can_be_clipped(sdk: Sdk) -> None:
    assert clip(sdk, session_id=SESSION).asset.source.session_id == SESSION


def test_a_deleted_clip_is_gone(sdk: Sdk) -> None:
    made = clip(sdk)
    sdk.asset.delete(asset_id=made.asset.id)
    with pytest.raises(errors.SDKError) as raised:
        sdk.asset.get(asset_id=made.asset.id)
    assert raised.value.status_code == 404
    assert json.loads(raised.value.body) == {"errors": ["Asset not found"]}


def test_a_stream_is_created_and_read(sdk: Sdk) -> None:
    made = sdk.stream.create(request={"name": "test_stream", "record": True}).stream
    assert sdk.stream.get(id=made.id).stream.name == "test_stream"
    assert made.id in [stream.id for stream in sdk.stream.get_all().data]


def test_sessions_are_read(sdk: Sdk) -> None:
    session = clip(sdk).asset.source.session_id
    found = sdk.session.get(id=session).session
    assert found.id == session
    assert session in [one.id for one in sdk.session.get_all().data]
    assert {one.parent_id for one in sdk.session.get_recorded(parent_id=found.parent_id).data} == {found.parent_id}


@pytest.mark.parametrize(
    ("fields", "status", "says"),
    [
        ({"playback_id": "nope"}, 404, "Content not found"),
        ({"session_id": "nope"}, 404, "Session not found"),
        ({"end_time": 1}, 422, "endTime must occur after startTime"),
    ],
)
def test_an_error_carries_status_and_raw_body(sdk: Sdk, fields: dict[str, Json], status: int, says: str) -> None:
    with pytest.raises(errors.SDKError) as raised:
        clip(sdk, **fields)
    assert (raised.value.status_code, raised.value.body) == (status, f'{{"errors":["{says}"]}}')


def test_a_key_nobody_knows_is_refused(at_once: Command) -> None:
    with pytest.raises(errors.SDKError) as raised:
        clip(connect(at_once, "nope"))
    assert (raised.value.status_code, raised.value.body) == (401, '{"errors":["no token nope found"]}')


def test_somebody_else_s_stream_may_not_be_clipped(at_once: Command) -> None:
    with pytest.raises(errors.SDKError) as raised:
        clip(connect(at_once, f"{at_once.key}+stranger"))
    assert raised.value.status_code == 403
    assert json.loads(raised.value.body) == {"errors": ["You do not have permission to clip this stream"]}


def test_playback_of_nothing_is_the_one_error_the_document_words(sdk: Sdk) -> None:
    with pytest.raises(errors.Error) as raised:
        sdk.playback.get(id="nope")
    assert raised.value.data.errors == ["No playback URL found for nope"]


def hook(name: str) -> dict[str, Json]:
    return {"name": name, "url": "http://127.0.0.1:9/hook", "events": ["asset.created", "asset.ready"]}


def test_the_real_status_of_a_webhook_surprises_the_sdk_although_it_is_created(sdk: Sdk) -> None:
    with pytest.raises(ValidationError):
        sdk.webhook.create(request=hook("surprise"))
    assert "surprise" in [webhook.name for webhook in sdk.webhook.get_all().data]


def test_by_the_document_a_webhook_lives_without_surprise(strict: Sdk) -> None:
    made = strict.webhook.create(request=hook("calm")).webhook
    assert made.name == "calm"
    assert made.events == [components.Events.ASSET_CREATED, components.Events.ASSET_READY]
    assert strict.webhook.get(id=made.id).webhook.name == "calm"
    assert strict.webhook.update(id=made.id, webhook=hook("calmer")).webhook.name == "calmer"
    assert strict.webhook.delete(id=made.id).webhook.id == made.id
    with pytest.raises(errors.SDKError):
        strict.webhook.get(id=made.id)
