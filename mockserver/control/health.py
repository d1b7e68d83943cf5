"""Is it up, and what is it: health, and the document of the control API."""

from __future__ import annotations

from mockserver import __version__
from mockserver.contract.yaml_out import dump_yaml
from mockserver.control.desk import Call, Desk
from mockserver.control.document import document
from mockserver.core.http import Reply
from mockserver.core.text import Json
from mockserver.core.world import StoreError

YAML: str = "application/yaml; charset=utf-8"


async def get_health(desk: Desk, call: Call) -> Reply:
    engine, trouble = desk.engine, None
    try:
        await engine.store.check()
    except StoreError as error:
        trouble = str(error)
    status = "out-of-reach" if trouble is not None and desk.state == "ready" else desk.state
    value = {
        "status": status,
        "version": __version__,
        "url": engine.worlds.origin,
        "providers": list(engine.services),
        "store": {"address": engine.store.address, "trouble": trouble, "warning": engine.store.warning},
    }
    return Reply.json(200 if status == "ready" else 503, value)


async def get_metrics(desk: Desk, call: Call) -> Reply:
    from mockserver.control.metrics import MEDIA, metrics  # few servers are watched

    return Reply.text(200, await metrics(desk.engine), MEDIA)


def get_document(desk: Desk, call: Call) -> Reply:
    return Reply.json(200, _document(desk))


def get_document_as_yaml(desk: Desk, call: Call) -> Reply:
    return Reply.text(200, dump_yaml(_document(desk)), YAML)


def _document(desk: Desk) -> Json:
    providers = [service.provider for service in desk.engine.services.values()]
    return document(providers, desk.engine.worlds.origin)
