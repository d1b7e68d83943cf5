from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from mockserver.conformance import verify
from mockserver.conformance.traffic.fields import request_to
from mockserver.conformance.traffic.sites import Sites
from mockserver.conformance.traffic.terms import terms_of
from mockserver.contract.check import CompiledContract
from mockserver.core.http import Headers
from mockserver.errors import UsageError
from tests.conformance.traffic.making import entry, har, line, lines, only, rules


@cache
def contract(provider: str) -> CompiledContract:
    return terms_of(provider).contract


def found(provider: str, url: str, *bases: str, method: str = "GET") -> str | None:
    """The operation of a call, None for none, or why it is none of the API's."""
    looked = Sites(contract(provider), bases).find(request_to(method, url, Headers(), b""))
    if isinstance(looked, str):
        return looked
    return looked[1].operation.id if looked[1] else None


@pytest.mark.parametrize(
    "url",
    [
        "https://livepeer.studio/api/asset",
        "https://LIVEPEER.studio:443/api/asset",
        "http://127.0.0.1:4080/api/asset",
        "http://localhost:9/api/asset",
        "http://[::1]:4080/api/asset",
        "/api/asset",
    ],
)
def test_the_api_is_at_its_own_host_and_on_this_machine(url: str) -> None:
    assert found("livepeer", url) == "getAssets"


def test_other_hosts_and_paths_are_passed_over() -> None:
    assert found("livepeer", "https://cdn.example.com/api/asset") == "another host"
    assert found("livepeer", "https://livepeer.studio/dashboard.js") == "another path"
    assert found("livepeer", "http://127.0.0.1:4080/__admin/clock") == "control"


def test_a_path_below_the_api_that_is_no_operation_is_unknown() -> None:
    assert found("livepeer", "https://livepeer.studio/api/nope") is None


@pytest.mark.parametrize(
    ("base", "url"),
    [
        ("https://gate.corp/livepeer", "https://gate.corp/livepeer/asset"),
        ("https://gate.corp/x/api", "https://gate.corp/x/api/asset"),
        ("https://gate.corp/x/api/", "https://gate.corp/x/api/asset"),
        ("https://gate.corp", "https://gate.corp/asset"),
        ("/proxy", "https://anything.example/proxy/asset"),
        ("/proxy/api", "/proxy/api/asset"),
    ],
)
def test_a_base_stands_for_the_document_s_server(base: str, url: str) -> None:
    assert found("livepeer", url, base) == "getAssets"


def test_what_stands_beside_the_base_is_found_beside_it() -> None:
    base = "https://gate.corp/restream/v2"
    assert found("restream", "https://gate.corp/restream/v2/user/clips/projects", base) == "listClipProjects"
    assert found("restream", "https://gate.corp/restream/oauth/token", base, method="POST") == "createToken"


def test_a_base_that_is_no_url_and_no_path_is_refused() -> None:
    with pytest.raises(UsageError, match="--base: expected a URL or a path"):
        Sites(contract("livepeer"), ["gate.corp/api"])


def test_calls_of_no_operation_are_told_with_the_nearest(tmp_path: Path) -> None:
    report = verify("livepeer", lines(tmp_path, *[line("GET", "/api/assets", 404, {"errors": ["x"]})] * 2))
    finding = only(report)
    assert (finding.rule, finding.level, finding.count) == ("unknown-operation", "note", 2)
    assert "Nearest is `/api/asset`" in finding.evidence
    assert report.coverage is not None and report.coverage.unknown == {"GET /api/assets": 2}


def test_strict_makes_them_errors(tmp_path: Path) -> None:
    path = lines(tmp_path, line("GET", "/api/assets", 404, {"errors": ["x"]}))
    assert rules(verify("livepeer", path, strict=True), "error") == ["unknown-operation"]


def test_the_hosts_that_were_passed_over_are_named(tmp_path: Path) -> None:
    path = har(tmp_path, entry("https://api.staging.example/api/asset", text="[]"))
    report = verify("livepeer", path)
    assert "1 to another host (api.staging.example)" in report.notes[0]
    assert "--base https://api.staging.example/..." in report.checks[0].why
    assert report.checks[0].state == "broken"
