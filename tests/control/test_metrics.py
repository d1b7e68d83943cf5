from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families

from mockserver.control.control import Control
from mockserver.core.http import Headers, Request
from tests.control.asking import ask, served
from tests.engine.asking import ask as request
from tests.engine.asking import run

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def scraped(driven: Control) -> Samples:
    """What Prometheus' own reader makes of the page."""
    reply = ask(driven, "GET", "/metrics")
    assert (reply.status, reply.header("content-type")) == (200, "text/plain; version=0.0.4; charset=utf-8")
    families = text_string_to_metric_families(reply.body.decode())
    return {(each.name, frozenset(each.labels.items())): each.value for family in families for each in family.samples}


def value(samples: Samples, name: str, **labels: str) -> float | None:
    return samples.get((f"mockserver_{name}", frozenset(labels.items())))


def test_requests_are_counted_by_operation_and_status() -> None:
    driven = served("livepeer")
    for _ in range(2):
        request(driven.desk.engine, "GET", "/api/asset", "test_me")
    request(driven.desk.engine, "GET", "/api/asset/nope", "test_me")
    samples = scraped(driven)
    counted = {"provider": "livepeer", "operation": "getAssets", "status": "200"}
    assert value(samples, "requests_total", **counted) == 2
    assert value(samples, "requests_total", **counted | {"operation": "getAsset", "status": "404"}) == 1


def test_broken_rules_and_faults_are_counted() -> None:
    driven = served("livepeer")
    ask(driven, "POST", "/faults", {"calls": {"operation": "getAssets"}, "status": {"code": 503}})
    request(driven.desk.engine, "GET", "/api/asset", "test_me")
    request(driven.desk.engine, "POST", "/api/clip", "test_me", {"playbackId": 5})
    samples = scraped(driven)
    assert value(samples, "faults_total", provider="livepeer", kind="status") == 1
    assert value(samples, "faults_set") == 1
    assert value(samples, "violations_total", provider="livepeer", operation="createClip", code="C201") == 1


def test_each_reply_is_in_a_bucket_of_the_histogram() -> None:
    driven = served("livepeer", "restream")
    request(driven.desk.engine, "GET", "/api/asset", "test_me")
    samples = scraped(driven)
    assert value(samples, "reply_seconds_count", provider="livepeer") == 1
    assert value(samples, "reply_seconds_bucket", provider="livepeer", le="+Inf") == 1
    assert value(samples, "reply_seconds_count", provider="restream") == 0


def test_worlds_and_the_journal_are_measured() -> None:
    driven = served("livepeer")
    request(driven.desk.engine, "GET", "/api/asset", "test_me")
    samples = scraped(driven)
    assert (value(samples, "worlds", provider="livepeer"), value(samples, "journal_entries")) == (2, 1)
    assert (value(samples, "journal_bytes") or 0) > 0
    assert value(samples, "ready") == 1


def test_it_is_where_prometheus_looks() -> None:
    driven = served("livepeer")
    reply = run(driven.respond(Request("GET", "/metrics", headers=Headers.of([("Host", "127.0.0.1")]))))
    assert (reply.status, reply.body[:6]) == (200, b"# HELP")


def test_nothing_can_be_sent_there() -> None:
    assert run(served("livepeer").respond(Request("POST", "/metrics"))).status == 405
