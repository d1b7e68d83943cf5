"""What holds whatever is called in whatever order: the invariants of projects, runs and clips."""

from __future__ import annotations

from typing import Final

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from mockserver.core.text import Json, dump
from tests.providers.restream.desk import FILES, HOUR, PROJECTS, Desk

QUIET: Final = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])

DURATIONS: Final = {
    "normal": 1500.0,
    "finds-nothing": 700,
    "fails": 700,
    "fails-once": 700,
    "short": 12.25,
    "tiny": 9.5,
}
IDS: Final = {name: f"0000000{number}-0000-4000-8000-000000000000" for number, name in enumerate(DURATIONS)}
SECTION: Final = {
    "accounts": [{"id": "main"}, {"id": "stranger"}],
    "keys": [{"key": "main"}, {"key": "stranger", "account": "stranger"}],
    "files": [
        {
            "id": IDS[name],
            "title": f"{name}.mp4",
            "durationSeconds": duration,
            "generation": name if name in ("finds-nothing", "fails", "fails-once") else "normal",
        }
        for name, duration in DURATIONS.items()
    ],
}

files = st.sampled_from(list(DURATIONS))
offsets = st.one_of(st.integers(0, 1500), st.floats(0, 1500, allow_nan=False))
spans = st.one_of(st.none(), st.tuples(offsets, offsets), st.tuples(st.just(0), st.integers(10, 60)))
wishes = st.fixed_dictionaries(
    {"file": files, "span": spans},
    optional={"singleClipMode": st.booleans(), "forceReprocess": st.booleans(), "title": st.text(max_size=8)},
)
jumps = st.lists(st.integers(0, 400_000), max_size=6)


def send(desk: Desk, wish: dict[str, Json], key: str = "") -> tuple[int, Json]:
    fields = dict(wish)
    reply = desk.create(IDS[fields.pop("file")], key=key, **fields)
    return reply.status, reply.value


class Projects(RuleBasedStateMachine):
    """Calls in any order, at any time; after each, everything a user can see is held against the invariants."""

    @initialize(pace=st.sampled_from([0.0, 1.0, 60.0, float("inf")]))
    def open(self, pace: float) -> None:
        self.desk = Desk(SECTION, pace=pace)
        self.clips: dict[str, list[str]] = {}
        self.seen: set[str] = set()
        self.generating: dict[str, bool] = {}
        self.spans: dict[str, list[tuple[float, float]]] = {}

    @rule(wish=wishes)
    def create(self, wish: dict[str, Json]) -> None:
        before = self.desk.state()
        counts = {one["projectId"]: one["clipsCount"] for one in self.desk.listed(limit=100)["projects"]}
        status, value = send(self.desk, wish)
        if status != 201:
            assert self.desk.state() == before
            return
        project = value["projectId"]
        duration = DURATIONS[wish["file"]]
        self.spans.setdefault(project, []).append(wish["span"] or (0, duration))
        after = {one["projectId"]: one["clipsCount"] for one in self.desk.listed(limit=100)["projects"]}
        assert all(after[id] >= count for id, count in counts.items())

    @rule(wish=wishes)
    def a_stranger_creates(self, wish: dict[str, Json]) -> None:
        before = self.desk.state()
        status, _ = send(self.desk, wish, "+stranger")
        assert status in (400, 404)
        assert self.desk.state() == before

    @rule(ms=st.integers(0, 700_000))
    def wait(self, ms: int) -> None:
        self.desk.wait(ms)

    @invariant()
    def at_most_one_project_for_a_source(self) -> None:
        sources = [one["sourceIdentifier"] for one in self.desk.listed(limit=100)["projects"]]
        assert len(sources) == len(set(sources))

    @invariant()
    def the_list_says_what_the_details_say(self) -> None:
        for summary in self.desk.listed(limit=100)["projects"]:
            details = self.desk.details(summary["projectId"])
            assert summary["clipsCount"] == len(details["clips"]) == len(summary["clipThumbnails"])
            assert summary["generatingClipsNow"] == details["generatingClipsNow"]

    @invariant()
    def clips_only_ever_come_and_ids_are_never_reused(self) -> None:
        for summary in self.desk.listed(limit=100)["projects"]:
            project = summary["projectId"]
            ids = [clip["clipId"] for clip in self.desk.details(project)["clips"]]
            old = self.clips.get(project, [])
            assert ids[: len(old)] == old
            new = set(ids[len(old) :])
            assert not new & self.seen
            self.seen |= new
            self.clips[project] = ids

    @invariant()
    def clips_lie_in_their_video_and_in_the_range_of_a_run(self) -> None:
        durations = {id: DURATIONS[name] for name, id in IDS.items()}
        for summary in self.desk.listed(limit=100)["projects"]:
            duration = durations[summary["sourceIdentifier"]]
            for clip in self.desk.details(summary["projectId"])["clips"]:
                start, end = clip["sourceStartSeconds"], clip["sourceEndSeconds"]
                assert 0 <= start < end <= duration
                assert any(low <= start and end <= high for low, high in self.spans[summary["projectId"]])

    @invariant()
    def generating_ends_only_after_the_last_planned_clip(self) -> None:
        for summary in self.desk.listed(limit=100)["projects"]:
            project = summary["projectId"]
            runs = self.desk.look("run", "project", project)
            finished = all(run["state"] in ("done", "failed") for run in runs)
            assert summary["generatingClipsNow"] is not finished
            if finished:
                assert summary["clipsCount"] == sum(len(run["plan"]) for run in runs)

    @invariant()
    def every_clip_can_be_downloaded(self) -> None:
        for summary in self.desk.listed(limit=2)["projects"]:
            for clip in self.desk.details(summary["projectId"])["clips"][-1:]:
                reply = self.desk.get(f"/v2/user/clips/{clip['clipId']}/download")
                url = reply.value["downloadUrl"].removeprefix("http://mock.test")
                assert self.desk.get(url, key=None).body[4:8] == b"ftyp"


