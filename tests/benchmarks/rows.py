"""What is measured. Each row compares medians of interleaved runs (A B A B ...), so that a busy machine hits both."""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Final

from mockserver.core.text import dump, parse
from tests.benchmarks.load import Shot, clips, load
from tests.benchmarks.servers import (
    CLIP,
    PLAYBACK_ID,
    RIVALS,
    ROOT,
    Server,
    crew,
    free_port,
    mockserver,
    pinned,
    processor_seconds,
    running,
    serve,
    wait_for,
)


@dataclass(frozen=True, slots=True)
class Plan:
    """How long to measure. `seconds` is one run of load, `rounds` how many of each, `starts` how many cold starts."""

    seconds: float
    rounds: int
    starts: int
    clips: int
    reads: tuple[int, int]
    cases: int


FULL: Final = Plan(seconds=4, rounds=5, starts=15, clips=100_000, reads=(100_000, 1_000_000), cases=500)
QUICK: Final = Plan(seconds=1, rounds=3, starts=5, clips=10_000, reads=(10_000, 40_000), cases=150)


@dataclass(frozen=True, slots=True)
class Row:
    """A comparison. `ratio` is to be at least the target, or at most it when `at_most`."""

    what: str
    ours: str
    theirs: str
    ratio: float
    target: float
    at_most: bool = False

    @property
    def ok(self) -> bool:
        return self.ratio <= self.target if self.at_most else self.ratio >= self.target


Measure = Callable[[Plan], Iterator[Row]]


# Jobs take a thousand times as long in every run of load, so that none gets on: what is measured is the request, not
# what the clips of a minute ago do meanwhile. Time itself runs as it does for users.
SLOW: Final = ("--pace", "0.001")


def _rate(rates: Sequence[float]) -> str:
    """The median, and how far the runs lie apart: on a busy machine far, and then no ratio says much."""
    return f"{median(rates):,.0f}/s ({min(rates):,.0f}-{max(rates):,.0f})"


def _time(seconds: Sequence[float]) -> str:
    least, middle, most = (f"{found * 1000:.0f}" for found in (min(seconds), median(seconds), max(seconds)))
    return f"{middle} ms ({least}-{most})"


def _against(what: str, plan: Plan, target: float, mine: Server, other: Server) -> Row:
    """POST /clip on both servers, in turns."""
    rates: dict[str, list[float]] = {mine.name: [], other.name: []}
    for server in (mine, other):
        load(server, clips(server), 1)
    for _ in range(plan.rounds):
        for server in (mine, other):
            rates[server.name].append(load(server, clips(server), plan.seconds).rate)
    ratio = median(rates[mine.name]) / median(rates[other.name])
    return Row(what, _rate(rates[mine.name]), _rate(rates[other.name]), ratio, target)


def bare(plan: Plan) -> Iterator[Row]:
    """POST /clip with all that goes with it, against an aiohttp handler that does next to nothing."""
    with mockserver(*SLOW) as mine:
        size = len(mine.ask("POST", mine.clip_path, CLIP)[1])
        port = free_port()
        command = [sys.executable, "-m", "tests.benchmarks.bare", str(port), str(size)]
        with running("bare aiohttp", command, port) as yardstick:
            yield _against("POST /clip, against a bare aiohttp handler", plan, 0.75, mine, yardstick)


