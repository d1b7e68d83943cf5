from __future__ import annotations

import pytest

from tests.plugin.conftest import Run

SERVER = """
import pytest
from mockserver.testing import serve

@pytest.fixture(scope="session")
def conformance_url():
    with serve(log=False) as server:
        yield server.url
"""


def test_each_check_is_a_test(run: Run) -> None:
    result = run(
        SERVER
        + """
@pytest.mark.conformance("restream", key="test_mark", only=["head", "etag", "valid-list*"], examples=1)
def test_keeps(conformance):
    assert conformance().state == "kept"
""",
        "-v",
    )
    result.assert_outcomes(passed=3, skipped=1)
    result.stdout.fnmatch_lines(["*test_keeps?head? PASSED*", "*test_keeps?etag? SKIPPED*"])


def test_a_check_that_is_broken_fails_with_what_was_found(run: Run) -> None:
    result = run(
        """
import pytest
from mockserver.testing import serve

DOCUMENT = {
    "openapi": "3.1.0", "info": {"title": "x", "version": "1"},
    "paths": {"/healthz": {"get": {"operationId": "health", "responses": {"204": {"description": "x"}}}}},
}

@pytest.fixture(scope="session")
def conformance_url():
    with serve(log=False) as server:
        yield server.url

@pytest.mark.conformance(DOCUMENT, only="valid-health")
def test_keeps(conformance):
    conformance()
"""
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*reply-status*health*"])


@pytest.mark.parametrize(
    ("mark", "said"),
    [
        ('conformance("restreem")', 'no provider "restreem"; did you mean "restream"?'),
        ("conformance()", "the mark conformance is about one document"),
        ('conformance("restream", keey="x")', 'no keyword "keey"; did you mean "key"?'),
        ('conformance("restream", only="haed")', 'no check "haed"'),
    ],
)
def test_a_mark_that_can_t_be_is_told_at_once(run: Run, mark: str, said: str) -> None:
    result = run(
        f"""
import pytest

@pytest.mark.{mark}
def test_keeps(conformance):
    conformance()
"""
    )
    result.stdout.fnmatch_lines([f"*{said}*"])
    assert result.ret != 0


def test_a_mark_that_says_no_url_asks_for_the_fixture(run: Run) -> None:
    result = run(
        """
import pytest

@pytest.mark.conformance("restream", only="head")
def test_keeps(conformance):
    conformance()
"""
    )
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*in a fixture `conformance_url`*"])
