"""The documents that requests and replies are checked by, with our repairs, for any other tool."""

from __future__ import annotations

from mockserver.contract.document import effective
from mockserver.contract.yaml_out import dump_yaml
from mockserver.control.access import PREFIX
from mockserver.control.desk import Call, Desk
from mockserver.control.health import YAML
from mockserver.control.worlds import provider_of
from mockserver.core.http import Reply
from mockserver.core.provider import Provider
from mockserver.core.text import Json


def list_contracts(desk: Desk, call: Call) -> Reply:
    return Reply.json(200, {"contracts": [_card(desk, name) for name in desk.engine.services]})


def get_contract(desk: Desk, call: Call) -> Reply:
    return Reply.json(200, _document(provider_of(desk, call.path["provider"])))


def get_contract_as_yaml(desk: Desk, call: Call) -> Reply:
    return Reply.text(200, dump_yaml(_document(provider_of(desk, call.path["provider"]))), YAML)


def _document(provider: Provider) -> Json:
    return effective(provider.name, provider.specs).value


def _card(desk: Desk, name: str) -> Json:
    service = desk.engine.services[name]
    info = _document(service.provider)["info"]
    return {
        "provider": name,
        "title": info["title"],
        "version": str(info["version"]),
        "mounts": list(service.provider.mounts),
        "operations": len(service.contract.operations),
        "json": f"{desk.engine.worlds.origin}{PREFIX}/contracts/{name}.json",
        "yaml": f"{desk.engine.worlds.origin}{PREFIX}/contracts/{name}.yaml",
    }