def stores(plan: Plan) -> Iterator[Row]:
    """POST /clip with worlds in an SQLite file and in Redis, against memory; Redis is on the client's core."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder, mockserver(*SLOW) as memory:
        command = ["redis-server", "--port", str(port), "--save", "", "--dir", folder]
        places = [("SQLite", f"sqlite:{folder}/worlds.db", 0.6)]
        with ExitStack() as opened:
            if shutil.which("redis-server"):
                redis = subprocess.Popen(pinned("client", command), stdout=subprocess.DEVNULL)
                opened.callback(redis.wait)
                opened.callback(redis.kill)
                wait_for(port, redis)
                places.append(("Redis", f"redis://127.0.0.1:{port}/0", 0.35))
            for name, store, target in places:
                with mockserver(*SLOW, "--store", store) as mine:
                    what = f"POST /clip with worlds in {name}, against memory"
                    yield _against(what, plan, target, replace(mine, name=name), memory)


def workers(plan: Plan) -> Iterator[Row]:
    """POST /clip on two workers against one, on all cores, with the client and Redis there too.

    All calls are of one world, or each connection has its own. Beside the rates stands what a request costs in
    microseconds of processor time: workers, Redis, client. Two cores can't do more than 2 s divided by the sum.
    """
    port = free_port()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as opened:
        places = [("SQLite", f"sqlite:{folder}/{{}}.db")]
        redis = None
        if shutil.which("redis-server"):
            command = ["redis-server", "--port", str(port), "--save", "", "--dir", folder]
            redis = subprocess.Popen(command, stdout=subprocess.DEVNULL)
            opened.callback(redis.wait)
            opened.callback(redis.kill)
            wait_for(port, redis)
            places.append(("Redis", f"redis://127.0.0.1:{port}/{{}}"))
        for name, store in places:
            pid = redis.pid if redis is not None and name == "Redis" else None
            with crew(1, store.format(1), *SLOW) as one, crew(2, store.format(2), *SLOW) as two:
                for what, worlds in (("one world", False), ("many worlds", True)):
                    yield _crews(f"two workers on {name}, {what}, against one", plan, one, two, worlds, pid)


def _crews(what: str, plan: Plan, one: Server, two: Server, worlds: bool, redis: int | None) -> Row:
    told: list[str] = []
    middles: list[float] = []
    runs: dict[str, list[tuple[float, Costs]]] = {one.name: [], two.name: []}
    for turn in range(plan.rounds + 1):
        for server in (one, two):
            run = _costing(server, plan.seconds if turn else 1, worlds, redis)
            if turn:
                runs[server.name].append(run)
    for server in (two, one):
        rates = [rate for rate, _ in runs[server.name]]
        costs = (median(each) for each in zip(*(costs for _, costs in runs[server.name]), strict=True))
        told.append(f"{_rate(rates)} {'+'.join(f'{cost * 1e6:.0f}' for cost in costs)} us")
        middles.append(median(rates))
    return Row(what, told[0], told[1], middles[0] / middles[1], 1.6)


# Seconds of processor time a request: of the server's processes, of Redis, of the client.
Costs = tuple[float, float, float]


def _costing(server: Server, seconds: float, worlds: bool, redis: int | None) -> tuple[float, Costs]:
    def spent() -> Costs:
        client = resource.getrusage(resource.RUSAGE_CHILDREN)
        return server.spent(), processor_seconds(redis) if redis else 0.0, client.ru_utime + client.ru_stime

    before = spent()
    loaded = load(server, clips(server), seconds, worlds=worlds)
    own, store, client = (after - earlier for after, earlier in zip(spent(), before, strict=True))
    return loaded.rate, (own / loaded.requests, store / loaded.requests, client / loaded.requests)


def rivals(plan: Plan) -> Iterator[Row]:
    """POST /clip on the same effective document, against what npm has. Needs node and npm."""
    install_rivals()
    with tempfile.TemporaryDirectory() as folder, mockserver(*SLOW) as mine:
        document = Path(folder, "livepeer.json")
        words = [sys.executable, "-m", "mockserver", "spec", "livepeer", "--json"]
        document.write_bytes(subprocess.run(words, check=True, capture_output=True, cwd=ROOT).stdout)
        for name, target in (("prism", 4.0), ("openapi-backend", 1.0)):
            port = free_port()
            with running(name, _rival(name, port, document), port, "/clip") as other:
                yield _against(f"POST /clip, against {name}", plan, target, mine, other)


def _rival(name: str, port: int, document: Path) -> list[str]:
    """The command of a server from npm on a document; neither writes a log."""
    if name == "prism":
        prism = RIVALS / "node_modules" / ".bin" / "prism"
        return ["node", str(prism), "mock", str(document), "-p", str(port), "-v", "silent"]
    return ["node", str(RIVALS / "backend.mjs"), str(port), str(document)]


def install_rivals() -> None:
    """What npm has, in the versions that are locked. Needs npm."""
    installed = RIVALS / "node_modules" / ".package-lock.json"
    locked = RIVALS / "package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < locked.stat().st_mtime:
        subprocess.run(["npm", "ci", "--prefix", str(RIVALS), "--no-audit", "--no-fund"], check=True)


def faults(plan: Plan) -> Iterator[Row]:
    """What it costs POST /clip to look for faults while none is set: a line as it is, against one that never looks."""
    command = [sys.executable, "-m", "tests.benchmarks.looking", str(plan.rounds * 60)]
    done = subprocess.run(pinned("server", command), check=True, capture_output=True, cwd=ROOT)
    mine, deaf = map(float, done.stdout.split())
    what = "POST /clip with no fault set, against a line that never looks for one"
    yield Row(what, f"{mine:.1f} us", f"{deaf:.1f} us", mine / deaf, 1.02, at_most=True)


def crowded(plan: Plan) -> Iterator[Row]:
    """The same requests in a world full of clips and in one that starts empty."""
    with mockserver(*SLOW) as full, mockserver(*SLOW) as empty:
        _fill(full, plan.clips)
        _fill(empty, 100)
        many = f"{_count(full):,} clips"
        for what, shots in (("POST /clip", clips), ("reads", _reads)):
            rates: tuple[list[float], list[float]] = ([], [])
            for _ in range(plan.rounds):
                for server, found in zip((full, empty), rates, strict=True):
                    found.append(load(server, shots(server), plan.seconds / 2).rate)
            ratio = median(rates[0]) / median(rates[1])
            yield Row(f"{what} in a world with {many}", _rate(rates[0]), f"{_rate(rates[1])} empty", ratio, 0.9)


def _fill(server: Server, clips_wanted: int) -> None:
    while _count(server) < clips_wanted:
        load(server, clips(server), 1 if clips_wanted < 1_000 else 5)


def _count(server: Server) -> int:
    from http.client import HTTPConnection

    from tests.benchmarks.servers import HEADERS

    connection = HTTPConnection("127.0.0.1", server.port, timeout=60)
    connection.request("GET", "/api/task?limit=1&count=true", headers=HEADERS)
    reply = connection.getresponse()
    reply.read()
    connection.close()
    return int(reply.headers["X-Total-Count"])


def _reads(server: Server) -> list[Shot]:
    """What a client polls: an asset, its task, and one page of the stream's clips."""
    made = server.value("/api/task?limit=1")[0]
    paths = (f"/api/asset/{made['outputAssetId']}", f"/api/task/{made['id']}", f"/api/clip/{PLAYBACK_ID}?limit=5")
    return [Shot("GET", path) for path in paths]


