"""One small edit of a document a line, with what it means for clients and for servers that keep to the old one.

The list follows that of oasdiff's checks (its `checks changelog`), by kinds of edits. Where the two differ, the line
says what oasdiff says, and why we do not: `# oasdiff: ...`.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass

from mockserver.contract.yaml_text import load_yaml
from mockserver.core.text import Json

BASE = """
openapi: 3.1.0
info: {title: A shop, version: '1'}
servers: [{url: https://api.example.com/v1}]
security: [{key: []}]
paths:
  /items:
    get:
      operationId: listItems
      parameters:
        - {name: limit, in: query, schema: {type: integer, minimum: 1, maximum: 50, default: 10}}
        - {name: sort, in: query, schema: {type: string, enum: [name, price]}}
        - {name: X-Trace, in: header, required: true, schema: {type: string, maxLength: 20}}
        - {name: tags, in: query, style: form, explode: true, schema: {type: array, items: {type: string}}}
      responses:
        '200':
          description: ok
          headers: {X-Total: {required: true, schema: {type: integer}}, X-Hint: {schema: {type: string}}}
          content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Item'}}}}
        '404': {description: no}
    post:
      operationId: createItem
      security: [{oauth: [write]}, {key: []}]
      requestBody:
        required: true
        content:
          application/json: {schema: {$ref: '#/components/schemas/NewItem'}}
          text/csv: {schema: {type: string}}
      responses:
        '201': {description: made, content: {application/json: {schema: {$ref: '#/components/schemas/Item'}}}}
        4XX: {description: no, content: {application/json: {schema: {$ref: '#/components/schemas/Error'}}}}
  /items/{id}:
    delete:
      operationId: deleteItem
      deprecated: true
      parameters: [{name: id, in: path, required: true, schema: {type: string, format: uuid}}]
      responses: {'204': {description: gone}}
webhooks:
  sold:
    post:
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Event'}}}}
      responses: {'200': {description: thanks}}
components:
  schemas:
    Item:
      type: object
      required: [id, name]
      properties:
        id: {type: string, readOnly: true}
        name: {type: string, minLength: 1, maxLength: 80}
        price: {type: [number, 'null'], minimum: 0}
        state: {type: string, enum: [new, sold]}
        parent: {$ref: '#/components/schemas/Item'}
        image:
          oneOf:
            - {type: object, required: [kind, url], properties: {kind: {const: link}, url: {type: string, format: uri}}}
            - {type: object, required: [kind], properties: {kind: {const: none}}}
    NewItem:
      type: object
      additionalProperties: false
      required: [name]
      properties:
        name: {type: string, minLength: 1, maxLength: 80, pattern: '^[a-z]'}
        price: {type: number, minimum: 0, multipleOf: 0.5, default: 1}
        labels: {type: array, maxItems: 5, items: {type: string}}
        note: {anyOf: [{type: string}, {type: 'null'}]}
        extra: {type: object, additionalProperties: {type: integer}}
    Error: {type: object, properties: {message: {type: string}}}
    Event: {type: object, required: [item], properties: {item: {type: string}}}
    Unused: {type: object}
  securitySchemes:
    key: {type: http, scheme: bearer}
    oauth:
      type: oauth2
      flows: {clientCredentials: {tokenUrl: https://auth.example.com/token, scopes: {write: may write, read: may read}}}
"""
OLD = load_yaml(BASE, "old.yaml").value


@dataclass(frozen=True, slots=True)
class Case:
    rule: str
    clients: str
    servers: str
    edit: Callable[[Json], object]

    @property
    def new(self) -> Json:
        document = copy.deepcopy(OLD)
        self.edit(document)
        return document


def item(document: Json) -> Json:
    return document["components"]["schemas"]["Item"]


def new_item(document: Json) -> Json:
    return document["components"]["schemas"]["NewItem"]


def field(document: Json, name: str) -> Json:
    return new_item(document)["properties"][name]


def shown(document: Json, name: str) -> Json:
    return item(document)["properties"][name]


def listing(document: Json) -> Json:
    return document["paths"]["/items"]["get"]


def creation(document: Json) -> Json:
    return document["paths"]["/items"]["post"]


def deletion(document: Json) -> Json:
    return document["paths"]["/items/{id}"]["delete"]


def argument(document: Json, index: int) -> Json:
    return listing(document)["parameters"][index]


def limit(document: Json) -> Json:
    return argument(document, 0)["schema"]


def headers(document: Json) -> Json:
    return listing(document)["responses"]["200"]["headers"]


def flow(document: Json) -> Json:
    return document["components"]["securitySchemes"]["oauth"]["flows"]["clientCredentials"]


def body(document: Json) -> Json:
    return creation(document)["requestBody"]


def event(document: Json) -> Json:
    return document["components"]["schemas"]["Event"]


NO, MAY, YES = "harmless", "risky", "breaking"
_ADDED = {"name": "q", "in": "query", "schema": {"type": "string"}}
_OPERATION = {"responses": {"200": {"description": "ok"}}}

CASES = (
    # Paths and operations.
    Case("operation-added", NO, YES, lambda d: d["paths"].update({"/shops": {"get": _OPERATION}})),
    Case("operation-removed", YES, NO, lambda d: d["paths"].pop("/items/{id}")),  # oasdiff: info, being deprecated
    Case("operation-removed", YES, NO, lambda d: d["paths"]["/items"].pop("get")),
    Case("operation-id-changed", MAY, MAY, lambda d: listing(d).update(operationId="items")),  # oasdiff: info
    Case("operation-deprecated", NO, NO, lambda d: listing(d).update(deprecated=True)),
    Case("operation-not-deprecated", NO, NO, lambda d: deletion(d).pop("deprecated")),
    # Parameters.
    Case("parameter-added", NO, MAY, lambda d: listing(d)["parameters"].append(_ADDED)),
    Case("parameter-required-added", YES, MAY, lambda d: listing(d)["parameters"].append({**_ADDED, "required": True})),
    Case("parameter-removed", MAY, NO, lambda d: listing(d)["parameters"].pop(1)),
    Case("parameter-became-required", YES, NO, lambda d: argument(d, 0).update(required=True)),
    Case("parameter-became-optional", NO, YES, lambda d: argument(d, 2).pop("required")),
    Case("parameter-deprecated", NO, NO, lambda d: argument(d, 0).update(deprecated=True)),
    Case("parameter-type-changed", YES, YES, lambda d: limit(d).update(type="boolean")),
    Case("parameter-type-widened", NO, YES, lambda d: limit(d).update(type="number")),
    Case("parameter-maximum-lowered", YES, NO, lambda d: limit(d).update(maximum=20)),
    Case("parameter-maximum-removed", NO, YES, lambda d: limit(d).pop("maximum")),
    Case("parameter-minimum-raised", YES, NO, lambda d: limit(d).update(minimum=2)),
    Case("parameter-minimum-lowered", NO, YES, lambda d: limit(d).update(minimum=0)),
    Case("parameter-default-changed", MAY, MAY, lambda d: limit(d).update(default=20)),  # oasdiff: info
    Case("parameter-enum-value-added", NO, YES, lambda d: argument(d, 1)["schema"]["enum"].append("age")),
    Case("parameter-enum-value-removed", YES, NO, lambda d: argument(d, 1)["schema"]["enum"].remove("name")),
    Case("parameter-enum-added", YES, NO, lambda d: limit(d).update(enum=[10, 20])),
    Case("parameter-maxLength-lowered", YES, NO, lambda d: argument(d, 2)["schema"].update(maxLength=5)),
    Case("parameter-pattern-added", YES, NO, lambda d: argument(d, 1)["schema"].update(pattern="^n")),
    Case("parameter-serialization-changed", YES, YES, lambda d: argument(d, 3).update(explode=False)),
    Case("parameter-serialization-changed", YES, YES, lambda d: argument(d, 3).update(style="pipeDelimited")),
    Case("parameter-maxItems-added", YES, NO, lambda d: argument(d, 3)["schema"].update(maxItems=3)),
    Case("parameter-format-removed", NO, YES, lambda d: deletion(d)["parameters"][0]["schema"].pop("format")),
    # Request bodies.
    Case("request-body-became-optional", NO, YES, lambda d: body(d).pop("required")),
    Case("request-body-removed", MAY, NO, lambda d: creation(d).pop("requestBody")),  # oasdiff: error
    Case("request-body-required-added", YES, MAY, lambda d: listing(d).update(requestBody=copy.deepcopy(body(d)))),
    Case("request-media-type-added", NO, YES, lambda d: body(d)["content"].update({"text/xml": {}})),
    Case("request-media-type-removed", YES, NO, lambda d: body(d)["content"].pop("text/csv")),
    Case("request-property-added", NO, YES, lambda d: new_item(d)["properties"].update(size={"type": "integer"})),
    Case("request-required-property-added", YES, YES, lambda d: (
        new_item(d)["properties"].update(size={"type": "integer"}), new_item(d)["required"].append("size"))),
    Case("request-property-removed", YES, NO, lambda d: new_item(d)["properties"].pop("price")),
    Case("request-property-became-required", YES, NO, lambda d: new_item(d)["required"].append("price")),
    Case("request-property-became-optional", NO, YES, lambda d: new_item(d).pop("required")),
    Case("request-additional-properties-allowed", NO, MAY, lambda d: new_item(d).pop("additionalProperties")),
    Case("request-null-added", NO, YES, lambda d: field(d, "price").update(type=["number", "null"])),
    Case("request-type-narrowed", YES, NO, lambda d: field(d, "price").update(type="integer")),
    Case("request-pattern-changed", MAY, MAY, lambda d: field(d, "name").update(pattern="^[b-y]")),
    Case("request-multiple-of-changed", YES, NO, lambda d: field(d, "price").update(multipleOf=1)),
    Case("request-minLength-removed", NO, YES, lambda d: field(d, "name").pop("minLength")),
    Case("request-maxItems-raised", NO, YES, lambda d: field(d, "labels").update(maxItems=9)),
    Case("request-unique-items-added", YES, NO, lambda d: field(d, "labels").update(uniqueItems=True)),
    Case("request-minItems-added", YES, NO, lambda d: field(d, "labels").update(minItems=1)),
    Case("request-type-changed", YES, YES, lambda d: field(d, "labels")["items"].update(type="integer")),
    Case("request-alternative-added", NO, YES, lambda d: field(d, "note")["anyOf"].append({"type": "integer"})),
    Case("request-alternative-removed", YES, NO, lambda d: field(d, "note")["anyOf"].pop()),
    Case("request-type-widened", NO, YES, lambda d: field(d, "extra")["additionalProperties"].update(type="number")),
    Case("request-maxProperties-added", YES, NO, lambda d: field(d, "extra").update(maxProperties=2)),
    Case("request-forbidden", YES, NO, lambda d: field(d, "price").update(readOnly=True)),
    Case("request-default-changed", MAY, MAY, lambda d: field(d, "price").pop("default")),
    Case("request-deprecated", NO, NO, lambda d: field(d, "price").update(deprecated=True)),
    Case("request-not-added", YES, NO, lambda d: field(d, "name").update({"not": {"const": "x"}})),
    # Replies.
    Case("reply-success-status-added", YES, NO, lambda d: listing(d)["responses"].update(
        {"202": {"description": "later"}})),  # oasdiff: info
    Case("reply-success-status-removed", YES, YES, lambda d: creation(d)["responses"].pop("201")),
    Case("reply-error-status-added", MAY, NO, lambda d: listing(d)["responses"].update({"500": {"description": "no"}})),
    Case("reply-error-status-removed", NO, YES, lambda d: listing(d)["responses"].pop("404")),
    Case("reply-property-added", NO, NO, lambda d: item(d)["properties"].update(size={"type": "integer"})),
    Case("reply-required-property-added", NO, YES, lambda d: (
        item(d)["properties"].update(size={"type": "integer"}), item(d)["required"].append("size"))),
    Case("reply-property-removed", MAY, NO, lambda d: item(d)["properties"].pop("state")),
    Case("reply-required-property-removed", YES, NO, lambda d: (
        item(d)["properties"].pop("name"), item(d)["required"].remove("name"))),
    Case("reply-property-became-optional", YES, NO, lambda d: item(d)["required"].remove("name")),
    Case("reply-property-became-required", NO, YES, lambda d: item(d)["required"].append("state")),
    Case("reply-enum-value-added", YES, NO, lambda d: shown(d, "state")["enum"].append("lost")),  # oasdiff: warning
    Case("reply-enum-value-removed", NO, YES, lambda d: shown(d, "state")["enum"].remove("sold")),
    Case("reply-null-removed", NO, YES, lambda d: shown(d, "price").update(type="number")),
    Case("reply-null-added", YES, NO, lambda d: shown(d, "name").update(type=["string", "null"])),
    Case("reply-maxLength-raised", YES, NO, lambda d: shown(d, "name").update(maxLength=90)),
    Case("reply-maxLength-removed", YES, NO, lambda d: shown(d, "name").pop("maxLength")),
    Case("reply-minimum-lowered", YES, NO, lambda d: shown(d, "price").update(minimum=-1)),
    Case("reply-minLength-lowered", YES, NO, lambda d: shown(d, "name").update(minLength=0)),
    Case("reply-forbidden", NO, YES, lambda d: shown(d, "name").update(writeOnly=True)),
    Case("reply-alternative-added", YES, NO, lambda d: shown(d, "image")["oneOf"].append(
        {"type": "object", "required": ["kind"], "properties": {"kind": {"const": "data"}}})),
    Case("reply-alternative-removed", NO, YES, lambda d: shown(d, "image")["oneOf"].pop()),
    Case("reply-format-changed", MAY, MAY, lambda d: shown(d, "image")["oneOf"][0]["properties"]["url"].update(
        format="hostname")),
    Case("reply-media-type-added", MAY, NO, lambda d: creation(d)["responses"]["201"]["content"].update(
        {"text/csv": {}})),  # oasdiff: info, since clients ask for what they read
    Case("reply-media-type-removed", YES, YES, lambda d: (
        creation(d)["responses"]["4XX"]["content"].update({"text/html": {}}),
        creation(d)["responses"]["4XX"]["content"].pop("application/json"))),
    Case("reply-body-removed", YES, MAY, lambda d: creation(d)["responses"]["201"].pop("content")),
    Case("reply-body-added", MAY, YES, lambda d: listing(d)["responses"]["404"].update(
        content={"application/json": {}})),
    # Headers of replies.
    Case("header-added", NO, NO, lambda d: headers(d).update({"X-New": {"schema": {"type": "string"}}})),
    Case("header-required-added", NO, YES, lambda d: headers(d).update({"X-New": {"required": True, "schema": {}}})),
    Case("header-removed", YES, NO, lambda d: headers(d).pop("X-Total")),
    Case("header-removed", MAY, NO, lambda d: headers(d).pop("X-Hint")),
    Case("header-became-optional", YES, NO, lambda d: headers(d)["X-Total"].pop("required")),
    Case("header-type-changed", YES, YES, lambda d: headers(d)["X-Total"]["schema"].update(type="boolean")),
    # Security.
    Case("security-way-tightened", YES, NO, lambda d: creation(d)["security"].pop(0)),
    Case("security-way-relaxed", NO, YES, lambda d: creation(d)["security"].append({})),
    Case("security-scope-tightened", YES, NO, lambda d: creation(d)["security"][0]["oauth"].append("read")),
    Case("security-scope-relaxed", NO, YES, lambda d: creation(d)["security"][0].update(oauth=[])),
    Case("security-way-tightened", YES, NO, lambda d: d.update(security=[{"key": [], "oauth": []}])),
    Case("security-scheme-url-changed", YES, NO, lambda d: flow(d).update(tokenUrl="https://new.example.com/token")),
    Case("security-scheme-scope-added", NO, NO, lambda d: flow(d)["scopes"].update(admin="all")),
    Case("security-scheme-scope-removed", YES, NO, lambda d: flow(d)["scopes"].pop("read")),
    Case("security-scheme-changed", MAY, MAY, lambda d: d["components"]["securitySchemes"]["key"].update(
        scheme="basic")),
    # Servers.
    Case("server-removed", YES, NO, lambda d: d.update(servers=[{"url": "https://api.example.com/v2"}])),
    Case("server-added", NO, YES, lambda d: d["servers"].append({"url": "https://eu.example.com/v1"})),
    # Webhooks: the server asks, so everything is the other way round.
    Case("webhook-removed", YES, NO, lambda d: d.pop("webhooks")),
    Case("webhook-added", MAY, YES, lambda d: d["webhooks"].update(lost={"post": _OPERATION})),
    Case("request-property-became-optional", YES, NO, lambda d: event(d).pop("required")),
    Case("request-enum-added", NO, YES, lambda d: event(d)["properties"]["item"].update(enum=["x"])),
    # What no call notices.
    Case("texts-changed", NO, NO, lambda d: listing(d).update(summary="All items")),
    Case("texts-changed", NO, NO, lambda d: d["info"].update(version="2")),
    Case("texts-changed", NO, NO, lambda d: listing(d).update({"x-internal": True})),
    Case("written-otherwise", NO, NO, lambda d: d["components"]["schemas"].pop("Unused")),
    Case("written-otherwise", NO, NO, lambda d: item(d).update(required=["name", "id"])),
)  # fmt: skip
