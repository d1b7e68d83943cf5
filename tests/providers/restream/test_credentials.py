from __future__ import annotations

from itertools import combinations
from typing import Final

import pytest

from mockserver.contract.document import effective
from mockserver.core.http import Headers, Reply, Request
from mockserver.core.payload import FORM_MEDIA
from mockserver.core.provider import Claim
from mockserver.providers.restream import GUARDED
from mockserver.providers.restream.credentials import SCOPES, basic_credentials, claim, long_scope, short_scope
from tests.providers.restream.desk import CLIP, EVENT, EXAMPLE, FILES, PROJECTS, Desk, error

# Every operation that needs a token, as a call that succeeds with it.
CALLS: Final = {
    "listClipProjects": ("GET", PROJECTS),
    "createClipProject": ("POST", PROJECTS),
    "getClipProject": ("GET", f"{PROJECTS}/{EVENT}"),
    "getClipDownloadUrl": ("GET", f"/v2/user/clips/{CLIP}/download"),
    "listStorageFiles": ("GET", FILES),
    "getStorageFile": ("GET", f"{FILES}/{EXAMPLE}"),
    "createStorageFileDownloadUrl": ("POST", f"{FILES}/{EXAMPLE}/download-url"),
}
SETS: Final = [set for size in range(len(SCOPES) + 1) for set in combinations(SCOPES, size)]
SPELLINGS: Final = {"short": short_scope, "long": long_scope}


def send(desk: Desk, operation: str, **headers: str) -> Reply:
    method, target = CALLS[operation]
    body = {"sourceType": "VideoStorageFile", "videoStorageFileId": EXAMPLE}
    if operation == "createClipProject":
        return desk.call(method, target, body, key=None, headers=headers)
    return desk.call(method, target, key=None, headers=headers)


def test_the_scope_of_each_operation_is_the_one_its_document_names() -> None:
    named = {
        operation["operationId"]: scope
        for path in effective("restream").value["paths"].values()
        for operation in path.values()
        if isinstance(operation, dict) and operation.get("security")
        for scope in operation["security"][0].get("restreamOAuth", [])
    }
    assert named == {operation: scope for operation, (scope, _) in GUARDED.items()}
    assert set(CALLS) == set(GUARDED)


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("scopes", SETS, ids=" ".join)
@pytest.mark.parametrize("operation", CALLS)
def test_an_operation_is_open_to_exactly_the_tokens_with_its_scope(
    operation: str, scopes: tuple[str, ...], spelling: str
) -> None:
    desk = Desk()
    desk.put("grant", "test_me", scopes=[SPELLINGS[spelling](scope) for scope in scopes])
    reply = send(desk, operation, Authorization="Bearer test_me")
    if GUARDED[operation][0] in scopes:
        assert reply.status in (200, 201)
    else:
        assert error(reply) == (403, "Insufficient scope: authorized scope is insufficient")


@pytest.mark.parametrize("operation", CALLS)
def test_without_a_token_every_operation_gets_401_with_a_challenge(operation: str) -> None:
    reply = send(Desk(), operation)
    assert error(reply) == (401, "Unauthorized request: no authentication given")
    assert reply.header("WWW-Authenticate") == 'Bearer realm="Service"'
    assert reply.value["error"]["name"] == "unauthorized_request"


@pytest.mark.parametrize("operation", CALLS)
def test_an_unknown_token_gets_the_documented_401_byte_for_byte(operation: str) -> None:
    reply = send(Desk(), operation, Authorization="Bearer somebody")
    assert reply.body == (
        b'{"error":{"statusCode":401,"status":401,"code":401,'
        b'"message":"Invalid token: access token is invalid","name":"invalid_token"}}'
    )
    assert reply.header("WWW-Authenticate") is None


@pytest.mark.parametrize("header", ["test_me", "Basic dGVzdDp0ZXN0", "bearer test_me", "Bearer", "Bearer ", "token x"])
def test_a_header_that_is_no_bearer_token_is_malformed(header: str) -> None:
    reply = send(Desk(), "listClipProjects", Authorization=header)
    assert error(reply) == (400, "Invalid request: malformed authorization header")
    assert reply.value["error"]["name"] == "invalid_request"


def test_the_token_is_found_as_the_library_finds_it() -> None:
    desk = Desk()
    for header in ("Bearer test_me", "Bearer\ttest_me", "Bearer test_me and more", "OAuth Bearer test_me"):
        assert send(desk, "listClipProjects", Authorization=header).status == 200


def test_a_token_in_two_places_is_refused() -> None:
    reply = Desk().get(f"{PROJECTS}?access_token=test_me")
    assert error(reply) == (400, "Invalid request: only one authentication method is allowed")


