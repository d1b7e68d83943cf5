"""Explanations: every code, every operation."""

from __future__ import annotations

import re

import pytest

from mockserver.contract.codes import CODES, code_of
from mockserver.contract.document import effective
from mockserver.contract.explain import explain, explain_code, explain_operation
from mockserver.contract.readings import load_readings
from mockserver.contract.routes import read_routes
from mockserver.contract.spot import Spot
from mockserver.errors import UsageError
from tests.contract.corners import CORNERS


def test_every_code_says_what_it_means_what_to_do_and_gives_an_example() -> None:
    for code, entry in CODES.items():
        assert re.fullmatch(r"C[12]\d\d", code) and entry.code == code
        assert entry.meaning.endswith(".") and entry.remedy.endswith(".")
        assert entry.title and entry.example and entry.rules


def test_every_rule_has_one_code_but_one_of_that_fits_twice() -> None:
    rules = [(rule, code) for code, entry in CODES.items() for rule in entry.rules]
    twice = {rule for rule, _ in rules if len([other for other, _ in rules if other == rule]) > 1}
    assert twice == {"oneOf"}
    assert code_of("oneOf") == "C241" and code_of("unheard") == "C299"


def test_a_code_is_found_in_either_case() -> None:
    assert explain("c201") is CODES["C201"]
    assert explain_code("c201").startswith("C201 wrong type\n")


def test_an_unknown_code_is_refused_with_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"no violation code `C2001`\. Did you mean C201\?"):
        explain("C2001")
    with pytest.raises(UsageError, match="They run from C101 to C299"):
        explain("what")


def test_an_operation_is_explained_from_top_to_bottom() -> None:
    text = explain_operation(CORNERS, "createPet")
    assert text.splitlines()[:2] == ["createPet", "  POST /api/pets"]
    assert "Credential  `Authorization: Bearer ...`" in text
    assert "  trace  in header, string, pattern" in text
    assert '    id  string, format "uuid", required, readOnly' in text
    assert "\n  201\n" in text and "\n  204\n" in text


def test_a_schema_that_holds_itself_is_told_to_a_depth() -> None:
    assert explain_operation(CORNERS, "putAny").count("children  array") == 4


def test_an_unknown_operation_is_refused_with_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"no operation `createPets`\. Did you mean `createPet`\?"):
        explain_operation(CORNERS, "createPets")


@pytest.mark.parametrize("provider", ["livepeer", "restream"])
def test_every_operation_of_the_providers_can_be_explained(provider: str) -> None:
    document = effective(provider).value
    for route in read_routes(Spot.of(document)):
        text = explain_operation(document, route.operation.id, load_readings(provider))
        assert route.operation.path in text and "Replies" in text


def test_evidence_and_readings_are_told() -> None:
    document = effective("restream").value
    text = explain_operation(document, "createClipProject", load_readings("restream"))
    assert "[seen]" in text and "[assumed]" in text
