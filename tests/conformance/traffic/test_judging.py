from __future__ import annotations

from pathlib import Path

import pytest

from mockserver.conformance import verify
from mockserver.conformance.finding import Place, Report
from mockserver.core.text import Json, dump
from tests.conformance.traffic.making import (
    KEY,
    LIVEPEER,
    PROJECT,
    asset,
    clipping,
    entry,
    har,
    line,
    lines,
    only,
    reading,
    rules,
)
from tests.house.source import CHECKOUT

RECORDED = CHECKOUT / "fixtures" / "exchanges"
GOOD = reading(asset("waiting", 1795347487803))


def judged(folder: Path, *exchanges: Json, what: str = "livepeer", **more: Json) -> Report:
    return verify(what, lines(folder, *exchanges), **more)


@pytest.mark.parametrize("provider", ["livepeer", "restream"])
def test_what_was_recorded_of_the_real_servers_shows_no_fault_of_theirs(provider: str) -> None:
    report = verify(provider, RECORDED / f"{provider}.jsonl", whose="server")
    assert not report.broken
    assert {finding.party for finding in report.findings} == {"client"}


def test_a_reply_that_breaks_the_contract_is_the_server_s_fault(tmp_path: Path) -> None:
    found = only(judged(tmp_path, GOOD, reading(asset("brewing", 1795347487804))))
    assert (found.rule, found.party, found.operation, found.level) == ("reply-enum", "server", "getAsset", "error")
    assert 'got "brewing"' in found.evidence and found.document is not None
    assert found.places == (Place(str(tmp_path / "traffic.jsonl"), 2),)


def test_a_status_the_document_does_not_have_is_the_server_s_fault(tmp_path: Path) -> None:
    assert rules(judged(tmp_path, clipping(202, PROJECT), what="restream")) == ["reply-status"]


def test_a_request_that_breaks_the_contract_is_the_client_s_fault(tmp_path: Path) -> None:
    refused = line("POST", "/api/clip", 422, {"errors": ["no"]}, {"playbackId": 3, "startTime": 1})
    found = only(judged(tmp_path, refused))
    assert (found.rule, found.party) == ("request-type", "client")
    assert found.steps[0].request.origin == "https://livepeer.studio"


def test_a_server_that_accepts_what_is_wrong_is_warned_of(tmp_path: Path) -> None:
    sent = {"playbackId": "aaaastream000001", "startTime": "1587667174725"}
    report = judged(tmp_path, line("POST", "/api/clip", 200, made(), sent))
    assert [(each.rule, each.party, each.level) for each in report.findings] == [
        ("request-type", "client", "error"),
        ("not-refused", "server", "warning"),
    ]


def test_faults_of_whoever_is_not_judged_are_warnings(tmp_path: Path) -> None:
    report = judged(tmp_path, reading(asset("brewing", 1795347487803)), whose="client")
    assert (rules(report), report.broken, only(report).level) == (["reply-enum"], False, "warning")


def test_one_rule_that_is_broken_often_is_one_finding(tmp_path: Path) -> None:
    found = only(judged(tmp_path, *[reading(asset("brewing", 1795347487803))] * 9))
    assert (found.count, [place.entry for place in found.places], len(found.steps)) == (9, [1, 2, 3, 4, 5], 1)


def test_no_secret_comes_into_a_report(tmp_path: Path) -> None:
    told = line(
        "GET", "/api/webhook/w1?token=tok_0123456789", 200, {"id": "w1", "name": 3, "sharedSecret": "hush-hush-9"}
    )
    report = judged(tmp_path, told)
    said = repr(report)
    assert "reply-type" in rules(report)
    assert not [secret for secret in (KEY["authorization"], "hush-hush-9", "tok_0123456789") if secret in said]


def test_a_credential_that_its_recorder_took_out_is_not_missed(tmp_path: Path) -> None:
    bare = {**GOOD, "request": {**GOOD["request"], "headers": {}}}
    report = judged(tmp_path, bare)
    assert rules(report) == [] and "whose credential was not recorded" in report.notes[1]


def test_a_word_in_place_of_a_credential_is_no_broken_one(tmp_path: Path) -> None:
    refused = line("GET", "/api/asset", 401, {"errors": ["no"]}, key={"Authorization": "[Filtered]"})
    assert rules(judged(tmp_path, refused)) == []


def test_a_credential_that_was_missed_by_the_server_is_missing(tmp_path: Path) -> None:
    refused = line("GET", "/api/asset", 401, {"errors": ["request is not authenticated"]}, key={})
    assert rules(judged(tmp_path, refused)) == ["request-security"]


@pytest.mark.parametrize("word", ["[removed]", "<FILE_ID>", "REDACTED", "****"])
def test_a_placeholder_is_no_broken_rule(tmp_path: Path, word: str) -> None:
    report = judged(tmp_path, clipping(201, PROJECT, videoStorageFileId=word), what="restream")
    assert rules(report) == [] and "placeholder" in report.notes[1]


def test_a_reply_whose_body_is_not_there_is_judged_by_its_status(tmp_path: Path) -> None:
    lost, gone = entry(f"{LIVEPEER}/api/asset"), entry(f"{LIVEPEER}/api/asset/a/clips", status=204)
    lost["response"]["content"]["size"] = 99
    report = verify("livepeer", har(tmp_path, lost, gone))
    assert "no reply body" not in rules(report) and "whose reply body was not recorded" in report.notes[1]


def test_head_has_no_body_to_miss(tmp_path: Path) -> None:
    silent = line("HEAD", "/api/asset", 200)
    silent["response"]["headers"] = {"content-type": "application/json"}
    assert rules(judged(tmp_path, silent)) == []


def test_not_modified_answers_who_asked_for_that(tmp_path: Path) -> None:
    assert rules(judged(tmp_path, line("GET", "/api/asset/a", 304, headers={"if-none-match": 'W/"1"'}))) == []


def test_a_reply_that_a_fault_spoilt_is_nobody_s_fault(tmp_path: Path) -> None:
    spoilt = entry("http://127.0.0.1:4080/api/asset", text='{"a"', _mockserver={"fault": "half-json"})
    assert rules(verify("livepeer", har(tmp_path, spoilt))) == []


def test_a_request_the_server_could_read_was_whole(tmp_path: Path) -> None:
    cut = entry(f"{LIVEPEER}/api/clip", "POST", body='{"playbackId": "abc', text=dump(made()).decode())
    report = verify("livepeer", har(tmp_path, cut))
    assert rules(report) == [] and "not what the server read" in report.notes[1]


def made() -> Json:
    return {"task": {"id": "bba9b5bd-9c1f-4105-a0da-a59bb1071102"}, "asset": asset("waiting", 1795347487803)}


def test_json_that_is_none_is_the_server_s_fault(tmp_path: Path) -> None:
    assert rules(verify("livepeer", har(tmp_path, entry(f"{LIVEPEER}/api/asset", text='[{"id"')))) == ["reply-syntax"]
