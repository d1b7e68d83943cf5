from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from mockserver.conformance import verify
from mockserver.errors import DocumentError, UsageError
from mockserver.testing import LivepeerMock, RestreamMock, Server, serve
from tests.conformance.traffic.making import FILE, PROJECT, asset, clipping, entry, line, lines, reading, rules

CLIP = {"playbackId": "eaw4nk06ts2d0mzb", "startTime": 1587667174725, "endTime": 1587667204725}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve() as server:
        yield server


def play(livepeer: LivepeerMock, restream: RestreamMock) -> None:
    """What clients do: well, badly, and past the limit."""
    clips, projects = f"{livepeer.url}/clip", f"{restream.url}/user/clips/projects"
    for _ in range(6):
        httpx.post(clips, json=CLIP, headers=livepeer.headers)
    livepeer.clock.settle()
    httpx.get(f"{livepeer.url}/asset?limit=2", headers=livepeer.headers)
    httpx.head(f"{livepeer.url}/asset", headers=livepeer.headers)
    for _ in range(2):
        made = httpx.post(
            projects, json={"sourceType": "VideoStorageFile", "videoStorageFileId": FILE}, headers=restream.headers
        )
    assert made.status_code == 409
    restream.clock.settle()
    httpx.get(projects, headers=restream.headers)
    httpx.post(f"{restream.url}/user/storage/files/{FILE}/download-url", headers=restream.headers)


@pytest.mark.parametrize("form", ["har", "jsonl"])
def test_the_fake_s_own_journal_keeps_the_contract(tmp_path: Path, server: Server, form: str) -> None:
    with server.world("livepeer") as livepeer, server.world("restream") as restream:
        play(livepeer, restream)
        told = httpx.get(f"{server.url}/__admin/requests/export?format={form}")
    path = tmp_path / f"requests.{form}"
    path.write_bytes(told.content)
    for provider in ("livepeer", "restream"):
        report = verify(provider, path)
        assert report.calls >= 3 and not report.broken and not rules(report, "warning"), list(report.findings)


def test_a_document_from_a_file_judges_too(tmp_path: Path) -> None:
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Tiny", "version": "7"},
        "servers": [{"url": "https://tiny.example/v1"}],
        "paths": {"/notes": {"get": {"operationId": "listNotes", "responses": {"200": {"description": "All."}}}}},
    }
    path = tmp_path / "tiny.yaml"
    path.write_text(json.dumps(document))
    traffic = lines(tmp_path, line("GET", "/v1/notes", 200, []), line("GET", "/v1/notes", 500, []))
    for what in (path, document):
        report = verify(what, traffic)
        assert (report.version, rules(report)) == ("7", ["reply-status"])


def test_coverage_says_what_was_met(tmp_path: Path) -> None:
    coverage = verify("restream", lines(tmp_path, clipping(201, PROJECT))).coverage
    assert coverage is not None
    assert (coverage.operations["createClipProject"], coverage.operations["getClipProject"]) == (1, 0)
    assert (coverage.statuses["createClipProject 201"], coverage.statuses["createClipProject 409"]) == (1, 0)


def test_coverage_may_be_wanted(tmp_path: Path) -> None:
    path = lines(tmp_path, clipping(201, PROJECT))
    assert not verify("restream", path, cover_fail_under=10).broken
    assert rules(verify("restream", path, cover_fail_under=11)) == ["coverage-too-low"]


def test_only_some_may_be_judged(tmp_path: Path) -> None:
    path = lines(tmp_path, reading(asset("brewing", 1795347487803)), line("GET", "/api/asset", 200, {}))
    assert sorted(rules(verify("livepeer", path))) == ["reply-enum", "reply-type"]
    assert rules(verify("livepeer", path, only=["getAsset"])) == ["reply-enum"]
    assert rules(verify("livepeer", path, only=["reply-type"])) == ["reply-type"]
    assert rules(verify("livepeer", path, skip=["getAsset"])) == ["reply-type"]
    assert rules(verify("livepeer", path, skip=["replies"])) == []


@pytest.mark.parametrize("option", ["only", "skip"])
def test_a_name_nobody_knows_is_refused_with_the_nearest(tmp_path: Path, option: str) -> None:
    with pytest.raises(UsageError, match=f'--{option}: .*"getAssett".*did you mean "getAsset"'):
        verify("livepeer", lines(tmp_path), **{option: ["getAssett"]})  # type: ignore[arg-type]


def test_an_unknown_provider_is_refused_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match='did you mean "livepeer"'):
        verify("livepear", lines(tmp_path))


def test_a_document_that_is_none_says_so(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="there is no such file"):
        verify("missing.yaml", lines(tmp_path))


def test_a_reading_nobody_knows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r'did you mean "restream\.repeat-while-running"'):
        verify("restream", lines(tmp_path), readings={"restream.repeat-while-runing": "201"})


def test_what_can_t_be_read_is_named_and_the_rest_is_judged(tmp_path: Path) -> None:
    path = lines(tmp_path, reading(asset("brewing", 1795347487803)))
    path.write_text(f"{path.read_text()}{{\n{path.read_text()}")
    report = verify("livepeer", path)
    assert (report.calls, rules(report), report.checks[0].state) == (2, ["reply-enum"], "broken")
    assert "entry 2: line 2 is no JSON" in report.checks[0].why


# `ru_maxrss` of a child begins with its parent's; the kernel's own count of the process does not.
_PEAK = """
import sys
from pathlib import Path
from mockserver.conformance import verify
report = verify("livepeer", sys.argv[1])
(line,) = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
print(report.calls, line.split()[1])
"""


def peak(path: Path) -> tuple[int, int]:
    """How many exchanges were judged, and the most memory that took in KiB."""
    done = subprocess.run([sys.executable, "-c", _PEAK, str(path)], capture_output=True, text=True, check=True)
    calls, size = done.stdout.split()
    return int(calls), int(size)


def large(path: Path, count: int) -> Path:
    """An archive with so many pages of ten assets of their own."""
    with path.open("w") as file:
        file.write('{"log": {"entries": [')
        for number in range(count):
            page = [asset("waiting", 1795347487803, id=f"{number}-{each}", name="n" * 300) for each in range(10)]
            one = entry("https://livepeer.studio/api/asset", text=json.dumps(page))
            file.write(f"{', ' * bool(number)}{json.dumps(one)}")
        file.write("]}}")
    return path


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="asks Linux for the peak")
def test_ten_times_the_traffic_takes_no_more_memory(tmp_path: Path) -> None:
    few, small = peak(large(tmp_path / "small.har", 250))
    many, more = peak(large(tmp_path / "large.har", 2_500))
    assert (few, many) == (250, 2_500)
    assert more < small * 1.2
