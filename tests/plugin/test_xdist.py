from __future__ import annotations

import json

import pytest

from tests.plugin.conftest import Run

MANY = """
@pytest.mark.parametrize("turn", range({count}))
def test_it(restream_mock, turn):
    before = {{file["id"] for file in files(restream_mock).json()["files"]}}
    file = restream_mock.add_file(f"mine {{turn}}", durationSeconds=900)["file"]["id"]
    titles = [each["title"] for each in files(restream_mock).json()["files"] if each["id"] not in before]
    assert titles == [f"mine {{turn}}"]
    restream_mock.clock.advance(f"{{turn + 1}}h")
    http.get(f"{{restream_mock.url}}/user/clips/projects?limit=5", headers=restream_mock.headers)
    assert len(restream_mock.calls) == 3
"""


def test_workers_do_not_meet_and_their_coverage_is_one(run: Run, pytester: pytest.Pytester) -> None:
    words = ("-n", "4", "-p", "no:hypothesispytest", "--mock-report=json:cover.json", "--mock-report=term")
    result = run(MANY.format(count=300), *words, apart=True)
    result.assert_outcomes(passed=300)
    result.stdout.fnmatch_lines(["restream: 2 of *, 900 calls"])
    told = json.loads((pytester.path / "cover.json").read_text())["providers"]
    assert told["restream"]["calls"] == 900
    assert told["livepeer"]["calls"] == 0
    (listed,) = [each for each in told["restream"]["tried"] if each["operation"] == "listClipProjects"]
    assert (listed["sent"], listed["neverSent"]) == ({"?limit": 300}, ["?cursor", "?sortBy"])
