"""A Restream world in a test's hands: what no client can do there, as methods with types.

Names and values are those of the verbs (`mockserver ctl worlds verbs WORLD`) and of world documents. What is left out
is drawn or as usual; instants are Unix ms, or ms from the world's beginning where they are negative.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypedDict, Unpack

from mockserver.core.text import Json
from mockserver.testing.mock import Mock

FileStatus = Literal["Processing", "Ready", "Failed"]
Generation = Literal["normal", "finds-nothing", "fails", "fails-once", "stuck"]


class NewFile(TypedDict, total=False):
    """What else `add_file` takes; see `Mock.do`."""

    id: str
    account: str
    status: FileStatus
    durationSeconds: float
    sizeBytes: int
    createdAt: int | str
    readyAfter: int
    generation: Generation


class FileFacts(TypedDict, total=False):
    durationSeconds: float
    sizeBytes: int


class When(TypedDict, total=False):
    favouritedAt: int | str


class Post(TypedDict, total=False):
    """What else `post_clip` takes; see `Mock.do`."""

    status: str
    createdAt: int | str
    platformUrl: str | None


class WhoseQuota(TypedDict, total=False):
    account: str
    used: int


class WhichAccount(TypedDict, total=False):
    account: str


class NewToken(TypedDict, total=False):
    """What else `add_token` takes; see `Mock.do`."""

    account: str
    scopes: Sequence[str]
    expiresIn: int
    revoked: bool
    refreshToken: str
    refreshExpiresIn: int
    clientId: str


class WhichToken(TypedDict, total=False):
    key: str


class WhichApplication(TypedDict, total=False):
    account: str
    clientId: str


class RestreamMock(Mock):
    """See `Mock`; each verb of the provider is a method that returns what came of it."""

    def add_file(self, title: str, **said: Unpack[NewFile]) -> Json:
        """A file comes into the Video Storage, ready or still being processed."""
        return self.do("add-file", title=title, **said)

    def remove_file(self, file: str) -> Json:
        """A file is deleted from the Video Storage; its project and clips stay."""
        return self.do("remove-file", file=file)

    def finish_file(self, file: str, **said: Unpack[FileFacts]) -> Json:
        """A file is processed and `Ready` now."""
        return self.do("finish-file", file=file, **said)

    def fail_file(self, file: str) -> Json:
        """The processing of a file fails."""
        return self.do("fail-file", file=file)

    def settle_clips(self, file: str, generation: Generation) -> Json:
        """What comes of clipping a file from now on: clips, none at all, a failure, or no end."""
        return self.do("settle-clips", file=file, generation=generation)

    def favourite(self, clip: str, **said: Unpack[When]) -> Json:
        """A user marks a clip as a favourite in the web app."""
        return self.do("favourite-clip", clip=clip, **said)

    def unfavourite(self, clip: str) -> Json:
        """A user takes that mark off again."""
        return self.do("unfavourite-clip", clip=clip)

    def post_clip(self, clip_id: str, platform: str, channel_id: int, **said: Unpack[Post]) -> Json:
        """A user posts a clip to a channel from the web app."""
        return self.do("post-clip", clipId=clip_id, platform=platform, channelId=channel_id, **said)

    def finish_run(self, project: str) -> Json:
        """The clips that are still to come of a project's run are there now, and the run is done."""
        return self.do("finish-run", project=project)

    def fail_run(self, project: str) -> Json:
        """A project's run ends now without the clips that were still to come."""
        return self.do("fail-run", project=project)

    def stick_run(self, project: str) -> Json:
        """A project's run makes no more clips and never ends."""
        return self.do("stick-run", project=project)

    def set_quota(self, quota: int | None, **said: Unpack[WhoseQuota]) -> Json:
        """How many clips a month an account's plan allows, and how many of them are used."""
        return self.do("set-quota", quota=quota, **said)

    def use_up_quota(self, **said: Unpack[WhichAccount]) -> Json:
        """Nothing is left of an account's quota this month; one without a limit gets what it has used as its limit."""
        return self.do("use-up-quota", **said)

    def set_feature(self, clips: bool, **said: Unpack[WhichAccount]) -> Json:
        """The clips feature is activated for an account, or is not any more."""
        return self.do("set-feature", clips=clips, **said)

    def add_token(self, key: str, **said: Unpack[NewToken]) -> Json:
        """An account gets a pair of tokens; in a private world `test_x` it is `test_x+<key>`, as the reply says."""
        return self.do("add-token", key=key, **said)

    def expire_access_token(self, **said: Unpack[WhichToken]) -> Json:
        """An access token expires now."""
        return self.do("expire-access-token", **said)

    def expire_refresh_token(self, **said: Unpack[WhichToken]) -> Json:
        """A refresh token expires now."""
        return self.do("expire-refresh-token", **said)

    def revoke_token(self, **said: Unpack[WhichToken]) -> Json:
        """A pair of tokens is revoked, as if its application had asked for it."""
        return self.do("revoke-token", **said)

    def disconnect(self, **said: Unpack[WhichApplication]) -> Json:
        """A user disconnects an application, or all of them: the tokens they have of the account are dead."""
        return self.do("disconnect", **said)
