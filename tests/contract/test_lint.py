"""The linter: what it finds on the providers' documents, and on documents made for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from mockserver.contract.document import effective, published
from mockserver.contract.lint import LINT_CODES, lint, lint_file
from mockserver.contract.yaml_text import load_yaml
from mockserver.core.text import Json, pointer, resolve

HEAD = "openapi: 3.1.0\ninfo: {title: t, version: '1'}\n"
OLD = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths: {}\n"
DONE = "responses: {'204': {description: done}}"


def found(text: str) -> list[tuple[str, str]]:
    return [(defect.code, defect.pointer) for defect in lint(text, "a.yaml")]


def of_schema(text: str, head: str = HEAD) -> list[tuple[str, str]]:
    """Defects of one schema, called `x`; pointers from there on. `ok` is another schema it may refer to."""
    below = "/components/schemas/x"
    text = f"{head}components:\n  schemas:\n    ok: {{type: string}}\n    x: {text}\n"
    return [(code, at.removeprefix(below)) for code, at in found(text)]


def of_operation(text: str, template: str = "/a") -> list[tuple[str, str]]:
    """Defects of `get` on a path; pointers from the path on."""
    below = f"/paths/{template.replace('/', '~1')}"
    text = f"{HEAD}paths:\n  '{template}':\n    get: {{operationId: a, {text}}}\n"
    return [(code, at.removeprefix(below)) for code, at in found(text)]


def test_the_published_livepeer_document_has_five_defects_and_nothing_else() -> None:
    schemas = "/components/schemas"
    assert [(one.severity, one.code, one.line, one.pointer) for one in lint(published("livepeer"))] == [
        ("error", "L201", 240, f"{schemas}/asset/properties/source/oneOf/0/properties/encryption"),
        ("error", "L201", 262, f"{schemas}/asset/properties/source/oneOf/2/properties/encryption"),
        ("error", "L202", 300, f"{schemas}/asset/properties/storage/properties/ipfs/properties/$ref"),
        ("error", "L301", 496, f"{schemas}/error/properties/errors/items/example"),
        ("error", "L301", 599, f"{schemas}/transcode-profile/properties/gop/example"),
    ]


def test_a_corrupted_reference_is_recognised() -> None:
    first, *_ = lint(published("livepeer"))
    assert "most likely a tool replaced a `$ref` by this ID" in first.message
    assert str(first).startswith("specs/livepeer/openapi.yaml:240:17: error L201 at #/components/schemas/asset/")


@pytest.mark.parametrize("provider", ["livepeer", "restream"])
def test_an_effective_document_is_clean(provider: str) -> None:
    assert [str(one) for one in lint(effective(provider)) if one.severity != "note"] == []


def test_a_defect_of_an_overlay_is_shown_there(tmp_path: Path) -> None:
    (tmp_path / "openapi.yaml").write_text(f"{HEAD}paths: {{}}\n")
    (tmp_path / "overlay.yaml").write_text(
        "overlay: 1.0.0\ninfo: {title: t, version: '1'}\nactions:\n"
        "  - target: $\n    update:\n      components:\n        schemas: {x: {type: strin}}\n"
    )
    (defect,) = lint(effective("overlaid", tmp_path))
    assert (defect.code, defect.source, defect.line) == ("L203", str(tmp_path / "overlay.yaml"), 7)


def test_a_file_is_linted_with_the_files_beside_it(tmp_path: Path) -> None:
    (tmp_path / "other.yaml").write_text("{}")
    (tmp_path / "a.yaml").write_text(
        f"{HEAD}components:\n  schemas:\n    x: {{$ref: other.yaml}}\n    y: {{$ref: 'nope.yaml#/z'}}\n"
    )
    assert [(one.code, one.line) for one in lint_file(tmp_path / "a.yaml")] == [("L106", 5), ("L105", 6)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: [", [("L001", "")]),
        ("", [("L001", "")]),
        ("[1]", [("L003", "")]),
        (f"{HEAD}paths: {{}}\npaths: {{}}\n", [("L002", "")]),
        ("info: {title: t, version: '1'}\npaths: {}", [("L003", "")]),
        ("openapi: 3.2.0\ninfo: {title: t, version: '1'}\npaths: {}", [("L003", "/openapi")]),
        ("openapi: 3.1\ninfo: {title: t, version: '1'}\npaths: {}", [("L003", "/openapi")]),
        ("swagger: '2.0'\ninfo: {title: t, version: '1'}\npaths: {}", [("L003", "/swagger"), ("L602", "/swagger")]),
        ("openapi: 3.1.0\npaths: {}", [("L004", "")]),
        ("openapi: 3.1.0\ninfo: {title: t}\npaths: {}", [("L004", "/info")]),
        (HEAD, [("L004", "")]),
        (f"{HEAD}webhooks: {{}}\n", []),
        ("openapi: 3.0.0\ninfo: {title: t, version: '1'}\ncomponents: {}\n", [("L004", "")]),
        (f"{HEAD}paths: []\n", [("L601", "/paths")]),
        (f"{HEAD}paths: {{}}\ntags: {{a: 1}}\n", [("L601", "/tags")]),
        (f"{HEAD}paths: {{}}\npath: {{}}\n", [("L602", "/path")]),
        (f"{HEAD}paths: {{}}\nx-mine: 1\n", []),
        (f"{HEAD}paths: {{}}\nservers: [{{url: 'https://{{region}}.a.example'}}]\n", [("L415", "/servers/0/url")]),
        (f"{HEAD}paths: {{}}\nservers: [{{description: a}}]\n", [("L412", "/servers/0")]),
        (f"{HEAD}paths: {{}}\nsecurity: [{{key: []}}]\n", [("L501", "/security/0/key")]),
        (f"{HEAD}paths: {{}}\ncomponents: {{schemas: {{a: 7}}}}\n", [("L201", "/components/schemas/a")]),
        (f"{HEAD}paths: {{}}\ncomponents: {{schemas: null}}\n", [("L601", "/components/schemas")]),
    ],
)
def test_the_frame_of_a_document(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{type: string}", []),
        ("true", []),
        ("{properties: {$ref: {type: string}}}", []),
        ("{properties: {$ref: '#/components/schemas/ok'}}", [("L202", "/properties/$ref")]),
        ("{properties: {a: text}}", [("L201", "/properties/a")]),
        ("{items: [{type: string}]}", [("L201", "/items")]),
        ("{allOf: {type: string}}", [("L601", "/allOf")]),
        ("{allOf: []}", [("L204", "/allOf")]),
        ("{$ref: '#/components/schemas/ok'}", []),
        ("{$ref: '#/components/schemas/oki'}", [("L101", "/$ref")]),
        ("{$ref: '#nowhere'}", [("L101", "/$ref")]),
        ("{$defs: {a: {$anchor: here}}, $ref: '#here'}", []),
        ("{$ref: 5}", [("L102", "/$ref")]),
        ("{$ref: '#/info'}", [("L103", "/$ref")]),
        ("{$ref: '#/info/title'}", [("L103", "/$ref")]),
        ("{$ref: '#/components/schemas/x'}", [("L104", "/$ref")]),
        ("{$ref: '#/components/schemas/x', type: string}", [("L104", "/$ref")]),
        ("{properties: {a: {$ref: '#/components/schemas/x'}}}", []),
        ("{$ref: 4cb959fd-1494-4914-8ce7-8f3ff81ba4f9}", [("L105", "/$ref")]),
        ("{$ref: other.yaml}", [("L106", "/$ref")]),
        ("{$ref: 'https://example.com/a.json'}", [("L106", "/$ref")]),
        ("{type: sting}", [("L203", "/type")]),
        ("{type: [string, nul]}", [("L203", "/type/1")]),
        ("{type: []}", [("L203", "/type")]),
        ("{type: {}}", [("L203", "/type")]),
        ("{minLength: two}", [("L204", "/minLength")]),
        ("{minLength: -1}", [("L204", "/minLength")]),
        ("{minLength: 1.0}", []),
        ("{required: name}", [("L204", "/required")]),
        ("{required: [a, a]}", [("L204", "/required")]),
        ("{readOnly: 1}", [("L204", "/readOnly")]),
        ("{description: {$ref: a}}", [("L204", "/description")]),
        ("{exclusiveMinimum: true}", [("L204", "/exclusiveMinimum")]),
        ("{multipleOf: 0}", [("L204", "/multipleOf")]),
        ("{enum: a}", [("L204", "/enum")]),
        ("{enum: []}", [("L205", "/enum")]),
        ("{enum: [a, a]}", [("L211", "/enum/1")]),
        ("{enum: [1, true]}", []),
        ("{type: string, enum: [a, 1]}", [("L211", "/enum/1")]),
        ("{type: integer, enum: [1.0, 1.5]}", [("L211", "/enum/1")]),
        ("{pattern: '('}", [("L206", "/pattern")]),
        ("{pattern: '^http(s)?://'}", []),
        ("{patternProperties: {'[': true}}", [("L206", "/patternProperties/[")]),
        ("{minimum: 2, maximum: 1}", [("L207", "/minimum")]),
        ("{minimum: 1, maximum: 1}", []),
        ("{exclusiveMinimum: 1, maximum: 1}", [("L207", "/exclusiveMinimum")]),
        ("{minItems: 3, maxItems: 2}", [("L207", "/minItems")]),
        ("{additionalProperties: false, required: [a], properties: {b: {}}}", [("L208", "/required/0")]),
        ("{additionalProperties: false, required: [a], patternProperties: {a: {}}}", []),
        ("{required: [a]}", []),
        ("{format: email}", []),
        ("{format: emial}", [("L209", "/format")]),
        ("{expample: 1}", [("L210", "/expample")]),
        ("{x-mine: 1}", []),
        ("{type: string, example: 2}", [("L301", "/example")]),
        ("{type: string, examples: [a, 2]}", [("L301", "/examples/1")]),
        ("{type: string, default: 2}", [("L302", "/default")]),
        ("{$ref: '#/components/schemas/ok', example: 2}", [("L301", "/example")]),
        ("{type: object, properties: {a: {$ref: '#/components/schemas/ok'}}, example: {a: 1}}", [("L301", "/example")]),
        (
            "{properties: {a: gone, b: {type: string}}, example: {a: 1, b: 2}}",
            [("L301", "/example"), ("L201", "/properties/a")],
        ),
        ("{properties: {a: {pattern: '('}}, example: {a: 1}}", [("L206", "/properties/a/pattern")]),
    ],
)
def test_a_schema(text: str, expected: list[tuple[str, str]]) -> None:
    assert sorted(of_schema(text)) == sorted(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{type: string, nullable: true, example: null}", []),
        ("{type: string, example: null}", [("L301", "/example")]),
        ("{type: string, nullable: true, enum: [a], example: null}", []),
        ("{type: [string]}", [("L203", "/type")]),
        ("{type: 'null'}", [("L203", "/type")]),
        ("{minimum: 1, exclusiveMinimum: true, example: 1}", [("L301", "/example")]),
        ("{minimum: 1, exclusiveMinimum: 1}", [("L204", "/exclusiveMinimum")]),
        ("{$ref: '#/components/schemas/ok', example: 2, type: sting}", []),
        ("{allOf: [{$ref: '#/components/schemas/ok'}], example: 2}", [("L301", "/example")]),
        ("{properties: {a: {nullable: true, type: string}}, example: {a: null}}", []),
    ],
)
def test_a_schema_of_3_0(text: str, expected: list[tuple[str, str]]) -> None:
    assert sorted(of_schema(text, OLD)) == sorted(expected)


def test_a_circle_of_references_is_reported_once() -> None:
    text = "\n".join(f"    {one}: {{$ref: '#/components/schemas/{other}'}}" for one, other in ("ab", "bc", "ca", "da"))
    assert found(f"{HEAD}components:\n  schemas:\n{text}\n") == [("L104", "/components/schemas/a/$ref")]


def test_a_reference_with_an_escaped_name_is_followed() -> None:
    schemas = "{'a/b c': {type: string}, x: {$ref: '#/components/schemas/a~1b%20c', example: 1}}"
    assert found(f"{HEAD}components: {{schemas: {schemas}}}\n") == [("L301", "/components/schemas/x/example")]


def test_examples_referred_to_are_judged_where_they_are_used() -> None:
    text = "{a/b: {schema: {type: string}, examples: {e: {$ref: '#/components/examples/e'}}}}"
    text = f"{HEAD}components:\n  examples: {{e: {{value: 1}}}}\n  requestBodies: {{b: {{content: {text}}}}}\n"
    assert found(text) == [("L301", "/components/requestBodies/b/content/a~1b/examples/e")]


def test_a_slash_at_the_end_makes_another_path() -> None:
    text = f"{HEAD}paths:\n  /a: {{get: {{operationId: a, {DONE}}}}}\n  /a/: {{get: {{operationId: b, {DONE}}}}}\n"
    assert found(text) == []


def test_a_misspelt_reference_names_the_right_one() -> None:
    (defect,) = lint(f"{HEAD}components: {{schemas: {{error: {{}}, x: {{$ref: '#/components/schemas/eror'}}}}}}\n")
    assert "is `#/components/schemas/error` meant?" in defect.message


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (DONE, []),
        ("summary: a", []),
        ("responses: {}", [("L409", "/get/responses")]),
        ("responses: {'20': {description: a}}", [("L410", "/get/responses/20")]),
        ("responses: {4XX: {description: a}, default: {description: a}, x-a: 1}", []),
        ("responses: {4xx: {description: a}}", [("L410", "/get/responses/4xx")]),
        ("responses: {'200': {}}", [("L412", "/get/responses/200")]),
        ("responses: {'200': {$ref: '#/components/responses/a'}}", [("L101", "/get/responses/200/$ref")]),
        (
            "responses: {'200': {description: a, content: {json: {}}}}",
            [("L411", "/get/responses/200/content/json")],
        ),
        ("responses: {'200': {description: a, content: {'application/*': {}, 'a/b; charset=utf-8': {}}}}", []),
        (
            "responses: {'200': {description: a, content: {a/b: {schema: {type: string}, example: 1}}}}",
            [("L301", "/get/responses/200/content/a~1b/example")],
        ),
        (
            "responses: {'200': {description: a, content: {a/b: {schema: {type: string}, examples: {e: {value: 1}}}}}}",
            [("L301", "/get/responses/200/content/a~1b/examples/e/value")],
        ),
        (
            "responses: {'200': {description: a, content: {a/json: {schema: {type: object}, example: a=1}}}}",
            [],
        ),
        (
            "responses: {'200': {description: a, links: {b: {operationRef: '#/paths/~1b/get'}}}}",
            [("L413", "/get/responses/200/links/b/operationRef")],
        ),
        ("responses: {'200': {description: a, headers: {X: {}}}}", [("L412", "/get/responses/200/headers/X")]),
        ("responses: {'200': {description: a, links: {b: {operationId: a}}}}", []),
        (
            "responses: {'200': {description: a, links: {b: {operationId: z}}}}",
            [("L413", "/get/responses/200/links/b/operationId")],
        ),
        (
            "responses: {'200': {description: a, links: {b: {operationId: a, parameters: {z: 1}}}}}",
            [("L414", "/get/responses/200/links/b/parameters/z")],
        ),
        (f"{DONE}, respones: 1", [("L602", "/get/respones")]),
        (f"{DONE}, security: [{{none: []}}]", [("L501", "/get/security/0/none")]),
        (f"{DONE}, parameters: [{{in: query, schema: {{}}}}]", [("L412", "/get/parameters/0")]),
        (f"{DONE}, parameters: [{{name: a, in: body, schema: {{}}}}]", [("L412", "/get/parameters/0/in")]),
        (f"{DONE}, parameters: [{{name: a, in: query}}]", [("L412", "/get/parameters/0")]),
        (f"{DONE}, parameters: [{{name: a, in: path, required: true, schema: {{}}}}]", [("L404", "/get/parameters/0")]),
        (
            f"{DONE}, parameters: [&a {{name: a, in: query, schema: {{type: integer}}, example: b}}, *a]",
            [
                ("L301", "/get/parameters/0/example"),
                ("L406", "/get/parameters/1"),
                ("L301", "/get/parameters/1/example"),
            ],
        ),
        (f"{DONE}, requestBody: {{required: true}}", [("L412", "/get/requestBody")]),
        (f"{DONE}, requestBody: []", [("L601", "/get/requestBody")]),
        ("responses: []", [("L601", "/get/responses")]),
        (f"{DONE}, callbacks: {{c: {{'{{$url}}': {{post: {{{DONE}}}}}}}}}", [("L407", "/get/callbacks/c/{$url}/post")]),
    ],
)
def test_an_operation(text: str, expected: list[tuple[str, str]]) -> None:
    assert sorted(of_operation(text)) == sorted(expected)


ID = "{name: id, in: path, required: true, schema: {type: string}}"


@pytest.mark.parametrize(
    ("template", "text", "expected"),
    [
        ("/a/{id}", f"{DONE}, parameters: [{ID}]", []),
        ("/a/{id}", DONE, [("L403", "")]),
        ("/a/{id}", f"{DONE}, parameters: [{{name: id, in: query, schema: {{}}}}]", [("L403", "")]),
        ("/a/{id}", f"{DONE}, parameters: [{{name: id, in: path, schema: {{}}}}]", [("L405", "/get/parameters/0")]),
        ("/a/{id}/{id}", f"{DONE}, parameters: [{ID}]", [("L401", "")]),
        ("/a/{id", DONE, [("L401", "")]),
        ("/a/{}", DONE, [("L401", ""), ("L403", "")]),
        ("a", DONE, [("L401", "")]),
    ],
)
def test_a_path(template: str, text: str, expected: list[tuple[str, str]]) -> None:
    assert of_operation(text, template) == expected


def test_path_parameters_may_stand_in_the_path_item_or_elsewhere() -> None:
    text = f"{HEAD}paths:\n  /a/{{id}}:\n    parameters: [{{$ref: '#/components/parameters/id'}}]\n"
    text += f"    get: {{operationId: a, {DONE}}}\ncomponents: {{parameters: {{id: {ID}}}}}\n"
    assert found(text) == []


def test_paths_that_differ_in_names_only_are_one() -> None:
    one, other = (
        f"get: {{operationId: {name}, parameters: [{{$ref: '#/components/parameters/{name}'}}], {DONE}}}"
        for name in "ab"
    )
    parameters = (
        "{a: {name: a, in: path, required: true, schema: {}}, b: {name: b, in: path, required: true, schema: {}}}"
    )
    text = f"{HEAD}paths:\n  /x/{{a}}: {{{one}}}\n  /x/{{b}}: {{{other}}}\ncomponents: {{parameters: {parameters}}}\n"
    assert found(text) == [("L402", "/paths/~1x~1{b}")]


def test_an_operation_id_is_unique_and_should_be_there() -> None:
    text = f"{HEAD}paths:\n  /a:\n    get: {{operationId: a, {DONE}}}\n    put: {{operationId: a, {DONE}}}\n"
    text += f"    post: {{{DONE}}}\n"
    assert found(text) == [("L408", "/paths/~1a/put/operationId"), ("L407", "/paths/~1a/post")]


def test_responses_may_be_missing_since_3_1_only() -> None:
    text = "info: {title: t, version: '1'}\npaths:\n  /a:\n    get: {operationId: a}\n"
    assert found(f"openapi: 3.1.0\n{text}") == []
    assert found(f"openapi: 3.0.0\n{text}") == [("L409", "/paths/~1a/get")]


def test_a_tag_is_described_if_any_is() -> None:
    text = f"{HEAD}tags: [{{name: a}}]\npaths:\n  /a:\n    get: {{operationId: a, tags: [a, b], {DONE}}}\n"
    assert found(text) == [("L603", "/paths/~1a/get/tags/1")]


@pytest.mark.parametrize(
    ("scheme", "expected"),
    [
        ("{type: http, scheme: bearer}", []),
        ("{type: http}", [("L502", "")]),
        ("{type: htp, scheme: bearer}", [("L502", "/type")]),
        ("{scheme: bearer}", [("L412", "")]),
        ("{type: apiKey, name: k, in: body}", [("L502", "/in")]),
        ("{type: oauth2}", [("L502", "")]),
        ("{type: oauth2, flows: {implicit: {authorizationUrl: u, scopes: {read: r}}}}", []),
        ("{type: oauth2, flows: {implict: {scopes: {}}}}", [("L602", "/flows/implict")]),
        ("{type: oauth2, flows: {implicit: {authorizationUrl: u}}}", [("L412", "/flows/implicit")]),
    ],
)
def test_a_security_scheme(scheme: str, expected: list[tuple[str, str]]) -> None:
    below = "/components/securitySchemes/s"
    where = found(f"{HEAD}components: {{securitySchemes: {{s: {scheme}}}}}\nsecurity: [{{s: []}}]\n")
    assert [(code, at.removeprefix(below)) for code, at in where] == expected


def test_a_scope_must_be_on_offer() -> None:
    scheme = "{type: oauth2, flows: {implicit: {authorizationUrl: u, scopes: {read: r}}}}"
    text = f"{HEAD}components: {{securitySchemes: {{s: {scheme}}}}}\nsecurity: [{{s: [read, write]}}]\n"
    assert found(text) == [("L503", "/security/0/s/1")]


def test_every_code_can_be_found_and_explains_itself() -> None:
    assert all(code == explained.code and explained.title and explained.why for code, explained in LINT_CODES.items())
    assert all(explained.remedy.endswith(".") for explained in LINT_CODES.values())


def test_pointers_lead_to_what_is_meant() -> None:
    document = load_yaml(f"{HEAD}components: {{schemas: {{'a/b~c': {{type: strin}}}}}}", "a.yaml")
    (defect,) = lint(document)
    assert defect.pointer == pointer(("components", "schemas", "a/b~c", "type"))
    value: Json = resolve(document.value, defect.pointer)
    assert value == "strin"
