"""The page needs nothing from elsewhere, runs nothing that a server said, and is HTML that closes what it opens."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from mockserver.conformance.finding import Report
from mockserver.conformance.reports import Sources, render
from tests.conformance.reports.samples import CHANGED, CHECKED, KEPT, changed, checked

VOID = {"meta", "input", "br"}
# HTML closes these by itself.
OPTIONAL = {"li", "td", "th", "p", "option"}


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID | OPTIONAL:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in OPTIONAL:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] not in ("script", "style"):
            self.text.append(data)


def read(report: Report, sources: Sources) -> Reader:
    reader = Reader()
    reader.feed(render(report, "html", sources))
    return reader


@pytest.mark.parametrize(
    ("report", "sources"),
    [(CHECKED, checked()), (CHANGED, changed()), (KEPT, checked())],
    ids=("check", "diff", "kept"),
)
def test_it_closes_what_it_opens(report: Report, sources: Sources) -> None:
    assert read(report, sources).open == []


def test_it_asks_for_nothing_from_elsewhere() -> None:
    reader = read(CHECKED, checked())
    assert not [attributes for _, attributes in reader.seen if {"src", "href"} & attributes.keys()]
    assert "url(" not in render(CHECKED, "html", checked())


def test_what_a_server_said_is_shown_and_not_obeyed() -> None:
    text = "".join(read(CHECKED, checked()).text)
    assert r"a \u0000 <b>&amp; ]]> `code` | [x](y) \u001b[31m @everyone" in text


def test_each_finding_can_be_filtered_by_level_and_check() -> None:
    blocks = [attributes for tag, attributes in read(CHECKED, checked()).seen if "data-check" in attributes]
    assert [(each["data-level"], each["data-check"]) for each in blocks] == [
        ("error", "conflict"),
        ("warning", "bodies"),
        ("note", "bodies"),
    ]


def test_it_shows_evidence_calls_commands_and_place() -> None:
    text = "".join(read(CHECKED, checked()).text)
    for shown in (
        "expected 409",
        "connection reset",
        "curl http://127.0.0.1:4080/conflict-missing",
        "specs/restream/openapi.yaml:",
    ):
        assert shown in text


def test_a_report_without_findings_has_no_filters() -> None:
    page = render(KEPT, "html", checked())
    assert "The contract is kept." in page and not re.search("<script|class=filters", page)
