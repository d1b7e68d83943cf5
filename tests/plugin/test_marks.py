from __future__ import annotations

from mockserver.contract.readings import load_readings
from tests.plugin.conftest import Run


def others(provider: str) -> int:
    """How many options are no default."""
    return sum(len(reading.options) - 1 for reading in load_readings(provider))


def test_a_test_runs_under_every_reading_alone(run: Run) -> None:
    test = """
@pytest.mark.readings("restream")
def test_it(restream_mock, mock_readings):
    for name, option in mock_readings.items():
        assert restream_mock.readings[name] == option
"""
    result = run(test, "-v")
    result.assert_outcomes(passed=1 + others("restream"))
    result.stdout.fnmatch_lines(["*test_it?defaults? PASSED*", "*test_it?restream.usage-limit=402? PASSED*"])


def test_a_test_runs_under_one_reading_and_under_each_two(run: Run) -> None:
    test = """
@pytest.mark.readings("restream.usage-limit", "livepeer.limit", all=True)
def test_it(restream_mock, livepeer_mock): ...
"""
    names = {"restream.usage-limit", "livepeer.limit"}
    one, other = (
        len(reading.options) - 1
        for provider in ("restream", "livepeer")
        for reading in load_readings(provider)
        if reading.full_name in names
    )
    run(test).assert_outcomes(passed=1 + one + other + one * other)


def test_a_reading_there_isnt_is_refused_with_the_nearest(run: Run) -> None:
    result = run('@pytest.mark.readings("restraem")\ndef test_it(restream_mock): ...')
    result.stdout.fnmatch_lines(['*did you mean "restream"*'])
    assert result.ret != 0


def test_a_mark_without_its_fixture_is_refused(run: Run) -> None:
    result = run('@pytest.mark.readings("restream")\ndef test_it(): ...')
    result.stdout.fnmatch_lines(["*the mark `readings` needs the argument livepeer_mock or restream_mock*"])
    result = run('@pytest.mark.outcomes("createClip")\ndef test_it(livepeer_mock): ...')
    result.stdout.fnmatch_lines(["*the mark `outcomes` needs the argument outcome*"])
    result = run("def test_it(outcome): ...")
    result.stdout.fnmatch_lines(["*`outcome` needs a mark*"])


SENT = """
@pytest.mark.outcomes({operations})
def test_it(outcome):
    got = http.request(outcome.method, outcome.url, headers=outcome.headers, content=outcome.body)
    assert got.status_code == outcome.status, got.text
"""


def test_a_test_runs_for_every_documented_outcome(run: Run) -> None:
    operations = '"createClip", "getAsset", "createClipProject", "createToken"'
    result = run(SENT.format(operations=operations), "-v")
    assert result.ret == 0, result.stdout.str()
    result.stdout.fnmatch_lines(["*test_it?already-processed? PASSED*", "*test_it?no-token? PASSED*"])


def test_an_operation_without_outcomes_is_refused_with_the_nearest(run: Run) -> None:
    result = run(SENT.format(operations='"createClp"'))
    result.stdout.fnmatch_lines(['*did you mean "createClip"*'])
