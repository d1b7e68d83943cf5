"""The provider as the engine sees it: routes, unknown paths, and that nothing a client sends breaks it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.core.http import Headers, Request
from mockserver.core.text import Json
from mockserver.providers.restream import provider
from tests.providers.restream.desk import EVENT, FILES, ORIGIN, PROJECTS, Desk, contract, default_section, error


def test_every_operation_of_the_document_is_simulated() -> None:
    assert provider.simulated == set(contract().operations)
    assert provider.not_simulated == {}


def test_every_operation_stands_under_a_mount() -> None:
    for operation in contract().operations.values():
        assert any(operation.path == mount or operation.path.startswith(f"{mount}/") for mount in provider.mounts)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v2/user/profile"),
        ("GET", "/v2"),
        ("GET", "/v2/user/clips/projects/"),
        ("GET", "/v2/User/clips/projects"),
        ("GET", f"/v2/user/clips/{EVENT}"),
        ("DELETE", f"{PROJECTS}/{EVENT}"),
        ("PUT", PROJECTS),
        ("POST", "/login"),
        ("GET", "/oauth/token"),
        ("GET", "/v2/login"),
        ("POST", "/v2/oauth/token"),
        ("OPTIONS", PROJECTS),
    ],
)
def test_what_is_no_operation_is_404_in_the_envelope(method: str, path: str) -> None:
    for key in ("", None):
        assert error(Desk().call(method, path, key=key)) == (404, "NotFound")


def test_the_literal_projects_is_no_clip() -> None:
    found = contract().match("GET", f"{PROJECTS}/download")
    assert found is not None
    assert found.operation.id == "getClipProject"


def test_head_is_answered_like_get() -> None:
    desk = Desk()
    assert desk.call("HEAD", PROJECTS) == desk.get(PROJECTS)


@pytest.mark.parametrize(
    ("status", "message"), [(400, "BadRequest"), (408, "RequestTimeout"), (431, "RequestHeaderFieldsTooLarge")]
)
def test_what_only_the_wire_sees_is_refused_in_the_envelope(status: int, message: str) -> None:
    assert error(provider.refuse(status, "why")) == (status, message)


_finite = st.floats(allow_nan=False, allow_infinity=False)  # JSON has no other
values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), _finite, st.text(max_size=8)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)),
    max_leaves=8,
)
fields = st.fixed_dictionaries(
    {},
    optional={
        "sourceType": st.one_of(st.just("VideoStorageFile"), values),
        "videoStorageFileId": st.one_of(
            st.sampled_from([file["id"] for file in default_section()["files"]]), st.uuids().map(str), values
        ),
        "title": values,
        "singleClipMode": values,
        "forceReprocess": values,
        "selectedTimeRange": st.one_of(
            st.fixed_dictionaries({"startOffsetSeconds": values, "endOffsetSeconds": values}), values
        ),
        "extra": values,
    },
)
readings = st.fixed_dictionaries(
    {},
    optional={
        "null-optional": st.just("absent"),
        "error-details": st.just("list"),
        "extra-fields": st.just("refused"),
        "same-range-twice": st.just("409"),
        "precedence-usage-conflict": st.just("conflict-first"),
    },
)


@settings(max_examples=150, deadline=None)
@given(st.one_of(fields, values), readings)
def test_any_json_gets_a_reply_the_document_allows(body: Json, chosen: dict[str, str]) -> None:
    desk = Desk(readings=chosen)
    before = desk.state()
    reply = desk.call("POST", PROJECTS, body)
    assert reply.status in (201, 400, 404, 409)
    if reply.status != 201:
        error(reply)
        assert desk.state() == before
    desk.finish()
    assert desk.state() == desk.state()


targets = st.sampled_from(
    [
        PROJECTS,
        FILES,
        "/login",
        "/oauth/token",
        "/oauth/revoke",
        "/media/restream/clip.mp4",
        f"{FILES}/%00/download-url",
    ]
)
headers = st.dictionaries(
    st.sampled_from(["authorization", "content-type", "content-encoding", "range", "if-none-match"]),
    st.one_of(
        st.text(max_size=20), st.sampled_from(["Bearer test_me", "Basic dDp0", "application/x-www-form-urlencoded"])
    ),
    max_size=3,
)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(["GET", "POST", "HEAD", "PUT"]), targets, st.text(max_size=60), headers, st.binary(max_size=60))
def test_any_bytes_get_a_reply_and_never_an_exception(
    method: str, path: str, query: str, sent: dict[str, str], body: bytes
) -> None:
    request = Request(method, path, query, Headers.of(sent.items()), body, origin=ORIGIN)
    provider.claim(request)
    reply = _DESK.send(request)
    assert 200 <= reply.status < 500


_DESK = Desk()
