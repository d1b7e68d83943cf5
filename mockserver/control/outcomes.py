"""The well-known cases of the default world: what to send to get each documented success and failure."""

from __future__ import annotations

from mockserver.contract.document import effective
from mockserver.control.desk import Call, Desk
from mockserver.core.http import Reply
from mockserver.engine.cards import cards, shown


def list_outcomes(desk: Desk, call: Call) -> Reply:
    providers = [service.provider for service in desk.engine.services.values()]
    documents = {provider.name: effective(provider.name, provider.specs).value for provider in providers}
    origin = desk.engine.worlds.origin
    return Reply.json(200, {"outcomes": [shown(card, origin) for card in cards(documents)]})
