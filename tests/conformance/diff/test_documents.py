"""Every kind of edit is found, and called what it is, for clients and for servers."""

from __future__ import annotations

import copy

import pytest

from mockserver.conformance.diff import diff_report, document_shifts
from mockserver.conformance.diff.shift import SEVERITIES, Shift
from mockserver.contract.document import effective, published
from mockserver.contract.places import Document
from mockserver.contract.spot import Spot
from mockserver.contract.yaml_out import dump_yaml
from mockserver.contract.yaml_text import load_yaml
from mockserver.core.text import Json
from tests.conformance.diff.cases import BASE, CASES, OLD, Case, creation, item, listing


def read(value: Json, source: str = "new.yaml") -> Document:
    return load_yaml(dump_yaml(value), source)


OLDER = load_yaml(BASE, "old.yaml")


def shifts(new: Json) -> list[Shift]:
    return document_shifts(OLDER, read(new))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule}-{case.clients}-{case.servers}")
def test_an_edit_is_called_what_it_is(case: Case) -> None:
    found = {shift.rule: (SEVERITIES[shift.clients], SEVERITIES[shift.servers]) for shift in shifts(case.new)}
    assert found.get(case.rule) == (case.clients, case.servers), found


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule}-{case.clients}-{case.servers}")
def test_every_change_says_where_it_is_in_both_documents(case: Case) -> None:
    for shift in shifts(case.new):
        assert shift.old is not None or shift.new is not None
        for pointer, root in ((shift.old, OLD), (shift.new, case.new)):
            if pointer is not None:
                Spot.of(root, pointer)


def test_a_document_and_itself_have_no_changes() -> None:
    assert shifts(OLD) == []
    assert document_shifts(effective("livepeer"), effective("livepeer")) == []


def test_the_other_name_of_a_component_is_no_change_of_a_call() -> None:
    new = read(OLD).value
    text = dump_yaml(new).replace("schemas/NewItem", "schemas/Draft").replace("    NewItem:", "    Draft:")
    assert {shift.rule for shift in document_shifts(OLDER, load_yaml(text, "new.yaml"))} == {"written-otherwise"}


def test_the_other_name_of_a_path_parameter_is_harmless() -> None:
    new = copy.deepcopy(OLD)
    new["paths"]["/items/{item}"] = new["paths"].pop("/items/{id}")
    new["paths"]["/items/{item}"]["delete"]["parameters"][0]["name"] = "item"
    assert {(shift.rule, SEVERITIES[shift.clients]) for shift in shifts(new)} >= {("parameter-renamed", "harmless")}
    assert not [shift for shift in shifts(new) if shift.clients or shift.servers]


def test_one_change_of_a_shared_schema_is_told_once_with_all_operations() -> None:
    new = copy.deepcopy(OLD)
    item(new)["properties"]["state"]["enum"].append("lost")
    (shift,) = shifts(new)
    assert shift.operation == "listItems" and shift.evidence == "also in createItem"


def test_a_schema_that_is_written_by_all_of_is_the_same_schema() -> None:
    new = copy.deepcopy(OLD)
    whole = item(new)
    new["components"]["schemas"]["Item"] = {
        "allOf": [{"type": "object", "required": whole["required"]}, {"properties": whole["properties"]}]
    }
    assert {shift.rule for shift in shifts(new)} <= {"written-otherwise"}


def test_nullable_of_3_0_is_null_of_3_1() -> None:
    old = copy.deepcopy(OLD)
    old["openapi"] = "3.0.3"
    old["components"]["schemas"]["Item"]["properties"]["price"] = {"type": "number", "nullable": True, "minimum": 0}
    assert not [shift for shift in document_shifts(read(old), OLDER) if shift.clients or shift.servers]


def test_a_status_that_a_range_covers_already_is_compared_with_the_range() -> None:
    new = copy.deepcopy(OLD)
    creation(new)["responses"]["409"] = copy.deepcopy(creation(new)["responses"]["4XX"])
    assert not [shift for shift in shifts(new) if shift.clients or shift.servers]


def test_a_path_that_was_renamed_is_guessed_and_still_breaking() -> None:
    new = copy.deepcopy(OLD)
    new["paths"]["/products"] = new["paths"].pop("/items")
    report = diff_report(OLDER, read(new))
    assert report.broken
    assert any("Perhaps GET /items is GET /products now" in note for note in report.notes)


def test_a_property_that_was_renamed_is_guessed() -> None:
    new = copy.deepcopy(OLD)
    fields = new["components"]["schemas"]["NewItem"]["properties"]
    fields["labelNames"] = fields.pop("labels")
    (note,) = diff_report(OLDER, read(new)).notes
    assert (
        note
        == "Perhaps `labels` is `labelNames` now (createItem request application/json /labels): both hold the same."
    )


def test_a_parameter_that_was_renamed_is_guessed_and_another_one_is_not() -> None:
    new = copy.deepcopy(OLD)
    listing(new)["parameters"][0]["name"] = "pageLimit"
    (note,) = diff_report(OLDER, read(new)).notes
    assert note.startswith("Perhaps `limit` is `pageLimit` now")
    listing(new)["parameters"][0]["schema"] = {"type": "string"}
    assert diff_report(OLDER, read(new)).notes == ()


def test_the_report_counts_for_the_side_that_is_asked_for() -> None:
    new = copy.deepcopy(OLD)
    listing(new)["parameters"][0]["required"] = True
    document = read(new)
    assert diff_report(OLDER, document, "clients").broken
    assert not diff_report(OLDER, document, "servers").broken


def test_what_our_repairs_add_breaks_no_client_that_reads_what_it_knows() -> None:
    found = document_shifts(published("livepeer"), effective("livepeer"))
    assert {shift.rule for shift in found if shift.rule.startswith("operation")} >= {"operation-added"}
    assert {"texts-changed", "written-otherwise"} >= {shift.rule for shift in found if shift.area == "texts"}
