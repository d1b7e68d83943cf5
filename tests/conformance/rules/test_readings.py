"""What the providers' documents leave open accuses nobody: the rules bear other readings of every sentence at once."""

from __future__ import annotations

import pytest

from mockserver.contract.readings import load_readings
from tests.conformance.judging import checks, session_with


def others(provider: str, number: int) -> dict[str, str]:
    """The `number`th other option of each of a provider's readings, or the last of those that have fewer."""
    chosen = {}
    for reading in load_readings(provider):
        rest = [option for option in reading.options if option != reading.default]
        chosen[f"{provider}.{reading.name}"] = rest[min(number, len(rest) - 1)]
    return chosen


@pytest.mark.parametrize("number", range(2))
@pytest.mark.parametrize("provider", ["livepeer", "restream"])
def test_a_server_that_reads_all_otherwise_breaks_no_rule(provider: str, number: int) -> None:
    with session_with(provider, readings=others(provider, number)) as session:
        seen = checks(session)
    assert [finding.title for check in seen for finding in check.findings if finding.level == "error"] == []


@pytest.mark.parametrize(
    ("name", "option"),
    [
        ("repeat-while-running", "201"),
        ("force-while-running", "409"),
        ("same-range-twice", "409"),
        ("failed-run-counts", "yes"),
        ("empty-run-counts", "no"),
    ],
)
def test_conflicts_are_judged_by_what_is_documented(name: str, option: str) -> None:
    with session_with("restream", readings={f"restream.{name}": option}, pace=1_500) as session:
        seen = checks(session, "conflict", "race")
    assert {check.state for check in seen} == {"kept"}
