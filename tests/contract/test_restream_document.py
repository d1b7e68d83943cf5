from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import jsonschema_rs
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from mockserver import resources
from mockserver.contract.check import compile_contract
from mockserver.contract.document import effective
from mockserver.contract.lint import lint_file
from mockserver.contract.readings import load_readings
from mockserver.core.text import Json, resolve

DOCUMENT: Final[Json] = effective("restream").value
EVIDENCE: Final = ("seen", "inferred", "assumed")
MEANINGS: Final = {"measured", "seen", "read", "inferred", "assumed"}

UUID: Final = "a1b2c3d4-e5f6-7890-abcd-ef1234567890"


def operations() -> Iterator[tuple[str, Json]]:
    for path in DOCUMENT["paths"].values():
        for method, operation in path.items():
            if method in ("get", "post"):
                yield operation["operationId"], operation


def deref(value: Json) -> Json:
    return resolve(DOCUMENT, value["$ref"]) if "$ref" in value else value


def responses() -> Iterator[tuple[str, str, Json]]:
    for id, operation in operations():
        for status, response in operation["responses"].items():
            yield id, status, deref(response)


def errors() -> Iterator[tuple[str, str, str, Json]]:
    for id, status, response in responses():
        for name, example in response.get("content", {}).get("application/json", {}).get("examples", {}).items():
            if int(status) >= 400:
                yield id, status, name, deref(example)["value"]["error"]


def test_the_document_is_openapi_3_1() -> None:
    OpenAPIV31SpecValidator(DOCUMENT).validate()


def test_our_own_linter_finds_nothing() -> None:
    assert lint_file(resources.specs("restream") / "openapi.yaml") == ()


def test_it_has_the_operations_of_the_documentation_at_their_paths() -> None:
    found = {id: (operation.method, operation.path) for id, operation in compile_contract(DOCUMENT).operations.items()}
    assert found == {
        "listClipProjects": ("GET", "/v2/user/clips/projects"),
        "createClipProject": ("POST", "/v2/user/clips/projects"),
        "getClipProject": ("GET", "/v2/user/clips/projects/{projectId}"),
        "getClipDownloadUrl": ("GET", "/v2/user/clips/{clipId}/download"),
        "listStorageFiles": ("GET", "/v2/user/storage/files"),
        "getStorageFile": ("GET", "/v2/user/storage/files/{fileId}"),
        "createStorageFileDownloadUrl": ("POST", "/v2/user/storage/files/{fileId}/download-url"),
        "authorize": ("GET", "/login"),
        "createToken": ("POST", "/oauth/token"),
        "revokeToken": ("POST", "/oauth/revoke"),
    }


@pytest.mark.parametrize(("id", "status"), [(id, status) for id, status, _ in responses()])
def test_every_response_says_how_sure_it_is_and_why(id: str, status: str) -> None:
    (response,) = [found for one, code, found in responses() if (one, code) == (id, status)]
    assert response["x-mockserver-evidence"] in EVIDENCE
    assert response["x-mockserver-source"].strip().endswith(".")


@pytest.mark.parametrize(("id", "status", "name"), [(id, status, name) for id, status, name, _ in errors()])
def test_every_error_example_is_of_the_envelope_and_of_its_status(id: str, status: str, name: str) -> None:
    (error,) = [found for *known, found in errors() if known == [id, status, name]]
    assert list(error) == ["statusCode", "status", "code", "message", "name"]
    assert {error["statusCode"], error["status"], error["code"]} == {int(status)}


def test_each_of_the_six_tabs_of_the_create_page_has_its_body() -> None:
    shown = {(status, error["message"]) for id, status, _, error in errors() if id == "createClipProject"}
    assert {
        ("400", "InvalidBodyParams"),
        ("403", "Insufficient scope: authorized scope is insufficient"),
        ("403", "FeatureNotActive"),
        ("403", "UsageLimitReached"),
        ("404", "StorageFileNotFound"),
        ("409", "ClipsInputAlreadyProcessed"),
    } <= shown


def test_every_success_shows_the_documentations_own_sample() -> None:
    shown = {
        id: response["content"]["application/json"]["examples"]["documentation"]["value"]
        for id, status, response in responses()
        if "documentation" in response.get("content", {}).get("application/json", {}).get("examples", {})
    }
    assert set(shown) == {id for id, operation in operations() if operation["tags"] != ["authorization"]}


def test_links_lead_to_operations_with_parameters_they_have() -> None:
    parameters = {
        id: {deref(parameter)["name"] for parameter in operation.get("parameters", ())}
        for id, operation in operations()
    }
    links = [link for _, _, response in responses() for link in response.get("links", {}).values()]
    assert len(links) >= 8
    for link in links:
        assert set(link.get("parameters", {})) <= parameters[link["operationId"]]
    assert {link["operationId"] for link in links} >= {"getClipProject", "getClipDownloadUrl", "createClipProject"}


@pytest.mark.parametrize("name", ["usage-limit", "feature-not-active", "file-not-ready", "later-status"])
def test_every_status_a_reading_can_choose_is_allowed(name: str) -> None:
    (reading,) = [one for one in load_readings("restream") if one.name == name]
    (operation,) = [operation for id, operation in operations() if id == "createClipProject"]
    assert set(reading.options) <= set(operation["responses"])


def test_every_reading_says_on_what_grounds() -> None:
    for reading in load_readings("restream"):
        assert reading.evidence in MEANINGS
        assert reading.question.endswith("?")
        assert reading.because.endswith(".")


BODY: Final = {"sourceType": "VideoStorageFile", "videoStorageFileId": UUID}
RANGE: Final = {"startOffsetSeconds": 0, "endOffsetSeconds": 10}


@pytest.mark.parametrize(
    "body",
    [
        BODY,
        {**BODY, "title": ""},
        {**BODY, "videoStorageFileId": UUID.upper()},
        {**BODY, "singleClipMode": True, "forceReprocess": False, "selectedTimeRange": RANGE},
        {**BODY, "selectedTimeRange": {"startOffsetSeconds": 0.5, "endOffsetSeconds": 10.25}},
        {**BODY, "priority": "high"},
    ],
)
def test_a_body_the_documentation_allows_is_allowed(body: Json) -> None:
    assert validator("CreateClipProject").is_valid(body)


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"sourceType": "VideoStorageFile"},
        {**BODY, "sourceType": "Event"},
        {**BODY, "videoStorageFileId": "a1b2c3d4"},
        {**BODY, "videoStorageFileId": f"{UUID}\n"},
        {**BODY, "title": None},
        {**BODY, "singleClipMode": "true"},
        {**BODY, "selectedTimeRange": None},
        {**BODY, "selectedTimeRange": {"startOffsetSeconds": 0}},
        {**BODY, "selectedTimeRange": {"startOffsetSeconds": -1, "endOffsetSeconds": 10}},
        {**BODY, "selectedTimeRange": {"startOffsetSeconds": "0", "endOffsetSeconds": 10}},
    ],
)
def test_a_body_it_rules_out_is_not(body: Json) -> None:
    assert not validator("CreateClipProject").is_valid(body)


def validator(schema: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(
        {"$ref": f"#/components/schemas/{schema}", "components": DOCUMENT["components"]}
    )
