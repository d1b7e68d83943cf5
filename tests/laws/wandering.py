"""A wanderer through one provider's world, who does anything that anybody can do to it and notes the edges it takes.

Time goes from one due step to the next, as if somebody looked all the time. `$task` in what is done is a task there is
by then, the `which`th from the newest, so that acts can be drawn before anybody knows what they will meet.
"""

from __future__ import annotations

import re
from itertools import product
from typing import Any, Final, NamedTuple

from hypothesis import strategies as st

from mockserver.core.http import Reply
from mockserver.core.text import Json, Record
from mockserver.core.world import Outcome, View, WorldId
from mockserver.engine import custody
from mockserver.engine.fault_cards import FAULT_CARDS
from mockserver.engine.fault_reader import fault_from
from mockserver.errors import VerbError
from mockserver.providers.livepeer.fates import FATES
from mockserver.providers.restream.runs import GENERATIONS
from tests.laws.playing import Play, run
from tests.laws.states import Edge, States, edges_between, states

STREAM: Final = "eaw4nk06ts2d0mzb"
_TIMES: Final = {"startTime": 1_587_667_174_725, "endTime": 1_587_667_204_725}
TEN_SECONDS: Final = "00010000-0000-4000-8000-000000000000"
_FILES: Final = (
    TEN_SECONDS,
    "57ac0000-0000-4000-8000-000000000000",
    "deaf0000-0000-4000-8000-000000000000",
    "fa110000-0000-4000-8000-000000000000",
    "a1b2c3d4-e5f6-7890-abcd-ef1234567890",
)
_PHASES: Final = ("uploading", "waiting", "processing", "ready", "failed", "deleting", "deleted")
_APP: Final = "client_id=test_me%2Bexample-app&client_secret=any"
_CODE: Final = "grant_type=authorization_code&code=test_me%2Bcode-to-exchange&redirect_uri=https://example.com/callback"


class Act(NamedTuple):
    """What somebody does: `wait` (ms), `fault` (of jobs, from now on), a verb with its body, or a call (of `Play`)."""

    name: str
    words: Any
    which: int = 0


CLIP: Final = Act("POST /api/clip", {"body": {"playbackId": STREAM, **_TIMES}})
UNDECODABLE: Final = Act("POST /api/clip", {"body": {"playbackId": STREAM, **_TIMES, "startTime": 0.5}})
RETRY: Final = Act("POST /api/task/$task/retry", {})


_FAULTS: Final = tuple(Act("fault", card.fault) for card in FAULT_CARDS if card.job)
_HOW: Final[tuple[Record, ...]] = (
    {},
    {"forceReprocess": True},
    {"singleClipMode": True, "forceReprocess": True},
    {"selectedTimeRange": {"startOffsetSeconds": 0, "endOffsetSeconds": 10}},
)
_NEW_FILE: Final = {"title": "new.mp4", "durationSeconds": 60}
_UNREADY: Final[tuple[Record, ...]] = ({}, {"status": "Failed"}, {"status": "Processing", "readyAfter": 4_000})
_NEW_TOKEN: Final = {"key": "spare", "refreshToken": "spare-refresh", "clientId": "example-app"}
_DEAD: Final[tuple[Record, ...]] = ({}, {"expiresIn": -1}, {"refreshExpiresIn": -1}, {"revoked": True})


def _report(progress: float) -> Act:
    body = {"status": {"phase": "running", "progress": progress}}
    return Act("POST /api/task/$task/status", {"key": "+admin", "body": body})


def settle(fate: str) -> Act:
    return Act("settle-clips", {"stream": STREAM, "clips": fate})


def project(id: str, **how: Json) -> Act:
    return Act(
        "POST /v2/user/clips/projects", {"body": {"sourceType": "VideoStorageFile", "videoStorageFileId": id, **how}}
    )


def settle_file(file: str, generation: str) -> Act:
    return Act("settle-clips", {"file": file, "generation": generation})


def _verbs(name: str, *bodies: Json) -> tuple[Act, ...]:
    return tuple(Act(name, body) for body in bodies)


