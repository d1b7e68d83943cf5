from __future__ import annotations

from mockserver.contract.document import effective
from mockserver.contract.yaml_text import load_yaml
from mockserver.control.control import Control
from mockserver.server.assemble import build_engine
from mockserver.settings import Settings
from tests.control.asking import ask, control, refused, told


def both() -> Control:
    return control(build_engine(Settings()))


def test_contracts_say_where_their_documents_are() -> None:
    cards = {card["provider"]: card for card in told(both(), "GET", "/contracts")["contracts"]}
    assert list(cards) == ["livepeer", "restream"]
    assert cards["restream"]["json"] == "http://mock.example/__admin/contracts/restream.json"
    assert cards["restream"]["operations"] == 10


def test_a_contract_is_the_effective_document_as_json_and_as_yaml() -> None:
    driven = both()
    document = effective("livepeer").value
    assert told(driven, "GET", "/contracts/livepeer.json") == document
    assert load_yaml(ask(driven, "GET", "/contracts/livepeer.yaml").body, "yaml").value == document


def test_no_file_comes_from_a_path() -> None:
    for path in ("/contracts/..%2F..%2Fpyproject.json", "/contracts/admin.yaml", "/contracts/%2e%2e%2fadmin.json"):
        assert refused(both(), "GET", path)["status"] == 404


def test_outcomes_tell_what_to_send_to_this_server() -> None:
    outcomes = told(both(), "GET", "/outcomes")["outcomes"]
    assert {outcome["provider"] for outcome in outcomes} == {"livepeer", "restream"}
    assert all("http://mock.example/" in outcome["curl"] for outcome in outcomes)