def _writes(server: Server) -> list[Shot]:
    """Bodies that go to the journal with each request, one of them with a secret to take out."""
    hook = {"name": "n" * 200, "url": "https://user:pass@hooks.example/x", "events": ["asset.ready"]}
    made = parse(server.ask("POST", "/api/webhook", dump(hook))[1])
    revoked = dump({"token": "0123456789abcdef" * 2})
    return [Shot("PUT", f"/api/webhook/{made['id']}", dump(hook)), Shot("POST", "/oauth/revoke", revoked)]


def cold(plan: Plan) -> Iterator[Row]:
    """From the command to its first good answer, against importing aiohttp.web and nothing else."""
    mine: list[float] = []
    theirs: list[float] = []
    for turn in range(plan.starts + 1):
        began = time.perf_counter()
        with _started():
            took = time.perf_counter() - began
        began = time.perf_counter()
        subprocess.run(pinned("server", [sys.executable, "-c", "import aiohttp.web"]), check=True, cwd=ROOT)
        imported = time.perf_counter() - began
        if turn:  # the first ones read the files from the disk
            mine.append(took)
            theirs.append(imported)
    name = "cold start to the first clip, against `import aiohttp.web`"
    yield Row(name, _time(mine), _time(theirs), median(mine) / median(theirs), 1.6, at_most=True)


