from __future__ import annotations

from mockserver.contract.document import effective
from mockserver.contract.secrecy import secret_names
from mockserver.core.secrecy import SecretNames
from mockserver.core.text import Json


def document(**schemas: Json) -> Json:
    return {"openapi": "3.1.0", "paths": {}, "components": {"schemas": {"a": {"properties": schemas}}}}


def test_passwords_are_secret_wherever_their_schema_stands() -> None:
    schema = {"properties": {"pin": {"type": "string", "format": "password"}}}
    body = {"content": {"application/json": {"schema": {"items": {"allOf": [schema]}}}}}
    assert secret_names({"paths": {"/a": {"post": {"requestBody": body}}}}).fields == {"pin"}


def test_what_only_clients_send_is_secret_unless_it_is_a_switch_or_a_number() -> None:
    names = secret_names(
        document(
            key={"type": "string", "writeOnly": True},
            spec={"type": "object", "writeOnly": True},
            any={"writeOnly": True},
            maybe={"type": ["string", "null"], "writeOnly": True},
            mp4={"type": "boolean", "writeOnly": True},
            count={"type": ["integer", "null"], "writeOnly": True},
            name={"type": "string"},
        )
    )
    assert names.sent == {"key", "spec", "any", "maybe"}
    assert not names.fields


def test_the_names_of_api_keys_are_secret_where_they_are_sent() -> None:
    schemes = {
        "a": {"type": "apiKey", "in": "header", "name": "X-Sesame"},
        "b": {"type": "apiKey", "in": "query", "name": "sesame"},
        "c": {"type": "apiKey", "in": "cookie", "name": "session"},
        "d": {"type": "http", "scheme": "bearer"},
    }
    names = secret_names({"components": {"securitySchemes": schemes}})
    assert names == SecretNames(headers=frozenset({"X-Sesame"}), arguments=frozenset({"sesame"}))


def test_a_parameter_that_is_a_password_is_secret() -> None:
    parameter = {"name": "word", "in": "query", "schema": {"type": "string", "format": "password"}}
    assert secret_names({"paths": {"/a": {"parameters": [parameter]}}}).arguments == {"word"}


def test_a_document_that_says_nothing_names_nothing() -> None:
    assert secret_names({"components": {"schemas": [], "securitySchemes": None}}) == SecretNames()


def test_livepeer_names_what_it_never_gives_back() -> None:
    assert secret_names(effective("livepeer").value).sent >= {"spec", "encryptedKey"}
