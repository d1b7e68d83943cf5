from __future__ import annotations

import re

import pytest

from tests.plugin.conftest import Run

BROKEN = """
def test_it(livepeer_mock):
    clip(livepeer_mock, startTime="soon", extra=1)
"""

TOLD = r"""The client broke livepeer's contract in its only call.

1. POST /api/clip \(createClip\) answered 422
   C205 body: expected only .*, got also `extra`
        breaks `additionalProperties` at /components/schemas/clip-payload/additionalProperties
        Remove it\.
   C201 body /startTime: expected a number, got "soon"
        breaks `type` at /components/schemas/clip-payload/properties/startTime/type
   curl http://127\.0\.0\.1:\d+/api/clip -H 'Authorization: Bearer test_[\w.-]+' .*"startTime": "soon".*

`mockserver explain C201` tells more\. A test that means to do this says so: .*violations\("C201", "C205", reason=.*"""


def test_a_broken_contract_fails_the_test_with_all_one_needs_to_mend_it(run: Run) -> None:
    result = run(BROKEN)
    result.assert_outcomes(failed=1)
    text = result.stdout.str()
    assert re.search(TOLD, text, re.DOTALL), text
    assert "Traceback" not in text


def test_a_test_that_means_to_says_which_rules(run: Run) -> None:
    marked = '@pytest.mark.mock_allows_violations("C201", "C205", reason="what does the server say?")'
    run(marked + BROKEN).assert_outcomes(passed=1)
    run("@pytest.mark.mock_allows_violations" + BROKEN).assert_outcomes(passed=1)
    result = run('@pytest.mark.mock_allows_violations("C205")' + BROKEN)
    result.assert_outcomes(failed=1)
    assert "C205" not in result.stdout.str()


def test_a_code_there_isnt_is_refused_with_the_nearest(run: Run) -> None:
    result = run('@pytest.mark.mock_allows_violations("C2O1")' + BROKEN)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*no code of a rule*"])


def test_a_call_that_nothing_is_there_for_fails_with_what_is(run: Run) -> None:
    test = """
def test_it(livepeer_mock):
    http.post(livepeer_mock.url + "/clips", headers=livepeer_mock.headers)
"""
    result = run(test)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*1. POST /api/clips answered 404*", "*`clips` is no segment there, `clip` is*"])


def test_a_call_without_a_key_is_seen_although_it_names_no_world(run: Run) -> None:
    test = """
def test_it(livepeer_mock):
    http.get(livepeer_mock.url + "/asset")
"""
    result = run(test)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*GET /api/asset (getAssets) answered 401*"])


def test_what_was_expected_and_not_called_fails_with_the_nearest(run: Run) -> None:
    test = """
def test_it(livepeer_mock):
    livepeer_mock.expect("createClip", body={"/name": "mine"})
    clip(livepeer_mock, name="other")
"""
    result = run(test)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["*expected at least 1 call of createClip with body=*", '*nearest: *has "other" at /name, not "mine"*']
    )


def test_a_test_that_failed_by_itself_is_told_of_the_contract_too(run: Run) -> None:
    result = run(BROKEN + "    assert 1 == 2\n")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*assert 1 == 2*", "*- Captured mockserver call -*", "*C201 body /startTime*"])


@pytest.mark.parametrize(("test", "outcome"), [(BROKEN, "xfailed"), (BROKEN + "    pytest.skip()\n", "skipped")])
def test_an_expected_failure_and_a_skip_stay_what_they_are(run: Run, test: str, outcome: str) -> None:
    run("@pytest.mark.xfail" + test).assert_outcomes(**{outcome: 1})


def test_what_a_fixture_breaks_while_it_ends_is_an_error_of_its_own(run: Run) -> None:
    test = """
@pytest.fixture
def client(livepeer_mock):
    yield livepeer_mock
    clip(livepeer_mock, startTime="soon")

def test_it(client):
    clip(client)
"""
    result = run(test)
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*C201 body /startTime*"])


def test_a_test_is_not_blamed_for_the_one_before(run: Run) -> None:
    result = run(BROKEN + "\ndef test_fine(livepeer_mock):\n    clip(livepeer_mock)\n")
    result.assert_outcomes(passed=1, failed=1)


def test_a_failed_test_tells_what_its_client_called(run: Run) -> None:
    test = """
def test_it(restream_mock):
    restream_mock.faults.add(status={"code": 503}, turns={"first": 1})
    assert [files(restream_mock).status_code for _ in range(22)] == []
"""
    result = run(test)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*Captured calls of the client*",
            "... and 2 calls before these:",
            *["GET /v2/user/storage/files (listStorageFiles) answered 200"] * 20,
        ]
    )


def test_a_failed_test_that_called_nothing_tells_nothing(run: Run) -> None:
    result = run("def test_it(restream_mock):\n    assert False\n")
    assert "calls of the client" not in result.stdout.str()
