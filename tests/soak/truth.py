"""What has to be true of a world after a storm: in what it lists, and in what its store holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from mockserver.core.http import Reply
from mockserver.core.text import Json, Record
from mockserver.core.world import Contents, Index, Outcome, Store, View, WorldId
from mockserver.engine.kept import kinds_of
from mockserver.providers import registry
from mockserver.stores.memory import MemoryStore
from tests.soak.load import NAMED, SOURCES, Told, listed, missing, now_of, projects_of

# What an asset's phase says of the phase of the task that makes it.
AGREE: Final[Mapping[str, frozenset[str]]] = {
    "waiting": frozenset({"pending", "waiting"}),
    "processing": frozenset({"running"}),
    "ready": frozenset({"completed"}),
    "failed": frozenset({"failed"}),
}
KINDS: Final = kinds_of(registry.find(("livepeer", "restream")))
# An everysec Redis may lose so much when it is killed (s): https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/
MOST_LOST_SECONDS: Final = 1.0


class Found:
    """What was wrong, and how often; `told` are the first of each sort."""

    def __init__(self) -> None:
        self.count: Counter[str] = Counter()
        self.allowed = 0  # acknowledged calls that are gone, as an everysec Redis may lose them
        self.told: list[str] = []

    def blame(self, sort: str, what: str, times: int = 1) -> None:
        if times and self.count[sort] < 5:
            self.told.append(f"{sort}: {what}"[:600])
        self.count[sort] += times


def forget_lost(told: Told, gone: Iterable[str], killed: float, found: Found) -> set[str]:
    """Of what is gone, the calls that were answered too long before the kill to be lost; the others are forgotten."""
    left = set()
    for id in gone:
        if told.clips[id] < killed - MOST_LOST_SECONDS:
            left.add(id)
        else:
            del told.clips[id]
            found.allowed += 1
    return left


async def check_lists(url: str, key: str, told: Told, found: Found, *, recent: int, killed: float | None = None) -> int:
    """Every acknowledged call is there, by list and by id, once, in a state that its job agrees with; clips made.

    `killed` says when (monotonic s) a Redis was killed that may lose the last second.
    """
    assets = {id: each for id, each in (await listed(url, key, "/api/asset")).items() if _is_clip(each)}
    tasks = await listed(url, key, "/api/task")
    gone = set(told.clips) - set(assets)
    if killed is not None:
        gone = forget_lost(told, gone, killed, found)
    found.blame("lost", f"{key}: {sorted(gone)[:3]}", len(gone))
    most = len(told.clips) + told.broken + told.refused + found.allowed
    found.blame("duplicated", f"{key}: {len(assets)} clips of {most} calls at most", max(len(assets) - most, 0))
    for name, times in Counter(each["name"] for each in assets.values()).items():
        found.blame("duplicated", f"{key}: {name}", times - 1)
    ids = list(told.clips)[-recent:]
    lost = await missing(url, key, [f"/api/asset/{id}" for id in ids if id in assets])
    found.blame("lost", f"{key}: by id {lost[:3]}", len(lost))
    if len(tasks) < len(assets):
        found.blame("half", f"{key}: {len(assets)} assets of {len(tasks)} tasks", len(assets) - len(tasks))
    found.blame("unread", f"{key}: {told.unread[:3]} were acknowledged and not found", len(told.unread))
    told.unread.clear()
    for what, times in told.wrong.items():
        found.blame("wrong", what, times)
    told.wrong.clear()
    await _check_projects(url, key, told, found, killed)
    now = await now_of(url, key)
    if now < told.now:
        found.blame("lost", f"{key}: the clock was moved to {told.now} and says {now}")
    return len(assets)


def _is_clip(asset: Json) -> bool:
    return bool(asset["name"].startswith(NAMED))


async def _check_projects(url: str, key: str, told: Told, found: Found, killed: float | None) -> None:
    projects = await projects_of(url, key)
    by_source = Counter(each["sourceIdentifier"] for each in projects)
    for source in SOURCES:
        found.blame("duplicated", f"{key}: {by_source[source]} projects of {source}", max(by_source[source] - 1, 0))
    ids = {each["projectId"] for each in projects}
    for source, (id, at) in list(told.projects.items()):
        if id in ids:
            continue
        if killed is not None and at >= killed - MOST_LOST_SECONDS:
            del told.projects[source]
            found.allowed += 1
        else:
            found.blame("lost", f"{key}: project {id}")
    gone = await missing(url, key, [f"/v2/user/clips/projects/{id}" for id, _ in told.projects.values() if id in ids])
    found.blame("lost", f"{key}: by id {gone}", len(gone))
    if killed is None:
        found.blame("duplicated", f"{key}: {told.twice} were new twice", len(told.twice))
    told.twice.clear()


# ---- in the store


async def check_store(store: Store, key: str, hooks: int, found: Found) -> None:
    """No half state: jobs and what they make, counters and records, indexes and what they are indexes of."""
    for provider in ("livepeer", "restream"):
        world = WorldId(provider, key)
        if not await store.exists(world):
            continue
        contents = await store.contents(world)
        if provider == "livepeer":
            calls = _check_livepeer(key, contents, found) + hooks
        else:
            calls = _check_restream(key, contents, found)
        if contents.serial != calls:
            found.blame("half", f"{provider}/{key}: {contents.serial} calls are counted, {calls} are seen")
        await _check_indexes(store, world, contents, found)


def _check_livepeer(key: str, contents: Contents, found: Found) -> int:
    """How many calls the records tell of."""
    assets = {id: each for id, each in contents.records["asset"].items() if _is_clip(each)}
    tasks = {each["doc"].get("outputAssetId"): each["doc"] for each in contents.records["task"].values()}
    for id, asset in assets.items():
        task = tasks.get(id)
        if task is None:
            found.blame("half", f"{key}: asset {id} has no task")
        elif task["status"]["phase"] not in AGREE[asset["status"]["phase"]]:
            found.blame("half", f"{key}: asset {id} is {asset['status']['phase']}, its task {task['status']['phase']}")
    for id, task in tasks.items():
        if id is not None and id not in contents.records["asset"]:
            found.blame("half", f"{key}: task {task['id']} has no asset")
    return len(assets)


def _check_restream(key: str, contents: Contents, found: Found) -> int:
    records = contents.records
    made = [each for each in records["project"].values() if each["sourceIdentifier"] in SOURCES]
    runs: dict[str, list[Record]] = {}
    for run in records["run"].values():
        runs.setdefault(run["project"], []).append(run)
        if run["project"] not in records["project"]:
            found.blame("half", f"{key}: run {run['id']} has no project")
    for project in made:
        if len(runs.get(project["id"], ())) != 1:
            found.blame("half", f"{key}: project {project['id']} has {len(runs.get(project['id'], ()))} runs")
    planned = Counter[str]()
    for project in made:
        planned[project["account"]] += sum(len(run["plan"]) for run in runs.get(project["id"], ()))
    for account, clips in planned.items():
        used = records["account"][account]["used"]
        if used < clips:
            found.blame("half", f"{key}: account {account} has used {used} clips, its runs {clips}")
    for clip in records.get("clip", {}).values():
        if clip["project"] not in records["project"]:
            found.blame("half", f"{key}: clip {clip['id']} has no project")
    return len(made)


async def _check_indexes(store: Store, world: WorldId, contents: Contents, found: Found) -> None:
    """The store finds by each index what it should, as the store in memory does with the same records."""
    while True:
        keys = sorted(_keys(world, contents))
        beside = MemoryStore(KINDS)
        await beside.replace(world, contents)
        theirs, ours = await _counts(store, world, keys), await _counts(beside, world, keys)
        before, contents = contents, await store.contents(world)
        if contents == before:  # nothing was delivered meanwhile
            break
    for key in keys:
        if theirs[key] != ours[key]:
            found.blame("half", f"{world.name}: index {key} has {theirs[key]} entries, not {ours[key]}")


def _keys(world: WorldId, contents: Contents) -> set[tuple[str, str, str]]:
    found = set()
    for kind, records in contents.records.items():
        indexes: Mapping[str, Index] = KINDS[world.provider][kind].indexes
        for record in records.values():
            for name, index in indexes.items():
                entry = index.entry(record)
                if entry is not None:
                    found.add((kind, name, entry[0]))
    # What stands for every asset tells no more than a part of it.
    return set(sorted(found)[:: max(len(found) // 200, 1)])


async def _counts(store: Store, world: WorldId, keys: list[tuple[str, str, str]]) -> dict[tuple[str, str, str], int]:
    counts: list[dict[tuple[str, str, str], int]] = []

    def look(view: View) -> Outcome:
        counts.append({key: view.count(*key) for key in keys})
        return Outcome(Reply(204))

    await store.transact(world, look, counted=False)
    return counts[-1]
