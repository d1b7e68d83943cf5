"""A document of odd corners: every parameter style, type lists, alternatives, marks, formats, cookies, servers."""

from __future__ import annotations

from mockserver.core.text import Json


def parameter(name: str, where: str, schema: Json, **more: Json) -> Json:
    return {"name": name, "in": where, "schema": schema, **({"required": True} if where == "path" else {}), **more}


def json_body(schema: Json, **more: Json) -> Json:
    return {"content": {"application/json": {"schema": schema}}, **more}


def reply(schema: Json = None, **more: Json) -> Json:
    return {"description": "", **(json_body(schema) if schema is not None else {}), **more}


def component(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


OK = {"200": reply({"type": "object"})}
INTEGERS = {"type": "array", "items": {"type": "integer"}}
TEXTS = {"type": "array", "items": {"type": "string"}}
POINT = {"type": "object", "properties": {"x": {"type": "integer"}, "y": {"type": "integer"}}, "required": ["x"]}

SCHEMAS: Json = {
    "Pet": {
        "type": "object",
        "required": ["id", "name", "password", "species"],
        "additionalProperties": False,
        "properties": {
            "id": {"type": "string", "format": "uuid", "readOnly": True},
            "name": {"type": "string", "minLength": 1, "maxLength": 12},
            "password": {"type": "string", "writeOnly": True},
            "species": {"enum": ["cat", "dog", None]},
            "age": {"type": ["integer", "null"], "minimum": 0, "exclusiveMaximum": 100},
            "weight": {"type": "number", "multipleOf": 0.5},
            "born": {"type": "string", "format": "date-time"},
            "tags": {"type": "array", "items": {"type": "string"}, "uniqueItems": True, "maxItems": 3},
            "friends": {"type": "array", "items": component("Friend")},
            "home": component("Home"),
            "chip": {"$ref": "#/components/schemas/Count", "maximum": 5},
            "notes": {},
            "sink": component("Sink"),
            "pair": component("Pair"),
            "extra": {"type": "object", "additionalProperties": {"type": "boolean"}},
            "a/b~c d%": {"type": "integer"},
        },
    },
    "Friend": {"type": "object", "properties": {"name": {"type": "string"}, "friend": component("Friend")}},
    "Count": {"type": "integer", "format": "int32"},
    "Home": {
        "oneOf": [
            {"type": "string"},
            {"type": "object", "required": ["kind", "street"], "properties": {"kind": {"const": "house"}}},
            {
                "type": "object",
                "title": "boat",
                "required": ["kind"],
                "properties": {"kind": {"const": "boat"}, "mooring": {"type": "integer"}},
            },
        ]
    },
    "Sink": {
        "type": ["object", "array"],
        "properties": {"a": {"type": "integer"}, "b": {"not": {"type": "null"}}, "c": False},
        "patternProperties": {"^p": {"type": "string"}},
        "propertyNames": {"maxLength": 3},
        "dependentRequired": {"a": ["b"]},
        "dependentSchemas": {"b": {"required": ["a"], "properties": {"a": {"minimum": 3}}}},
        "if": {"required": ["pa"]},
        "then": {"properties": {"pa": {"minLength": 2}}},
        "else": {"maxProperties": 2},
        "prefixItems": [{"type": "integer"}, {"type": "string"}],
        "items": {"enum": [1, 2, "x"]},
        "contains": {"type": "integer"},
        "minContains": 2,
        "maxContains": 3,
        "allOf": [{"minProperties": 1}, {"$ref": "#/components/schemas/Unknown"}],
    },
    "Unknown": {"anyOf": [{"properties": {"u": {}}, "unevaluatedProperties": False}, {"type": "array"}]},
    "Pair": {"prefixItems": [{"type": "integer"}], "unevaluatedItems": False, "type": "array"},
    "Tree": {
        "type": "object",
        "required": ["value"],
        "properties": {"value": {"type": "number"}, "children": {"type": "array", "items": component("Tree")}},
        "additionalProperties": False,
    },
}

PATHS: Json = {
    "/pets": {
        "parameters": [parameter("trace", "header", {"type": "string", "pattern": "^[a-z]+$"})],
        "get": {
            "operationId": "listPets",
            "parameters": [
                parameter("limit", "query", {"type": "integer", "minimum": 1, "maximum": 50}),
                parameter("after", "query", {"type": "string"}),
                parameter("ids", "query", INTEGERS),
                parameter("tags", "query", TEXTS, explode=False),
                parameter("spaced", "query", INTEGERS, style="spaceDelimited", explode=False),
                parameter("piped", "query", INTEGERS, style="pipeDelimited", explode=False),
                parameter("deep", "query", POINT, style="deepObject", explode=True),
                parameter("flat", "query", POINT, explode=False),
                parameter("filter", "query", None, content={"application/json": {"schema": POINT}}),
                parameter("loud", "query", {"type": "boolean"}),
                parameter("weight", "query", {"type": "number"}),
                parameter("session", "cookie", {"type": "integer"}),
                parameter("X-Ids", "header", INTEGERS),
                parameter("X-Point", "header", POINT, explode=True),
            ],
            "responses": {
                "200": {
                    **reply({"type": "array", "items": component("Pet")}),
                    "headers": {
                        "X-Total": {"schema": {"type": "integer"}, "required": True},
                        "Link": {"schema": {"type": "string", "minLength": 3}},
                    },
                },
                "4XX": reply({"type": "object", "required": ["error"]}),
                "default": reply(),
            },
        },
        "post": {
            "operationId": "createPet",
            "requestBody": json_body(component("Pet"), required=True),
            "responses": {"201": reply(component("Pet")), "204": reply()},
        },
    },
    "/sessions": {
        "get": {
            "operationId": "listSessions",
            "parameters": [
                parameter("record", "query", {"type": ["boolean", "integer"]}),
                parameter("mode", "query", {"anyOf": [{"type": "integer"}, {"enum": ["all", "none"]}]}),
            ],
            "responses": OK,
        }
    },
    "/pets/mine": {"get": {"operationId": "myPets", "responses": OK}},
    "/pets/{petId}": {
        "get": {
            "operationId": "getPet",
            "parameters": [parameter("petId", "path", {"type": "string", "minLength": 2})],
            "responses": OK,
        }
    },
    "/pets/{id}/friends": {
        "get": {
            "operationId": "getFriends",
            "parameters": [parameter("id", "path", {"type": "integer"})],
            "responses": OK,
        }
    },
    "/pets/mine/{what}": {
        "get": {
            "operationId": "getMine",
            "parameters": [parameter("what", "path", TEXTS)],
            "responses": OK,
        }
    },
    "/files/{name}.{format}": {
        "get": {
            "operationId": "getFile",
            "parameters": [
                parameter("name", "path", {"type": "string"}),
                parameter("format", "path", {"enum": ["png", "txt"]}),
            ],
            "responses": {"200": {"description": "", "content": {"image/*": {}, "text/plain": {}}}},
        }
    },
    "/styles/{simple}/{label}/{matrix}": {
        "get": {
            "operationId": "getStyles",
            "parameters": [
                parameter("simple", "path", POINT),
                parameter("label", "path", INTEGERS, style="label", explode=True),
                parameter("matrix", "path", INTEGERS, style="matrix"),
            ],
            "responses": OK,
        }
    },
    "/form": {
        "post": {
            "operationId": "sendForm",
            "security": [{"basic": []}, {"key": [], "cookieKey": []}, {}],
            "requestBody": {
                "content": {
                    "application/x-www-form-urlencoded": {
                        "schema": {
                            "type": "object",
                            "required": ["count"],
                            "properties": {"count": {"type": "integer"}, "tags": TEXTS, "loud": {"type": "boolean"}},
                        }
                    }
                }
            },
            "responses": OK,
        }
    },
    "/any": {
        "servers": [{"url": "https://api.example.com/v{n}/", "variables": {"n": {"default": "2"}}}],
        "put": {
            "operationId": "putAny",
            "security": [{"basic": []}, {"key": [], "cookieKey": []}],
            "requestBody": {"content": {"application/*+json": {"schema": component("Tree")}, "text/*": {}}},
            "responses": {"200": reply(component("Tree"))},
        },
    },
    "/root": {
        "delete": {
            "operationId": "deleteAny",
            "servers": [{"url": "/"}],
            "security": [],
            "responses": {"204": reply()},
        },
    },
}

CORNERS: Json = {
    "openapi": "3.1.0",
    "info": {"title": "Corners", "version": "1"},
    "servers": [{"url": "https://example.com/api"}],
    "security": [{"bearer": []}],
    "paths": PATHS,
    "components": {
        "schemas": SCHEMAS,
        "securitySchemes": {
            "bearer": {"type": "http", "scheme": "bearer"},
            "basic": {"type": "http", "scheme": "Basic"},
            "key": {"type": "apiKey", "in": "query", "name": "key"},
            "cookieKey": {"type": "apiKey", "in": "cookie", "name": "sid"},
        },
    },
}
for _listed in PATHS["/pets"]["get"]["parameters"]:
    if "content" in _listed:
        del _listed["schema"]
