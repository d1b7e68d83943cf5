"""A Livepeer world in a test's hands: what no client can do there, as methods with types.

Names and values are those of the verbs (`mockserver ctl worlds verbs WORLD`) and of world documents. What is left out
is drawn or as usual; instants are Unix ms, or ms from the world's beginning where they are negative.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Literal, TypedDict, Unpack

from mockserver.core.text import Json
from mockserver.testing.mock import Mock
from mockserver.testing.webhooks import Webhooks

Fate = Literal[
    "ready",
    "slow",
    "stuck",
    "early-playback",
    "fails-once",
    "fails-twice",
    "fails",
    "fails-until-retried",
    "input-error",
    "times-out",
    "no-output",
    "rejected",
    "undecodable",
]
AssetType = Literal["clip", "recording", "directUpload"]
Phase = Literal["uploading", "waiting", "processing", "ready", "failed", "deleting", "deleted"]


class NewStream(TypedDict, total=False):
    """What else `add_stream` takes; see `Mock.do`."""

    playbackId: str
    id: str
    name: str
    user: str
    project: str
    created: int
    seen: int
    isActive: bool
    record: bool
    suspended: bool
    deleted: bool
    clips: Fate


class NewSession(TypedDict, total=False):
    """What else `add_session` takes; see `Mock.do`."""

    id: str
    name: str
    created: int
    seen: int
    record: bool
    recordingStart: int
    recordingEnd: int | None
    recordingMissing: bool
    sourceSegmentsDuration: float
    picture: Mapping[str, Json]
    clips: Fate


class NewBroadcast(TypedDict, total=False):
    session: str
    name: str


class Suspension(TypedDict, total=False):
    suspended: bool


class Settled(TypedDict, total=False):
    stream: str
    session: str


class NewAsset(TypedDict, total=False):
    """What else `add_asset` takes; see `Mock.do`."""

    id: str
    playbackId: str
    name: str
    user: str
    project: str
    tokenName: str
    type: AssetType
    session: str
    created: int
    updated: int
    phase: Phase
    progress: float
    errorMessage: str
    seconds: float
    bare: bool


class Failure(TypedDict, total=False):
    errorMessage: str
    retriable: bool


class NewUser(TypedDict, total=False):
    """What else `add_user` takes; see `Mock.do`."""

    id: str
    email: str
    admin: bool
    suspended: bool
    emailValid: bool
    created: int
    project: str
    clipLimit: int


class NewKey(TypedDict, total=False):
    """What else `add_key` takes; see `Mock.do`."""

    name: str
    user: str
    project: str
    cors: Mapping[str, Json]
    rules: Sequence[Json]


class UserSuspension(TypedDict, total=False):
    user: str
    suspended: bool


class Verification(TypedDict, total=False):
    user: str
    emailValid: bool


class WhichUser(TypedDict, total=False):
    user: str


class LivepeerMock(Mock):
    """See `Mock`; `webhooks` is a receiver, and each verb of the provider is a method that returns what came of it."""

    @cached_property
    def webhooks(self) -> Webhooks:
        """A receiver on this machine for what this world's webhooks are told."""
        return Webhooks(self)

    def close(self) -> None:
        self.webhooks.close()
        super().close()

    def add_stream(self, **said: Unpack[NewStream]) -> Json:
        """A stream comes into the world, with its playback ID drawn if none is given."""
        return self.do("add-stream", **said)

    def add_session(self, stream: str, **said: Unpack[NewSession]) -> Json:
        """A session of a stream comes into the world, over or going on, recorded or not."""
        return self.do("add-session", stream=stream, **said)

    def go_live(self, stream: str, **said: Unpack[NewBroadcast]) -> Json:
        """A stream goes on air: a session begins and is recorded if the stream says so."""
        return self.do("go-live", stream=stream, **said)

    def go_idle(self, stream: str) -> Json:
        """A stream goes off air: its newest session ends now, and the recording of it."""
        return self.do("go-idle", stream=stream)

    def suspend_stream(self, stream: str, **said: Unpack[Suspension]) -> Json:
        """A stream is barred, so that it can't be clipped any more, or let in again."""
        return self.do("suspend-stream", stream=stream, **said)

    def settle_clips(self, clips: Fate, **said: Unpack[Settled]) -> Json:
        """What becomes of clips asked for from now on: they are ready, slow, stuck, or fail in some way."""
        return self.do("settle-clips", clips=clips, **said)

    def add_asset(self, **said: Unpack[NewAsset]) -> Json:
        """An asset comes into the world: an upload, a recording, or a clip without a task; no event tells of it."""
        return self.do("add-asset", **said)

    def finish_clip(self, clip: str) -> Json:
        """A clip in progress is ready now."""
        return self.do("finish-clip", clip=clip)

    def fail_clip(self, clip: str, **said: Unpack[Failure]) -> Json:
        """A clip in progress fails now, for good or so that it is tried again."""
        return self.do("fail-clip", clip=clip, **said)

    def stick_clip(self, clip: str) -> Json:
        """A clip in progress gets no further by itself."""
        return self.do("stick-clip", clip=clip)

    def add_user(self, name: str, **said: Unpack[NewUser]) -> Json:
        """An account comes into the world."""
        return self.do("add-user", name=name, **said)

    def add_key(self, key: str, **said: Unpack[NewKey]) -> Json:
        """A user gets an API key; in a private world `test_x` it is `test_x+<key>`, as the reply says."""
        return self.do("add-key", key=key, **said)

    def revoke_key(self, key: str) -> Json:
        """An API key is no longer known."""
        return self.do("revoke-key", key=key)

    def suspend_user(self, **said: Unpack[UserSuspension]) -> Json:
        """A user is barred, or let in again."""
        return self.do("suspend-user", **said)

    def verify_user(self, **said: Unpack[Verification]) -> Json:
        """A user's e-mail is verified, or not any more."""
        return self.do("verify-user", **said)

    def set_clip_limit(self, limit: int, **said: Unpack[WhichUser]) -> Json:
        """How many clips in progress a user may have."""
        return self.do("set-clip-limit", limit=limit, **said)

    def expire_token(self, token: str) -> Json:
        """An access token of the dashboard (a JWT) expires now, whatever it says."""
        return self.do("expire-token", token=token)