# What is done, by what it is about; in a random schedule each of these is as likely as another.
HANDS: Final = (
    RETRY,
    Act("POST /api/asset/$asset/retry", {}),
    Act("DELETE /api/asset/$asset", {}),
    Act("PATCH /api/asset/$asset", {"body": {"name": "another"}}),
    _report(0.25),
    _report(0.75),
    *_verbs("fail-clip", {"clip": "$task"}, {"clip": "$task", "errorMessage": "by hand"}),
    *_verbs("fail-clip", {"clip": "$task", "retriable": True}),
    *_verbs("finish-clip", {"clip": "$task"}),
    *_verbs("stick-clip", {"clip": "$task"}),
)
NEW_ASSETS: Final = _verbs("add-asset", *({"phase": phase} for phase in _PHASES))
RUNS: Final = tuple(Act(verb, {"project": "$project"}) for verb in ("finish-run", "fail-run", "stick-run"))
NEW_FILES: Final = _verbs("add-file", *({**_NEW_FILE, **how} for how in _UNREADY))
_FILE_VERBS: Final = (
    *_verbs("finish-file", {"file": "$file", "durationSeconds": 60}),
    *_verbs("fail-file", {"file": "$file"}),
    *_verbs("remove-file", {"file": "$file"}),
)
GIVE_TOKENS: Final = _verbs("add-token", *({**_NEW_TOKEN, **how} for how in _DEAD))
TOKENS: Final = (
    *_verbs("expire-access-token", {"key": "$grant"}),
    *_verbs("expire-refresh-token", {"key": "$grant"}),
    *_verbs("revoke-token", {"key": "$grant"}),
    *_verbs("disconnect", {"clientId": "example-app"}),
    *(
        Act(f"POST /oauth/{call}", {"key": None, "form": form})
        for call, form in (
            ("token", f"{_CODE}&{_APP}"),
            ("token", f"grant_type=refresh_token&refresh_token=$refresh&{_APP}"),
            ("revoke", "token=$grant"),
            ("revoke", "token=$refresh"),
        )
    ),
)
_ON_LIVEPEER: Final = (
    ((CLIP,), (UNDECODABLE,)),
    tuple((settle(fate), CLIP) for fate in FATES),
    tuple((act, CLIP) for act in _FAULTS),
    *(tuple((act,) for act in each) for each in (HANDS[:4], HANDS[4:], NEW_ASSETS)),
)
_ON_RESTREAM: Final = (
    tuple((project(id, **how),) for id, how in product(_FILES, _HOW)),
    tuple((act, project(TEN_SECONDS, forceReprocess=True)) for act in _FAULTS),
    tuple((settle_file(file, each), project(file, forceReprocess=True)) for file in _FILES[:2] for each in GENERATIONS),
    *(tuple((act,) for act in each) for each in (RUNS, NEW_FILES, _FILE_VERBS, GIVE_TOKENS, TOKENS)),
)
_WAITS: Final = st.integers(0, 400_000) | st.sampled_from((2_000, 80_000, 120_000, 3_660_000, 366 * 86_400_000))


def acts(provider: str) -> st.SearchStrategy[list[Act]]:
    """Some things that are done to a world of a provider, one after another."""
    groups = _ON_LIVEPEER if provider == "livepeer" else _ON_RESTREAM
    about = st.just(0) | st.integers(0, 40)
    done = st.sampled_from(groups).flatmap(st.sampled_from)
    chosen = st.builds(lambda acts, which: [act._replace(which=which) for act in acts], done, about)
    waited = st.builds(lambda ms: [Act("wait", ms)], _WAITS)
    return st.lists(chosen | chosen | waited, max_size=16).map(lambda each: [act for acts in each for act in acts])


class Wanderer:
    """`edges` are those taken so far."""

    def __init__(self, provider: str, **settings: Any) -> None:
        self.server = Play(**settings)
        self.world = WorldId(provider, self.server.key)
        self.server.call("GET", "/api/stream?limit=1" if provider == "livepeer" else "/v2/user/storage/files")
        self.edges: set[Edge] = set()
        self._seen = self._states()

    def begin_anew(self) -> None:
        """The world as it was made; what has happened is kept."""
        run(custody.reset(self.server.engine, self.world))
        self._seen = self._states()

    def do(self, act: Act) -> None:
        """Do it if the world lets it be done."""
        if act.name == "wait":
            self._wait(act.words)
        elif act.name == "fault":
            self.server.engine.faults.clear()
            self.server.engine.faults.add(fault_from(act.words))
        else:
            self._act(act)
        self._look()

    def _act(self, act: Act) -> None:
        try:
            name, words = self._filled(act.name, act.which), self._filled(act.words, act.which)
            if " " not in name:
                self.server.do(self.world.provider, name, words)
                return
        except (LookupError, VerbError):
            return  # nothing of the kind is there, or in a state for it
        self.server.call(*name.split(), **words)

    def _wait(self, ms: int) -> None:
        until = self._now() + ms
        while (due := self._due()) is not None and due <= until:
            self.server.wait(max(0, due - self._now()))
            self._look()
        self.server.wait(until - self._now())

    def _look(self) -> None:
        seen = self._states()
        self.edges |= set(edges_between(self._seen, seen))
        self._seen = seen

    def _states(self) -> States:
        contents = run(self.server.engine.store.contents(self.world))
        return states(self.world.provider, contents, self._now())

    def _now(self) -> int:
        return self.server.engine.clock.now()

    def _due(self) -> int | None:
        found: list[int | None] = []

        def look(view: View) -> Outcome:
            due = view.next_due()
            found.append(None if due is None else due.at)
            return Outcome(Reply(204))

        run(self.server.engine.store.transact(self.world, look, counted=False))
        return found[-1]

    def _filled(self, said: Json, which: int) -> Json:
        """With an id for each `$kind`. Raises LookupError where there is none."""
        if isinstance(said, dict):
            return {name: self._filled(each, which) for name, each in said.items()}
        if isinstance(said, str):
            return re.sub(r"\$([a-z]+)", lambda found: self._id(found[1], which), said)
        return said

    def _id(self, kind: str, which: int) -> str:
        """One of the records of a kind, but for the pair of tokens that all calls are made with."""
        records: Record = run(self.server.engine.store.contents(self.world)).records
        if kind in ("grant", "refresh"):
            field = "access" if kind == "grant" else "refresh"
            ids = [grant[field] for grant in records["grant"].values() if grant[field] and grant["id"] != "test_me"]
        else:
            ids = sorted(records.get(kind, {}), key=lambda id: _born(records[kind][id]))
        if not ids:
            raise LookupError(kind)
        return str(ids[-1 - which % len(ids)])


def _born(record: Record) -> int:
    """When it came into the world, of a task or a run's project when it was touched last."""
    doc = record.get("doc", record)
    born: int = doc.get("scheduledAt") or doc.get("lastActivity") or doc["createdAt"]
    return born
