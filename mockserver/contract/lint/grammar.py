"""What may stand where in an OpenAPI document, as a table.

Shapes: `kind` is one thing of that kind, `{kind}` a mapping of names to such things, `[kind]` a list of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Kind:
    """A sort of object: what its fields hold, which other fields it knows, whether a `$ref` may stand for it.

    `required` are the fields it can't be without. `entries` is the shape of fields named by nobody but the author.
    """

    fields: Mapping[str, str]
    plain: frozenset[str] = frozenset()
    required: tuple[str, ...] = ()
    refers: bool = False
    entries: str | None = None


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

_SCHEMA_MAPS: Final = ("properties", "patternProperties", "dependentSchemas", "$defs", "definitions")
_SCHEMA_LISTS: Final = ("allOf", "anyOf", "oneOf", "prefixItems")
_SCHEMA_ONES: Final = (
    "additionalProperties",
    "contains",
    "contentSchema",
    "else",
    "if",
    "items",
    "not",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
)
_SCHEMA_PLAIN: Final = """
    $anchor $comment $dynamicAnchor $dynamicRef $id $ref $schema $vocabulary const contentEncoding contentMediaType
    default dependentRequired deprecated description discriminator enum example examples exclusiveMaximum
    exclusiveMinimum externalDocs format maxContains maxItems maxLength maxProperties maximum minContains minItems
    minLength minProperties minimum multipleOf nullable pattern readOnly required title type uniqueItems writeOnly xml
"""
_NAMED: Final = "allowEmptyValue allowReserved deprecated description example explode required style"


def _kind(
    fields: Mapping[str, str], plain: str = "", required: str = "", refers: bool = False, entries: str | None = None
) -> Kind:
    return Kind(fields, words(plain), tuple(required.split()), refers, entries)


_DESCRIBED: Final = {"schema": "schema", "content": "{media-type}", "examples": "{example}"}

KINDS: Final[Mapping[str, Kind]] = {
    "root": _kind(
        {
            "info": "info",
            "servers": "[server]",
            "paths": "{path-item}",
            "webhooks": "{path-item}",
            "components": "components",
            "security": "[requirement]",
            "tags": "[tag]",
        },
        "openapi jsonSchemaDialect externalDocs",
    ),
    "info": _kind({}, "title summary description termsOfService contact license version"),
    "server": _kind({"variables": "{server-variable}"}, "url description", "url"),
    "server-variable": _kind({}, "enum default description", "default"),
    "tag": _kind({}, "name description externalDocs", "name"),
    "path-item": _kind(
        {**dict.fromkeys(METHODS, "operation"), "parameters": "[parameter]", "servers": "[server]"},
        "$ref summary description",
        refers=True,
    ),
    "operation": _kind(
        {
            "parameters": "[parameter]",
            "requestBody": "request-body",
            "responses": "{response}",
            "callbacks": "{callback}",
            "security": "[requirement]",
            "servers": "[server]",
        },
        "tags summary description externalDocs operationId deprecated",
    ),
    "parameter": _kind(_DESCRIBED, f"name in {_NAMED}", "name in", refers=True),
    "header": _kind(_DESCRIBED, _NAMED, refers=True),
    "request-body": _kind({"content": "{media-type}"}, "description required", "content", refers=True),
    "media-type": _kind({"schema": "schema", "examples": "{example}", "encoding": "{encoding}"}, "example"),
    "encoding": _kind({"headers": "{header}"}, "contentType style explode allowReserved"),
    "response": _kind(
        {"headers": "{header}", "content": "{media-type}", "links": "{link}"}, "description", "description", refers=True
    ),
    "callback": _kind({}, refers=True, entries="path-item"),
    "example": _kind({}, "summary description value externalValue", refers=True),
    "link": _kind({"server": "server"}, "operationRef operationId parameters requestBody description", refers=True),
    "requirement": _kind({}, entries="scopes"),
    "components": _kind(
        {
            "schemas": "{schema}",
            "responses": "{response}",
            "parameters": "{parameter}",
            "examples": "{example}",
            "requestBodies": "{request-body}",
            "headers": "{header}",
            "securitySchemes": "{security-scheme}",
            "links": "{link}",
            "callbacks": "{callback}",
            "pathItems": "{path-item}",
        }
    ),
    "security-scheme": _kind(
        {"flows": "flows"}, "type description name in scheme bearerFormat openIdConnectUrl", "type", refers=True
    ),
    "flows": _kind(dict.fromkeys(("implicit", "password", "clientCredentials", "authorizationCode"), "flow")),
    "flow": _kind({}, "authorizationUrl tokenUrl refreshUrl scopes", "scopes"),
    "schema": _kind(
        {
            **dict.fromkeys(_SCHEMA_MAPS, "{schema}"),
            **dict.fromkeys(_SCHEMA_LISTS, "[schema]"),
            **dict.fromkeys(_SCHEMA_ONES, "schema"),
        },
        _SCHEMA_PLAIN,
        refers=True,
    ),
}