@contextmanager
def _started() -> Iterator[None]:
    port = free_port()
    with running("mockserver", [sys.executable, "-m", "mockserver", *serve(port)], port):
        yield


def memory(plan: Plan) -> Iterator[Row]:
    """Resident memory after many requests, the journal on, and after ten times as many.

    They are reads, and writes of one and the same record, so that it is not the world that grows.
    """
    early, late = plan.reads
    with mockserver(*SLOW) as server:
        _fill(server, 100)
        shots = [*_reads(server), *_writes(server)]
        asked, sizes = 0, []
        for mark in (early, late):
            while asked < mark:
                rate = 5_000.0
                asked += load(server, shots, min(20, max(1, (mark - asked) / (2 * rate)))).requests
            sizes.append(server.resident())
    what = f"resident memory from request {early:,} to {late:,}"
    yield Row(what, f"{sizes[1] / 1024:.1f} MiB", f"{sizes[0] / 1024:.1f} MiB", sizes[1] / sizes[0], 1.05, at_most=True)


def worlds(plan: Plan) -> Iterator[Row]:
    """What a new world, a reset and an hour of jobs cost, against what is allowed; in this process, without load."""
    from tests.benchmarks import worlds

    for what, ms, read in worlds.worlds(100 * plan.rounds):
        allowed = f"{worlds.WORLD:.2f} ms allowed ({read:.2f} ms to read it from JSON)"
        yield Row(what, f"{ms:.2f} ms", allowed, ms / worlds.WORLD, 1.0, at_most=True)
    for name in worlds.PROVIDERS:
        ms = worlds.hour(name, plan.rounds)
        what = f"an hour with {worlds.JOBS:,} jobs, {name}"
        yield Row(
            what, f"{ms:.0f} ms", f"{worlds.HOUR_OF_JOBS:.0f} ms allowed", ms / worlds.HOUR_OF_JOBS, 1.0, at_most=True
        )


def strategies(plan: Plan) -> Iterator[Row]:
    """Cases a second that Hypothesis draws, ours against schemathesis, of the same operation in turns."""
    from tests.benchmarks import drawing  # Hypothesis and schemathesis take a second to import

    for provider, operation, path in drawing.OPERATIONS:
        pairs = (("valid", drawing.valid, 1.5), ("invalid", drawing.invalid, 5.0))
        for what, (mine, other), target in (
            (what, make(provider, operation, path), target) for what, make, target in pairs
        ):
            rates = [(drawing.rate(mine, plan.cases), drawing.rate(other, plan.cases)) for _ in range(plan.rounds)]
            ours, theirs = ([pair[side] for pair in rates] for side in (0, 1))
            ratio = median(ours) / median(theirs)
            yield Row(
                f"{operation}: {what} requests drawn", _rate(ours), f"schemathesis {_rate(theirs)}", ratio, target
            )


def plugin(plan: Plan) -> Iterator[Row]:
    """What the pytest plugin costs who does not use it, and who does, against what is allowed."""
    from tests.benchmarks import plugin

    ours, bare = plugin.starts(3 * plan.starts)
    told = f"{ours * 1000:.0f} ms", f"{bare * 1000:.0f} ms"
    yield Row("a run of pytest that uses no mock, against none of us (CPU)", *told, ours / bare, plugin.UNUSED, True)
    ms = plugin.example(100 * plan.rounds)
    allowed = f"{plugin.EXAMPLE:.0f} ms allowed"
    yield Row("an example: world, two calls, one jump", f"{ms:.2f} ms", allowed, ms / plugin.EXAMPLE, 1.0, True)


MEASURES: Final[dict[str, Measure]] = {
    "bare": bare,
    "stores": stores,
    "workers": workers,
    "rivals": rivals,
    "faults": faults,
    "crowded": crowded,
    "cold": cold,
    "memory": memory,
    "worlds": worlds,
    "strategies": strategies,
    "plugin": plugin,
}
