from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families

from mockserver.control.control import Control
from mockserver.core.http import Headers, Request
from mockserver.engine.remembered import hand_over
from tests.control.asking import ask, served, team
from tests.engine.asking import ask as request
from tests.engine.asking import create, run

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


def test_workers_of_one_port_tell_each_other_s_figures_by_their_place() -> None:
    workers = team("one", "two")
    for text in "abc":
        create(workers[0].desk.engine, text)
    create(workers[1].desk.engine, "d")
    pages = [scraped(each) for each in workers]
    assert pages[0] == pages[1]
    counted = {"provider": "tiny", "operation": "createNote", "status": "201"}
    assert [value(pages[0], "requests_total", **counted, worker=worker) for worker in "12"] == [3, 1]
    assert [value(pages[0], "reply_seconds_count", provider="tiny", worker=worker) for worker in "12"] == [3, 1]
    assert [value(pages[0], name, worker="1") for name in ("ready", "journal_entries")] == [1, 3]


def test_what_is_in_the_store_is_told_once_and_all_else_says_whose_it_is() -> None:
    one, _ = team("one", "two")
    samples = scraped(one)
    assert (value(samples, "faults_set"), value(samples, "worlds", provider="tiny")) == (0, 1)
    unmarked = {name for name, labels in samples if "worker" not in dict(labels)}
    assert unmarked == {"mockserver_faults_set", "mockserver_worlds"}


def test_a_server_that_is_alone_or_on_another_machine_has_no_label() -> None:
    (alone,) = team("one", crew="")
    samples = scraped(alone)
    assert not [name for name, labels in samples if "worker" in dict(labels)]


def test_of_two_workers_at_one_place_the_one_that_stays_is_told() -> None:
    old, new = team("old", "new")
    assert new.desk.engine.sharing is not None
    new.desk.engine.sharing.me = new.desk.engine.sharing.me._replace(place=0)  # type: ignore[misc]
    old.state = "draining"
    create(old.desk.engine, "a")
    samples = scraped(old)
    assert (value(samples, "journal_entries", worker="1"), value(samples, "ready", worker="1")) == (0, 1)


def test_the_counts_of_a_worker_begin_anew_with_another_in_its_place() -> None:
    old, new = team("old", "new")
    create(old.desk.engine, "a")
    run(hand_over(old.desk.engine))
    run(old.desk.engine.peers.close())
    samples = scraped(new)
    assert not [name for name, _ in samples if name == "mockserver_requests_total"]
    assert value(samples, "journal_entries", worker="2") == 1
