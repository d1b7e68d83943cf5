"""Proofs of replies of another shape."""

from __future__ import annotations

import httpx

from mockserver.core.instants import instant_from
from mockserver.core.text import Json
from tests.server.raw import RawClient
from tests.servers.proofs.probe import KEY, Probe, proof

_NOWHERE = "00000000-0000-4000-8000-0000000000ff"
_PROJECTS = "/v2/user/clips/projects"


def _details(probe: Probe) -> Json:
    """A project that has clips."""
    listed = probe.get(_PROJECTS, params={"limit": 100})["projects"]
    project = next(one for one in listed if one["clipsCount"])
    return probe.get(f"{_PROJECTS}/{project['projectId']}")


def _asset(probe: Probe) -> Json:
    """A finished clip."""
    made = probe.clip().json()["asset"]["id"]
    probe.advance(100)
    return probe.get(f"/api/asset/{made}")


@proof("required-field-dropped")
def required_field_dropped(probe: Probe) -> bool:
    return "favouritedAt" not in _details(probe)["clips"][0]


@proof("source-dropped-in-list")
def source_dropped_in_list(probe: Probe) -> bool:
    return "source" not in probe.get("/api/asset")[0]


@proof("wrong-type-deep-inside")
def wrong_type_deep_inside(probe: Probe) -> bool:
    return isinstance(_asset(probe)["videoSpec"]["bitrate"], str)


@proof("score-as-text")
def score_as_text(probe: Probe) -> bool:
    return isinstance(_details(probe)["clips"][0]["viralityScore"], str)


@proof("undocumented-property")
def undocumented_property(probe: Probe) -> bool:
    return "_id" in _asset(probe)


@proof("status-in-lower-case")
def status_in_lower_case(probe: Probe) -> bool:
    file = probe.get("/v2/user/storage/files")["files"][0]
    return bool(probe.get(f"/v2/user/storage/files/{file['id']}")["status"] == file["status"].lower())


@proof("status-200-for-201")
def status_200_for_201(probe: Probe) -> bool:
    return probe.project().status_code == 200


@proof("stream-with-200")
def stream_with_200(probe: Probe) -> bool:
    return probe("POST", "/api/stream", {"name": "new"}).status_code == 200


@proof("undocumented-status")
def undocumented_status(probe: Probe) -> bool:
    return probe("GET", f"{_PROJECTS}/{_NOWHERE}").status_code == 410


@proof("wrong-content-type")
def wrong_content_type(probe: Probe) -> bool:
    return probe("GET", _PROJECTS).headers["content-type"].startswith("text/html")


@proof("error-of-another-shape")
def error_of_another_shape(probe: Probe) -> bool:
    return isinstance(probe.get(f"{_PROJECTS}/{_NOWHERE}")["error"], str)


@proof("error-instead-of-errors")
def error_instead_of_errors(probe: Probe) -> bool:
    return "error" in probe.clip({"playbackId": "nowhere"}).json()


@proof("error-numbers-disagree")
def error_numbers_disagree(probe: Probe) -> bool:
    reply = probe("GET", f"{_PROJECTS}/{_NOWHERE}")
    return bool(reply.json()["error"]["code"] != reply.status_code)


@proof("times-in-seconds")
def times_in_seconds(probe: Probe) -> bool:
    return bool(probe.clip().json()["asset"]["createdAt"] < 10_000_000_000)


@proof("created-in-the-future")
def created_in_the_future(probe: Probe) -> bool:
    created = instant_from(probe.project().json()["createdAt"])
    return created > probe.server.engine.clock.now()


def _head(probe: Probe, path: str) -> tuple[httpx.Response, httpx.Response]:
    return probe("GET", path), probe("HEAD", path)


@proof("head-differs-from-get", "restream")
def head_differs_from_get(probe: Probe) -> bool:
    got, head = _head(probe, _PROJECTS)
    return got.status_code == 200 and head.status_code == 404


@proof("head-is-missing-headers", "restream")
def head_is_missing_headers(probe: Probe) -> bool:
    got, head = _head(probe, _PROJECTS)
    return got.headers["content-type"] != head.headers["content-type"]


@proof("head-has-a-body", "restream")
def head_has_a_body(probe: Probe) -> bool:
    return _bytes_after_head(probe, _PROJECTS) != b""


def _bytes_after_head(probe: Probe, path: str) -> bytes:
    """What comes after the headers of the reply to HEAD."""
    with RawClient(probe.server.url) as client:
        client.say(
            f"HEAD {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {KEY}\r\n\r\n".encode()
        )
        data = b"".join(iter(lambda: client.socket.recv(65_536), b""))
    return data.partition(b"\r\n\r\n")[2]


@proof("head-differs-from-get", "livepeer")
def head_differs_from_get_at_livepeer(probe: Probe) -> bool:
    got, head = _head(probe, "/api/asset")
    return got.status_code == 200 and head.status_code == 404


@proof("head-is-missing-headers", "livepeer")
def head_is_missing_headers_at_livepeer(probe: Probe) -> bool:
    got, head = _head(probe, "/api/asset")
    return got.headers["content-type"] != head.headers["content-type"]


@proof("head-has-a-body", "livepeer")
def head_has_a_body_at_livepeer(probe: Probe) -> bool:
    return _bytes_after_head(probe, "/api/asset") != b""


@proof("etag-always-new")
def etag_always_new(probe: Probe) -> bool:
    path = "/api/stream"
    return probe("GET", path).headers["etag"] != probe("GET", path).headers["etag"]


@proof("not-modified-whatever-is-known")
def not_modified_whatever_is_known(probe: Probe) -> bool:
    return probe("GET", "/api/stream", headers={"If-None-Match": 'W/"other"'}).status_code == 304
