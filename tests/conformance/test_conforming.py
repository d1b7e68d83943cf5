from __future__ import annotations

from collections.abc import Iterator

import pytest

import mockserver.conformance
from mockserver.conformance import NotConforming, conforms
from mockserver.contract.document import effective
from mockserver.errors import UnreachableError, UsageError
from mockserver.settings import Settings
from tests.servers.defects import DEFECTS
from tests.servers.serving import served


@pytest.fixture(scope="module")
def broken() -> Iterator[str]:
    with served(DEFECTS["accepts-wrong-type"], Settings(port=0, pace=600, log=False)) as server:
        yield server.url


def test_the_report_of_a_server_that_keeps_its_document(broken: str) -> None:
    report = conforms(broken, "restream", key="test_a", only="valid-list*", examples=1, seed=4)
    assert [check.state for check in report.checks] == ["kept", "kept"]
    assert (report.seed, report.document, report.version) == (4, "restream", "v2")


def test_a_server_that_breaks_it_raises_with_report_and_words(broken: str) -> None:
    with pytest.raises(NotConforming, match="createClipProject accepts a request") as caught:
        conforms(broken, "restream", key="test_a", only="invalid-createClipProject")
    assert [finding.rule for finding in caught.value.report.findings] == ["accepts-body/title:type"]


def test_a_document_may_be_a_value(broken: str) -> None:
    report = conforms(f"{broken}/v2", effective("restream").value, key="test_a", only="head")
    assert report.document == "document"


def test_what_can_t_be_judged_is_said_in_words() -> None:
    with pytest.raises(UnreachableError, match="no server answers"):
        conforms("http://127.0.0.1:9", "restream")
    with pytest.raises(UsageError, match="is no URL"):
        conforms("127.0.0.1", "restream")


def test_what_is_not_exported_is_not_there() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'confirms'"):
        mockserver.conformance.confirms  # noqa: B018