def test_a_token_in_the_query_is_refused() -> None:
    reply = Desk().get(f"{PROJECTS}?access_token=test_me", key=None)
    assert error(reply) == (400, "Invalid request: do not send bearer tokens in query URLs")


def test_a_token_in_a_form_works_except_with_get() -> None:
    desk, headers = Desk(), {"Content-Type": FORM_MEDIA}
    download = f"{FILES}/{EXAMPLE}/download-url"
    assert desk.call("POST", download, key=None, headers=headers, raw=b"access_token=test_me").status == 200
    reply = desk.call("GET", FILES, key=None, headers=headers, raw=b"access_token=test_me")
    assert error(reply) == (400, "Invalid request: token may not be passed in the body when using the GET verb")


def test_a_token_is_good_up_to_its_last_millisecond() -> None:
    desk = Desk()
    desk.put("grant", "test_me", expiresAt=desk.now)
    assert desk.get(PROJECTS).status == 200
    desk.wait(1)
    assert error(desk.get(PROJECTS)) == (401, "Invalid token: access token has expired")


def test_the_token_comes_before_scope_and_scope_before_the_body() -> None:
    desk = Desk()
    assert desk.call("POST", PROJECTS, "nonsense", key="+expired").status == 401
    assert desk.call("POST", PROJECTS, "nonsense", key="+read-only").status == 403
    assert desk.call("POST", PROJECTS, "nonsense").status == 400


def test_another_users_token_sees_only_what_is_theirs() -> None:
    desk = Desk()
    assert [project["title"] for project in desk.listed(key="+stranger")["projects"]] == ["A stranger's stream"]
    assert [file["title"] for file in desk.get(FILES, key="+stranger").value["files"]] == ["Not yours.mp4"]


# ---- which world a request belongs to


def asked(path: str, query: str = "", body: bytes = b"", **headers: str) -> Claim:
    pairs = Headers.of((name.replace("_", "-"), value) for name, value in headers.items())
    return claim(Request("POST", path, query, pairs, body))


def test_a_bearer_token_claims_its_world() -> None:
    assert asked(PROJECTS, authorization="Bearer abc") == Claim((("grant", "access", "abc"),), "abc")


def test_without_a_token_nothing_is_claimed() -> None:
    assert asked(PROJECTS) == Claim()


def test_a_token_in_a_wrong_place_still_claims_its_world() -> None:
    assert asked(PROJECTS, "access_token=test_a").key == "test_a"
    assert asked(PROJECTS, body=b"access_token=test_a", content_type=FORM_MEDIA).key == "test_a"


def test_the_dialog_belongs_to_its_client() -> None:
    assert asked("/login", "client_id=test_a%2Bb") == Claim((("app", "client", "test_a+b"),), "test_a+b")


def test_a_token_call_belongs_to_its_client_wherever_that_is_named() -> None:
    expected = Claim((("app", "client", "test_a"),), "test_a")
    assert asked("/oauth/token", body=b"client_id=test_a", content_type=FORM_MEDIA) == expected
    assert asked("/oauth/token", authorization="Basic dGVzdF9hOng=") == expected


def test_a_plus_that_became_a_space_in_a_form_is_a_plus_again() -> None:
    found = asked("/oauth/revoke", body=b"token=test_a+stranger", content_type=FORM_MEDIA)
    assert found.key == "test_a+stranger"
    assert ("grant", "refresh", "test_a+stranger") in found.owned


def test_a_signed_url_belongs_to_its_user() -> None:
    assert asked("/media/restream/clip.mp4", "userId=u1&clipId=c1") == Claim((("account", "user", "u1"),))


def test_a_form_too_large_to_read_claims_nothing() -> None:
    assert asked("/oauth/token", body=b"client_id=test_a&x=" + b"x" * 70_000, content_type=FORM_MEDIA) == Claim()


@pytest.mark.parametrize("header", ["Basic", "Basic ???", "Basic bm9jb2xvbg==", "Basic /w==", "Bearer dDp0", ""])
def test_what_is_no_basic_authentication_has_no_credentials(header: str) -> None:
    assert basic_credentials(Request("POST", "/oauth/token", headers=Headers.of([("Authorization", header)]))) is None


@pytest.mark.parametrize("header", ["Basic YTpiOmM=", "basic YTpiOmM", " BASIC  YTpiOmM= "])
def test_basic_authentication_splits_at_the_first_colon(header: str) -> None:
    request = Request("POST", "/oauth/token", headers=Headers.of([("Authorization", header)]))
    assert basic_credentials(request) == ("a", "b:c")
