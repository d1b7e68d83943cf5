"""The second opinion: openapi-core's errors as violations of ours."""

from __future__ import annotations

import subprocess
import sys

import pytest

from mockserver.contract.reference import reference_contract
from mockserver.core.contract import Contract
from mockserver.core.http import Headers, Reply, Request
from mockserver.core.payload import Payload
from mockserver.core.text import Json, dump
from mockserver.core.violation import Violation
from tests.contract.asking import BEARER, JSON
from tests.contract.corners import CORNERS

reference: Contract = reference_contract(CORNERS)
PET: Json = {"id": "11111111-1111-4111-8111-111111111111", "name": "Tom", "password": "x", "species": "cat"}


def ask(target: str, body: bytes = b"", method: str = "POST", headers: Json = (BEARER, JSON)) -> tuple[Violation, ...]:
    path, _, query = target.partition("?")
    match = reference.match(method, path)
    assert match is not None
    return reference.check_request(match, Request(method, path, query, Headers.of(headers), body), Payload(""))


def test_operations_and_matches_are_those_of_the_compiled_contract() -> None:
    assert reference.operations["getPet"].path == "/api/pets/{petId}"
    match = reference.match("HEAD", "/api/pets/a%2Fb")
    assert match is not None and (match.operation.id, match.path) == ("getPet", {"petId": "a/b"})
    assert reference.match("GET", "/nowhere") is None
    assert reference.match("PATCH", "/api/pets") is None


def test_it_reads_the_requests_own_bytes_and_not_our_payload() -> None:
    assert ask("/api/pets", dump(PET)) == ()


@pytest.mark.parametrize(
    ("target", "body", "method", "headers", "code", "place"),
    [
        ("/api/pets", dump(PET), "POST", (JSON,), "C110", "security"),
        ("/api/pets", b"", "POST", (BEARER, JSON), "C131", "body"),
        ("/api/pets", b"{", "POST", (BEARER, JSON), "C132", "body"),
        ("/api/pets", b"{}", "POST", (BEARER, ("Content-Type", "text/plain")), "C130", "media-type"),
        ("/api/pets", dump({**PET, "chip": "x"}), "POST", (BEARER, JSON), "C201", "body"),
        ("/api/pets?limit=x", b"", "GET", (BEARER,), "C121", "query"),
        ("/api/pets?limit=99", b"", "GET", (BEARER,), "C211", "query"),
        ("/api/pets/a", b"", "GET", (BEARER,), "C221", "path"),
        ("/api/sessions?record=true", b"", "GET", (BEARER,), "C298", "body"),
    ],
)
def test_its_errors_become_violations_of_ours(
    target: str, body: bytes, method: str, headers: Json, code: str, place: str
) -> None:
    (violation,) = ask(target, body, method, headers)
    assert (violation.code, violation.place, violation.party) == (code, place, "client")


@pytest.mark.parametrize(
    ("reply", "code", "place"),
    [
        (Reply.json(418, {}), "C140", "status"),
        (Reply.text(201, "x"), "C130", "media-type"),
        (Reply.empty(201, [JSON]), "C131", "body"),
        (Reply.json(201, {**PET, "age": -1}), "C211", "body"),
    ],
)
def test_it_judges_replies_too(reply: Reply, code: str, place: str) -> None:
    (violation,) = reference.check_reply(reference.operations["createPet"], reply)
    assert (violation.code, violation.place, violation.party) == (code, place, "server")


def test_a_missing_reply_header_is_named() -> None:
    (violation,) = reference.check_reply(reference.operations["listPets"], Reply.json(200, []))
    assert (violation.code, violation.place, violation.pointer) == ("C141", "header", "X-Total")


def test_a_value_is_never_quoted() -> None:
    for body in (dump({**PET, "password": 12345678}), b'{"password":"12345678"'):
        assert "12345678" not in " ".join(map(str, ask("/api/pets", body)))


def test_the_library_is_imported_only_when_a_second_opinion_is_asked_for() -> None:
    code = "import sys, mockserver.contract.reference, mockserver.contract.check; print('openapi_core' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