Projects.TestCase.settings = settings(
    max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestProjects = Projects.TestCase


def everything(desk: Desk) -> bytes:
    runs = [run for one in desk.listed(limit=100)["projects"] for run in desk.look("run", "project", one["projectId"])]
    return dump([desk.state().decode(), runs])


@QUIET
@given(st.lists(wishes, max_size=4), jumps, st.sampled_from([0.0, 1.0, 60.0, 7.0]))
def test_many_small_jumps_equal_one_large_jump(calls: list[dict[str, Json]], small: list[int], pace: float) -> None:
    desks = [Desk(SECTION, pace=pace), Desk(SECTION, pace=pace)]
    for wish in calls:
        assert send(desks[0], wish) == send(desks[1], wish)
    for ms in small:
        desks[0].wait(ms)
    desks[1].wait(sum(small))
    assert everything(desks[0]) == everything(desks[1])


@QUIET
@given(st.lists(st.tuples(wishes, st.integers(0, 300_000)), max_size=5), st.integers(0, 3))
def test_the_same_seed_and_calls_give_the_same_bytes(calls: list[tuple[dict[str, Json], int]], seed: int) -> None:
    def play() -> bytes:
        desk = Desk(SECTION, seed=seed)
        said = []
        for wish, ms in calls:
            said.append(send(desk, wish))
            desk.wait(ms)
        return dump([said, everything(desk).decode()])

    assert play() == play()


def test_another_seed_gives_other_ids_and_words() -> None:
    states = []
    for seed in (0, 1):
        desk = Desk(SECTION, seed=seed)
        project = desk.create(IDS["normal"]).value["projectId"]
        desk.wait(HOUR)
        clips = desk.details(project)["clips"]
        states.append(({project, *(clip["clipId"] for clip in clips)}, [clip["transcriptText"] for clip in clips]))
    assert not states[0][0] & states[1][0]
    assert states[0][1] != states[1][1]


def test_with_an_infinite_pace_everything_is_there_at_once() -> None:
    desk = Desk(SECTION, pace=float("inf"))
    details = desk.details(desk.create(IDS["normal"]).value["projectId"])
    assert details["generatingClipsNow"] is False
    assert len(details["clips"]) > 3


def test_time_alone_changes_nothing_a_reader_asked_for_twice() -> None:
    desk = Desk(SECTION)
    desk.create(IDS["normal"])
    desk.wait(100_000)
    assert desk.state() == desk.state()
    assert desk.get(FILES).body == desk.get(FILES).body
    assert desk.get(PROJECTS).body == desk.get(PROJECTS).body
