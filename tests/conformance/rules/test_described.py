"""Lists are found in just any document, by its paths, schemas and links."""

from __future__ import annotations

import pytest

from mockserver.conformance.rules import rules_for
from mockserver.conformance.rules.described import collections_of
from mockserver.conformance.session import conversing
from mockserver.conformance.subject import Subject
from mockserver.contract.check import compile_contract
from mockserver.core.text import Json
from tests.conformance.judging import KEY, contract_of, session_with
from tests.servers.defects import DEFECTS

ITEM: Json = {"type": "object", "properties": {"id": {"type": "string"}, "name": {"type": "string"}}}

THING: Json = {"$ref": "#/components/schemas/T"}


def document(page: Json, *, links: Json = None, detail: str = "/things/{id}") -> Json:
    def reply(schema: Json) -> Json:
        return {"200": {"description": "ok", "content": {"application/json": {"schema": schema}}}}

    listing = reply(page)
    if links is not None:
        listing["200"]["links"] = links
    limit = {"name": "per_page", "in": "query", "schema": {"type": "integer", "maximum": 50}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": {
            "/things": {"get": {"operationId": "listThings", "parameters": [limit], "responses": listing}},
            detail: {
                "get": {"operationId": "getThing", "responses": reply({"allOf": [{"$ref": "#/components/schemas/T"}]})}
            },
        },
        "components": {"schemas": {"T": ITEM}},
    }


ARRAY: Json = {"type": "array", "items": THING}


@pytest.mark.parametrize(("page", "place"), [(ARRAY, ""), ({"type": "object", "properties": {"data": ARRAY}}, "/data")])
def test_a_list_is_the_page_or_a_property_of_it(page: Json, place: str) -> None:
    (found,) = collections_of(compile_contract(document(page)))
    assert (found.what, found.listing, found.items, found.id) == ("things", "listThings", place, "id")
    assert (found.detail, found.parameter) == ("getThing", "id")
    assert [pair.item for pair in found.shared] == ["/id", "/name"]


def test_a_link_to_itself_leads_to_the_next_page() -> None:
    page = {"type": "object", "properties": {"data": ARRAY, "next": {"type": "string"}}}
    links = {"more": {"operationId": "listThings", "parameters": {"query.after": "$response.body#/next"}}}
    (found,) = collections_of(compile_contract(document(page, links=links)))
    assert found.paging is not None
    assert (found.paging.cursor, found.paging.size, found.paging.most) == ("after", "per_page", 50)


def test_a_path_that_goes_on_is_no_item_of_the_list() -> None:
    assert collections_of(compile_contract(document(ARRAY, detail="/things/{id}/parts"))) == ()
    assert collections_of(compile_contract(document(ARRAY, detail="/others/{id}"))) == ()


def test_the_providers_lists_are_found_without_knowing_them() -> None:
    found = {one.listing: one for name in ("livepeer", "restream") for one in collections_of(contract_of(name))}
    assert set(found) == {
        *("getAssets", "getTasks", "getStreams", "getSessions", "getWebhooks"),
        *("listClipProjects", "listStorageFiles"),
    }
    assert found["listClipProjects"].paging is not None


def test_a_cursor_that_repeats_is_found_with_nothing_but_the_document() -> None:
    with session_with("restream", DEFECTS["cursor-repeats"]) as known:
        subject = Subject(known.subject.url, known.subject.contract, None, KEY)
        with conversing(subject) as session:
            (rule,) = [rule for rule in rules_for(subject) if rule.name == "cursor-walk"]
            assert [finding.rule for finding in rule.check(session).findings] == ["cursor-repeats"]
