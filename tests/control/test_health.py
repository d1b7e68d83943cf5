from __future__ import annotations

from mockserver import __version__
from mockserver.contract.yaml_text import load_yaml
from tests.control.asking import ask, control, told


def test_a_server_that_is_ready_says_so() -> None:
    assert told(control(), "GET", "/health") == {
        "status": "ready",
        "version": __version__,
        "url": "http://mock.example",
        "providers": ["tiny"],
        "store": {"address": "memory:", "trouble": None, "warning": None},
    }


def test_a_server_that_is_about_to_end_is_not_ready() -> None:
    driven = control()
    driven.state = "draining"
    reply = ask(driven, "GET", "/health")
    assert (reply.status, reply.value["status"]) == (503, "draining")


def test_it_hands_out_its_own_document_twice_over() -> None:
    driven = control()
    as_json = told(driven, "GET", "/openapi.json")
    assert as_json["info"]["title"] == "mockserver control API"
    assert as_json["servers"][0]["url"] == "http://mock.example/__admin"
    assert load_yaml(ask(driven, "GET", "/openapi.yaml").body, "document").value == as_json
