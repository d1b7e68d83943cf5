"""What stock schemathesis is told, and that the healthy fake passes it with that and nothing more."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from mockserver.contract.document import effective
from mockserver.core.text import Json
from mockserver.settings import Settings
from tests.servers import stock
from tests.servers.exclusions import Exclusion, configuration, exclusions
from tests.servers.serving import find, served

PROVIDERS = ("livepeer", "restream")


def _document(**judging: Json) -> Json:
    limited = {"operationId": "list", "parameters": [{"$ref": "#/components/parameters/limit"}]}
    paths = {"/things": {"get": limited, "post": {"operationId": "make"}}}
    parameters = {"limit": {"name": "limit", "in": "query"}}
    return {"paths": paths, "components": {"parameters": parameters}, "x-mockserver-judging": judging}


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_healthy_fake_passes_schemathesis_with_all_checks_and_phases(provider: str, tmp_path: Path) -> None:
    with served(None, Settings(port=0)) as server:
        found = stock.run(provider, server.url, "test_stock", tmp_path, seed=1, examples=1)
    assert found.failures == (), found.said
    assert found.calls > 200


def test_schemathesis_finds_what_it_can_find(tmp_path: Path) -> None:
    with served(find("wrong-content-type"), Settings(port=0)) as server:
        found = stock.run("restream", server.url, "test_stock", tmp_path, seed=1, examples=1, stop=True)
    assert [failure.partition(" ")[0] for failure in found.failures] == ["UndefinedContentType"]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_exclusion_of_a_document_has_its_reason(provider: str) -> None:
    found = exclusions(effective(provider).value)
    assert found
    assert all(one.because.strip().endswith(".") for one in found)


def test_a_document_that_says_nothing_excludes_nothing() -> None:
    assert exclusions(_document()) == []
    assert tomllib.loads(configuration([])) == {"generation": {}, "checks": {}}


def test_a_rule_that_is_not_enforced_is_one_of_the_operations_it_stands_in() -> None:
    document = _document(**{"not-enforced": [{"at": "/components/parameters/limit", "because": "It is forgiving."}]})
    (one,) = exclusions(document)
    assert (one.check, one.operations) == ("negative_data_rejection", ("list",))


def test_bytes_schemathesis_never_sends_need_no_exclusion() -> None:
    assert (
        exclusions(_document(**{"not-enforced": [{"rules": ["transport:utf-8"], "because": "Node mends it."}]})) == []
    )


def test_a_refusal_adds_its_status_to_those_expected() -> None:
    document = _document(refused=[{"operations": ["make"], "status": 400, "because": "Prose."}])
    (operation,) = tomllib.loads(configuration(exclusions(document)))["operations"]
    assert operation["include-operation-id"] == "make"
    assert operation["checks"]["positive_data_acceptance"]["expected-statuses"][-1] == "400"


def test_the_reason_stands_above_what_it_excludes() -> None:
    text = configuration([Exclusion("unsupported_method", "There is no 405.")])
    assert "# There is no 405.\nunsupported_method.enabled = false" in text
