"""Markdown for a pull request: short, folded, never too long to post, and nobody is called by it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mockserver.conformance.finding import Check, Report
from mockserver.conformance.reports import render
from mockserver.conformance.reports.markdown import MOST, markdown
from tests.conformance.reports.samples import CHANGED, CHECKED, MISSING, changed, checked


def many(count: int) -> Report:
    finding = replace(MISSING, evidence="evidence\n" * 400)
    findings = tuple(replace(finding, title=f"Finding {number}") for number in range(count))
    return replace(CHECKED, checks=(Check("conflict", "about", "broken", findings),))


def test_it_begins_with_the_verdict_and_counts() -> None:
    first, _, second, *_ = render(CHECKED, "markdown", checked()).splitlines()
    assert first.startswith("### ❌ mockserver check: http://127.0.0.1:4080")
    assert second.startswith("**1 error, 1 warning, 1 note**; 2 of 4 checks kept")


def test_evidence_is_folded() -> None:
    text = render(CHECKED, "markdown", checked())
    assert text.count("<details>") == text.count("</details>") == 3


@pytest.mark.parametrize("most", [2_000, 10_000, MOST])
def test_it_is_never_longer_than_may_be_posted_and_says_what_is_left_out(most: int) -> None:
    text = markdown(many(3_000), checked(), most)
    assert len(text) <= most
    assert "findings are left out here" in text.splitlines()[-1]


def test_findings_come_before_details_when_room_is_short() -> None:
    text = markdown(many(30), checked(), 20_000)
    assert "Finding 29" in text and "left out" not in text


def test_what_a_server_said_is_not_taken_for_markdown() -> None:
    text = render(CHECKED, "markdown", checked())
    assert "@everyone #1" not in text.partition("```text")[0]
    assert r"\[x\](y)" in text and "\x1b" not in text


def test_a_change_says_what_it_means_for_both_sides() -> None:
    text = render(CHANGED, "markdown", changed())
    assert "- **breaking** for clients: their calls find nothing." in text
    assert "before `#/paths/~1a/get`" in text
