from __future__ import annotations

import gzip

import pytest

from mockserver.core.http import Reply
from tests.providers.restream.desk import CLIPPED, EXAMPLE, IN_PART, NOW, PROJECTS, Desk, error

BODY = b'{"sourceType":"VideoStorageFile","videoStorageFileId":"a1b2c3d4-e5f6-7890-abcd-ef1234567890"}'


def send(raw: bytes, **headers: str) -> Reply:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Desk().call("POST", PROJECTS, raw=raw, headers={"Content-Type": "application/json", **names})


def test_the_documentations_own_call_answers_as_documented() -> None:
    desk = Desk()
    reply = desk.create(title="My webinar")
    project = reply.value["projectId"]
    assert reply.status == 201
    assert reply.body == (
        b'{"projectId":"%s","sourceTypeName":"VideoStorageFile",'
        b'"sourceIdentifier":"a1b2c3d4-e5f6-7890-abcd-ef1234567890","title":"My webinar",'
        b'"createdAt":"2026-11-23T10:33:20.420Z"}' % project.encode()
    )


def test_a_title_may_be_empty() -> None:
    assert Desk().create(title="").value["title"] == ""


def test_the_first_title_stays() -> None:
    desk = Desk()
    desk.create(title="First", span=(0, 60))
    assert desk.create(title="Second").value["title"] == "First"


def test_a_later_call_answers_with_the_original_instant() -> None:
    desk = Desk()
    first = desk.create(span=(0, 60)).value
    desk.wait(5_000)
    assert desk.create().value == first


def test_a_refused_first_call_makes_no_project() -> None:
    desk = Desk()
    desk.create(span=(0, 9999))
    assert EXAMPLE not in [one["sourceIdentifier"] for one in desk.listed(limit=100)["projects"]]


def test_two_users_have_projects_of_their_own() -> None:
    desk = Desk()
    desk.make("file", "00000099-0000-4000-8000-000000000000", like=EXAMPLE, account="stranger")
    mine = desk.create().value["projectId"]
    theirs = desk.create("00000099-0000-4000-8000-000000000000", key="+stranger").value["projectId"]
    assert mine != theirs
    assert error(desk.get(f"{PROJECTS}/{theirs}")) == (404, "NotFound")


def test_a_project_outlives_its_file() -> None:
    desk = Desk()
    (project,) = [one for one in desk.listed(limit=100)["projects"] if one["sourceIdentifier"] == CLIPPED]
    desk.remove("file", CLIPPED)
    assert len(desk.details(project["projectId"])["clips"]) == 5
    assert error(desk.create(CLIPPED)) == (404, "StorageFileNotFound")


def test_the_clips_a_project_has_stay_listed_while_more_are_made() -> None:
    desk = Desk()
    before = desk.details("4a1f0000-0000-4000-8000-00000000c11b")["clips"]
    desk.create(IN_PART)
    desk.finish()
    after = desk.details("4a1f0000-0000-4000-8000-00000000c11b")["clips"]
    assert after[:2] == before
    assert len(after) > 2


@pytest.mark.parametrize(
    ("raw", "headers", "expected"),
    [
        (gzip.compress(BODY, mtime=0), {"Content_Encoding": "gzip"}, 201),
        (BODY, {"Content_Type": "application/json; charset=utf-8"}, 201),
        (BODY, {"Content_Type": "application/vnd.api+json"}, (400, "InvalidBodyParams")),
        (b"\xef\xbb\xbf" + BODY, {}, 201),
        (BODY[:-1] + b',"title":"\\ud800"}', {}, 201),
        (BODY[:-1] + b',"title":1,"title":"two"}', {}, 201),
        (BODY[:-1], {}, (400, "InvalidBodyParams")),
        (b"[" * 100_000, {}, (400, "InvalidBodyParams")),
        (BODY, {"Content_Encoding": "gzip"}, (400, "InvalidBodyParams")),
        (BODY, {"Content_Type": ""}, (400, "InvalidBodyParams")),
        (BODY, {"Content_Encoding": "br"}, (415, "UnsupportedMediaType")),
        (BODY, {"Content_Type": "application/json; charset=latin1"}, (415, "UnsupportedMediaType")),
        (BODY + b" " * 1_048_576, {}, (413, "PayloadTooLarge")),
        (gzip.compress(b" " * 2_000_000, mtime=0), {"Content_Encoding": "gzip"}, (413, "PayloadTooLarge")),
    ],
)
def test_a_body_is_read_or_refused_in_the_envelope(raw: bytes, headers: dict[str, str], expected: object) -> None:
    reply = send(raw, **headers)
    assert (reply.status if reply.status == 201 else error(reply)) == expected


def test_a_body_that_says_invalid_params_names_no_field() -> None:
    reply = send(b"{}")
    assert reply.body == (
        b'{"error":{"statusCode":400,"status":400,"code":400,"message":"InvalidBodyParams","name":"invalid_body_params"}}'
    )


@pytest.mark.parametrize("number", [b"1e400", b"-1e400", b"1e308", b"123456789012345678901234567890", b"-0.0"])
def test_no_number_is_too_much_for_it(number: bytes) -> None:
    range = b',"selectedTimeRange":{"startOffsetSeconds":%s,"endOffsetSeconds":%s}}' % (number, number)
    assert error(send(BODY[:-1] + range)) == (400, "InvalidBodyParams")


def test_a_project_is_made_at_the_instant_of_the_call() -> None:
    desk = Desk()
    desk.wait(1)
    project = desk.create().value["projectId"]
    assert desk.record("project", project)["createdAt"] == NOW + 1
