"""Livepeer's documents: what was repaired and added, held against the recorded answers of its real server."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator

import pytest
from openapi_core import OpenAPI
from openapi_spec_validator import OpenAPIV31SpecValidator
from referencing.exceptions import Unresolvable

from mockserver import resources
from mockserver.contract.check import compile_contract
from mockserver.contract.document import effective, published
from mockserver.contract.lint.grammar import METHODS
from mockserver.core.http import Headers, Reply, Request
from mockserver.core.payload import read_payload
from mockserver.core.text import Json, resolve

DOCUMENT = effective("livepeer").value
CONTRACT = compile_contract(DOCUMENT)
SCHEMAS = DOCUMENT["components"]["schemas"]

OPERATIONS = """
    createClip getClips getSessionClips getClipsOf getAsset updateAsset deleteAsset getAssets getAssetClips retryAsset
    getTask getTasks retryTask updateTaskStatus getPlaybackInfo getStream getStreams createStream createChildStream
    getSession getSessions getRecordedSessions createWebhook getWebhook getWebhooks updateWebhook deleteWebhook
    getWebhookLogs getWebhookLog resendWebhook
    getHealth
"""


def exchanges() -> Iterator[Json]:
    with (resources.fixtures() / "exchanges" / "livepeer.jsonl").open() as lines:
        yield from map(json.loads, lines)


def request_of(exchange: Json) -> Request:
    asked = exchange["request"]
    path, _, query = asked["path"].partition("?")
    return Request(
        asked["method"], path, query, Headers.of(asked["headers"].items()), (asked["body"] or "").encode("utf-8")
    )


def reply_of(exchange: Json) -> Reply:
    told = exchange["response"]
    link = [("Link", told["link"])] if told["link"] else []
    if told["content_type"] is None or exchange["request"]["method"] == "HEAD":
        return Reply.empty(told["status"], link)
    return Reply.json(told["status"], told["body"], link)


def operations() -> Iterator[tuple[str, Json]]:
    for item in DOCUMENT["paths"].values():
        for method in METHODS:
            if method in item:
                yield item[method]["operationId"], item[method]


def resolved(value: Json) -> Json:
    return resolve(DOCUMENT, value["$ref"]) if "$ref" in value else value


def test_the_document_is_the_published_one_byte_for_byte() -> None:
    folder = resources.specs("livepeer")
    digest = hashlib.sha256((folder / "openapi.yaml").read_bytes()).hexdigest()
    assert digest in (folder / "SOURCE.md").read_text()


def test_every_operation_a_client_needs_is_described() -> None:
    assert set(CONTRACT.operations) == set(OPERATIONS.split())


@pytest.mark.parametrize("branch", [0, 2])
def test_encryption_is_the_reference_the_publisher_has(branch: int) -> None:
    source = SCHEMAS["asset"]["properties"]["source"]["oneOf"][branch]
    meant = resolved(source["properties"]["encryption"])
    assert meant["required"] == ["encryptedKey"]
    assert meant["additionalProperties"] is False
    assert meant["properties"]["encryptedKey"]["writeOnly"] is True


def test_the_properties_of_a_file_on_ipfs_stand_among_the_others() -> None:
    ipfs = SCHEMAS["asset"]["properties"]["storage"]["properties"]["ipfs"]
    assert set(ipfs["properties"]) == {"spec", "nftMetadata", "updatedAt", "cid", "url", "gatewayUrl"}
    assert "required" not in ipfs
    assert [name for name, schema in ipfs["properties"].items() if schema.get("readOnly")] == [
        "updatedAt",
        "url",
        "gatewayUrl",
    ]


@pytest.mark.parametrize(
    "schema", ["clip-payload", "playback-policy", "creator-id", "ipfs-file-info", "storage-status"]
)
def test_what_was_right_is_as_published(schema: str) -> None:
    assert SCHEMAS[schema] == published("livepeer").value["components"]["schemas"][schema]


def test_the_published_asset_gained_no_property() -> None:
    before = published("livepeer").value["components"]["schemas"]["asset"]["properties"]
    assert SCHEMAS["asset"]["properties"].keys() == before.keys()


@pytest.mark.parametrize(
    ("schema", "leaks"),
    [("asset-as-created", {"objectStoreId"}), ("asset-as-stored", {"objectStoreId", "files", "sourcePlaybackReady"})],
)
def test_assets_as_really_sent_have_the_leaks_and_nothing_else(schema: str, leaks: set[str]) -> None:
    assert SCHEMAS[schema]["additionalProperties"] is False
    assert SCHEMAS[schema]["properties"].keys() - SCHEMAS["asset"]["properties"].keys() == leaks
    assert SCHEMAS[schema]["properties"].keys() >= SCHEMAS["asset"]["properties"].keys()


def test_create_clip_has_every_status_of_the_real_server() -> None:
    statuses = DOCUMENT["paths"]["/clip"]["post"]["responses"]
    assert set(statuses) == {"200", "400", "401", "403", "404", "413", "415", "422", "500", "default"}
    assert "201" not in statuses


def test_every_response_we_added_says_how_it_is_known() -> None:
    for name, operation in operations():
        for status, response in operation["responses"].items():
            if (name, status) != ("createClip", "default"):
                assert resolved(response)["x-mockserver-evidence"] in ("measured", "read", "inferred"), (name, status)


def test_every_operation_has_a_summary_a_description_and_the_published_default() -> None:
    for name, operation in operations():
        assert operation["summary"] and operation["description"], name
        assert "default" in operation["responses"] or name == "getHealth"


def test_reads_answer_conditional_requests() -> None:
    for name, operation in operations():
        if name.startswith("get") and name != "getHealth":
            assert resolved(operation["responses"]["304"])["headers"]["ETag"], name
            assert "ETag" in operation["responses"]["200"]["headers"], name


def test_playback_is_public_and_the_rest_is_not() -> None:
    public = {name for name, operation in operations() if {} in operation.get("security", [{}])}
    assert public - {name for name, operation in operations() if "security" not in operation} == {"getPlaybackInfo"}
    assert DOCUMENT["security"] == [{"apiKey": []}, {"basicAuth": []}, {"accessToken": []}]


def test_health_stands_at_the_root_of_the_host() -> None:
    assert CONTRACT.operations["getHealth"].path == "/healthz"
    assert CONTRACT.operations["createClip"].path == "/api/clip"


@pytest.mark.parametrize("path", ["/api/clip", "/api/Clip", "/api/clip/", "/API/CLIP/"])
def test_paths_are_matched_as_the_real_server_does(path: str) -> None:
    match = CONTRACT.match("POST", path)
    assert match is not None and match.operation.id == "createClip"


@pytest.mark.parametrize("exchange", list(exchanges()), ids=lambda one: f"{one['group']}-{one['n']}")
def test_every_recorded_answer_keeps_the_contract(exchange: Json) -> None:
    request = request_of(exchange)
    match = CONTRACT.match(request.method, request.path)
    if match is None:
        assert exchange["response"]["status"] in (404, 401, 204)
        return
    assert CONTRACT.check_reply(match.operation, reply_of(exchange)) == ()


@pytest.mark.parametrize(
    "exchange",
    [one for one in exchanges() if one["response"]["status"] < 300 and one["request"]["method"] != "OPTIONS"],
    ids=lambda one: f"{one['group']}-{one['n']}",
)
def test_every_recorded_request_that_was_served_keeps_the_contract(exchange: Json) -> None:
    request = request_of(exchange)
    match = CONTRACT.match(request.method, request.path)
    assert match is not None
    assert CONTRACT.check_request(match, request, read_payload(request, 102_400)) == ()


@pytest.mark.parametrize(
    ("operation", "status", "body"),
    [
        ("createWebhook", 200, {"id": "a", "name": "b", "url": "https://c.example", "events": ["asset.ready"]}),
        ("createWebhook", 201, {"id": "a", "name": "b", "url": "https://c.example", "sharedSecret": "d"}),
        ("getSession", 200, {"name": "a", "streamId": "b"}),
        ("getTask", 200, {"id": "a", "type": "clip"}),
        ("getTask", 200, {"id": "a", "userId": "b", "output": {"clip": {}}, "params": {"clip": {"url": None}}}),
        ("getAsset", 200, {"id": "a", "name": "b", "source": {"type": "clip"}, "hash": None, "playbackPolicy": None}),
        ("getClips", 200, [{"id": "a", "name": "b", "source": {"type": "clip"}, "downloadUrl": "https://d.example"}]),
        ("deleteWebhook", 204, None),
    ],
)
def test_both_ways_of_every_reading_keep_the_contract(operation: str, status: int, body: Json) -> None:
    reply = Reply.empty(status) if body is None else Reply.json(status, body)
    assert CONTRACT.check_reply(CONTRACT.operations[operation], reply) == ()


@pytest.mark.parametrize(
    ("operation", "status", "body"),
    [
        (
            "createClip",
            201,
            {"asset": {"id": "a", "name": "b", "source": {"type": "clip"}}, "task": {"id": "c"}},
        ),
        ("createClip", 200, {"asset": {"id": "a", "name": "b", "source": {"type": "clip"}, "files": []}, "task": {}}),
        ("createClip", 200, {"asset": {"id": "a", "name": "b", "source": {"type": "clip"}}}),
        ("getAsset", 200, {"id": "a", "name": "b", "source": {"type": "clip"}, "requesterId": "c"}),
        ("getSession", 200, {"name": "a", "version": "v2"}),
        ("getPlaybackInfo", 200, {"type": "vod", "meta": {"source": [{"hrn": "AVI", "type": "text/vtt", "url": "a"}]}}),
        ("getAsset", 404, {"errors": []}),
    ],
)
def test_replies_the_real_server_never_gives_break_the_contract(operation: str, status: int, body: Json) -> None:
    assert CONTRACT.check_reply(CONTRACT.operations[operation], Reply.json(status, body))


def test_an_unknown_event_is_refused_and_the_old_single_event_taken() -> None:
    match = CONTRACT.match("POST", "/api/webhook")
    assert match is not None
    codes = []
    for events in ({"events": ["clip.ready"]}, {"event": "asset.ready"}, {}):
        body = json.dumps({"name": "a", "url": "https://b.example", **events}).encode()
        headers = Headers.of((("Authorization", "Bearer k"), ("Content-Type", "application/json")))
        request = Request("POST", "/api/webhook", headers=headers, body=body)
        codes.append([one.rule for one in CONTRACT.check_request(match, request, read_payload(request, 10_000))])
    assert codes == [["enum"], [], ["anyOf"]]


def test_the_field_s_own_tools_take_the_effective_document() -> None:
    assert [error.message for error in OpenAPIV31SpecValidator(DOCUMENT).iter_errors()] == []
    assert OpenAPI.from_dict(DOCUMENT).spec is not None


def test_the_field_s_own_tool_names_two_of_the_three_spots_without_a_place_and_crashes_on_the_third() -> None:
    errors = OpenAPIV31SpecValidator(published("livepeer").value).iter_errors()
    assert [list(next(errors).absolute_path) for _ in range(2)] == [[], []]
    with pytest.raises(Unresolvable):
        next(errors)
