"""Routes: the most concrete template wins, segments keep what was encoded in them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.contract.check import CompiledContract, compile_contract
from mockserver.core.text import Json
from mockserver.errors import DocumentError


def contract(*templates: str, root: Mapping[str, Json] | None = None) -> CompiledContract:
    """A contract with a GET for each template, whose operationId is the template."""
    paths = {template: {"get": {"operationId": template}} for template in templates}
    return compile_contract({"openapi": "3.1.0", "paths": paths, **(root or {})})


def found(contract: CompiledContract, path: str, method: str = "GET") -> tuple[str, Mapping[str, str]] | None:
    match = contract.match(method, path)
    return (match.operation.id, match.path) if match else None


def test_a_literal_wins_over_a_parameter_wherever_it_is_written() -> None:
    for templates in (("/a/{x}", "/a/b"), ("/a/b", "/a/{x}")):
        assert found(contract(*templates), "/a/b") == ("/a/b", {})


def test_a_way_that_ends_nowhere_is_taken_back() -> None:
    both = contract("/a/{x}/c", "/a/b/{y}")
    assert found(both, "/a/b/c") == ("/a/b/{y}", {"y": "c"})
    assert found(both, "/a/z/c") == ("/a/{x}/c", {"x": "z"})
    assert found(contract("/a/{x}/c", "/a/b/d"), "/a/b/c") == ("/a/{x}/c", {"x": "b"})


def test_a_template_without_the_method_leaves_the_path_to_another() -> None:
    both = compile_contract(
        {"paths": {"/a/b": {"get": {"operationId": "b"}}, "/a/{x}": {"post": {"operationId": "x"}}}}
    )
    assert found(both, "/a/b", "POST") == ("x", {"x": "b"})
    assert found(both, "/a/b", "PUT") is None


def test_templates_may_name_a_parameter_at_one_place_differently() -> None:
    both = contract("/a/{x}/c", "/a/{y}/d")
    assert found(both, "/a/1/c") == ("/a/{x}/c", {"x": "1"})
    assert found(both, "/a/1/d") == ("/a/{y}/d", {"y": "1"})


def test_an_encoded_slash_stays_in_its_value() -> None:
    assert found(contract("/a/{x}"), "/a/b%2Fc") == ("/a/{x}", {"x": "b/c"})
    assert found(contract("/a/{x}"), "/a/b/c") is None


@given(st.text(min_size=1))
def test_every_text_comes_through_a_segment_unchanged(text: str) -> None:
    text = text.encode("utf-8", "ignore").decode() or "x"
    assert found(contract("/a/{x}/b"), f"/a/{quote(text, safe='')}/b") == ("/a/{x}/b", {"x": text})


def test_an_encoded_literal_is_the_literal() -> None:
    assert found(contract("/clip"), "/%63lip") == ("/clip", {})


def test_a_parameter_is_never_empty() -> None:
    assert found(contract("/a/{x}"), "/a/") is None
    assert found(contract("/a/{x}/c"), "/a//c") is None


def test_head_finds_get_unless_it_is_written() -> None:
    assert found(contract("/a/{x}"), "/a/1", "HEAD") == ("/a/{x}", {"x": "1"})
    written = compile_contract({"paths": {"/a": {"get": {"operationId": "get"}, "head": {"operationId": "head"}}}})
    assert found(written, "/a", "HEAD") == ("head", {})


def test_a_segment_may_mix_literals_and_parameters() -> None:
    mixed = contract("/f/{name}.{format}", "/f/{name}.tar.{format}", "/f/{any}", "/f/v{n}")
    assert found(mixed, "/f/a.b.png") == ("/f/{name}.{format}", {"name": "a.b", "format": "png"})
    assert found(mixed, "/f/a.tar.gz") == ("/f/{name}.tar.{format}", {"name": "a", "format": "gz"})
    assert found(mixed, "/f/v2") == ("/f/v{n}", {"n": "2"})
    assert found(mixed, "/f/.png") == ("/f/{any}", {"any": ".png"})


def test_a_trailing_slash_matters_unless_the_document_says_not() -> None:
    strict, loose = contract("/a"), contract("/a", root={"x-mockserver-routing": {"trailingSlash": False}})
    assert found(strict, "/a/") is None
    assert found(loose, "/a/") == ("/a", {})
    assert found(loose, "/a//") is None
    assert found(contract("/a/"), "/a/") == ("/a/", {})


def test_case_matters_unless_the_document_says_not_and_values_keep_theirs() -> None:
    strict = contract("/Clip/{id}")
    loose = contract("/Clip/{id}", "/v{N}x/b", root={"x-mockserver-routing": {"caseSensitive": False}})
    assert found(strict, "/clip/Aa") is None
    assert found(loose, "/cLIP/Aa") == ("/Clip/{id}", {"id": "Aa"})
    assert found(loose, "/VaX/B") == ("/v{N}x/b", {"N": "a"})


@pytest.mark.parametrize(
    ("servers", "path"),
    [
        ([{"url": "https://livepeer.studio/api"}], "/api/a"),
        ([{"url": "https://x/v{n}/", "variables": {"n": {"default": "2"}}}], "/v2/a"),
        ([{"url": "/base/"}], "/base/a"),
        ([{"url": "base"}], "/base/a"),
        ([{"url": "https://x"}], "/a"),
        ([], "/a"),
    ],
)
def test_paths_stand_under_the_servers_base(servers: Json, path: str) -> None:
    under = contract("/a", root={"servers": servers})
    assert under.operations["/a"].path == path
    assert found(under, path) == ("/a", {})


def test_every_server_has_a_route_and_the_nearest_servers_win() -> None:
    document = {
        "servers": [{"url": "/one"}, {"url": "/two"}],
        "paths": {
            "/a": {"get": {"operationId": "a"}},
            "/b": {"servers": [{"url": "/three"}], "get": {"operationId": "b"}},
            "/c": {
                "servers": [{"url": "/three"}],
                "get": {"operationId": "c", "servers": [{"url": "https://host/"}]},
            },
        },
    }
    compiled = compile_contract(document)
    assert [found(compiled, path) for path in ("/one/a", "/two/a", "/three/b", "/c")] == [
        ("a", {}),
        ("a", {}),
        ("b", {}),
        ("c", {}),
    ]
    assert [found(compiled, path) for path in ("/a", "/one/b", "/three/c", "/one/c")] == [None] * 4


def test_operations_come_in_document_order_with_their_pointers() -> None:
    compiled = contract("/z/{id}", "/a", root={"servers": [{"url": "/api"}]})
    assert list(compiled.operations) == ["/z/{id}", "/a"]
    operation = compiled.operations["/z/{id}"]
    assert (operation.method, operation.path, operation.pointer) == ("GET", "/api/z/{id}", "/paths/~1z~1{id}/get")


def test_a_path_item_may_be_a_reference() -> None:
    document = {
        "paths": {"/a": {"$ref": "#/components/pathItems/A"}},
        "components": {"pathItems": {"A": {"get": {"operationId": "a"}}}},
    }
    assert compile_contract(document).operations["a"].pointer == "/components/pathItems/A/get"


def test_an_operation_without_a_name_is_named_by_method_and_path() -> None:
    assert list(compile_contract({"paths": {"/a": {"get": {}}}}).operations) == ["GET /a"]


def test_two_operations_of_one_name_are_refused() -> None:
    paths = {"/a": {"get": {"operationId": "x"}}, "/b": {"get": {"operationId": "x"}}}
    with pytest.raises(DocumentError, match=r"/paths/~1b/get: operationId `x` is that of /paths/~1a/get too"):
        compile_contract({"paths": paths})


def test_a_template_without_a_slash_is_refused() -> None:
    with pytest.raises(DocumentError, match="begin with a slash"):
        compile_contract({"paths": {"a": {"get": {}}}})


SEGMENT = st.sampled_from(["a", "b", "c", "{x}", "{y}", "a{x}", "{x}.{y}"])
PATHS = st.lists(st.sampled_from(["a", "b", "c", "ab", "a.b", "b.c.d"]), min_size=1, max_size=4)


def naive(templates: list[str], path: str) -> set[str]:
    """The templates that fit and are most concrete, segment by segment from the left, by looking at each."""

    def rank(template: str) -> list[tuple[int, int]]:
        segments = template.split("/")[1:]
        literal = [len(re.sub(r"\{\w+\}", "", segment)) for segment in segments]
        return [
            (0 if "{" not in segment else 2 if re.fullmatch(r"\{\w+\}", segment) else 1, -size)
            for segment, size in zip(segments, literal, strict=True)
        ]

    fitting = [
        template for template in templates if re.fullmatch(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template)), path)
    ]
    best = min(map(rank, fitting), default=None)
    return {template for template in fitting if rank(template) == best}


@given(st.lists(st.lists(SEGMENT, min_size=1, max_size=4), max_size=8), PATHS)
def test_routing_agrees_with_looking_at_every_template(segments: list[list[str]], path: list[str]) -> None:
    templates = list(dict.fromkeys("/" + "/".join(listed) for listed in segments))
    wanted = naive(templates, "/" + "/".join(path))
    got = found(contract(*templates), "/" + "/".join(path))
    assert (got[0] in wanted) if got else not wanted


@given(st.text())
def test_no_path_whatever_makes_routing_fail(path: str) -> None:
    contract("/a/{x}", "/a/{x}.{y}/b").match("GET", path)
