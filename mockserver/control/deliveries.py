"""The journal of webhooks: what was sent to whom, and every attempt to."""

from __future__ import annotations

from dataclasses import replace

from mockserver.control.access import PREFIX
from mockserver.control.desk import Call, Desk
from mockserver.control.problems import Problem, Refused
from mockserver.control.requests import USUAL_LIMIT
from mockserver.core.delivery import PURE
from mockserver.core.http import Reply
from mockserver.core.instants import iso
from mockserver.core.text import Json
from mockserver.engine import remembered
from mockserver.engine.course import attempt
from mockserver.engine.keeping import take_on
from mockserver.engine.outbox import Posted, posted_json


async def list_deliveries(desk: Desk, call: Call) -> Reply:
    since = call.query.get("since", 0)
    found = await remembered.deliveries(desk.engine, since, call.query.get("limit", USUAL_LIMIT))
    last = found[-1].serial if found else since
    return Reply.json(200, {"deliveries": [shown(posted) for posted in found], "next": last})


async def clear_deliveries(desk: Desk, call: Call) -> Reply:
    await remembered.forget_deliveries(desk.engine)
    return Reply.empty(204)


async def get_delivery(desk: Desk, call: Call) -> Reply:
    return Reply.json(200, shown(await _found(desk, call)))


async def resend_delivery(desk: Desk, call: Call) -> Reply:
    engine, posted = desk.engine, await _found(desk, call)
    home = engine.worlds.find(posted.world)
    if home is None:
        detail = f"the world {posted.world.name} of the delivery is not there any more"
        raise Refused(Problem(409, detail, "id", "world", "Let the event happen anew."))
    id = home.chance.child("resend", posted.delivery.id, engine.outbox.last).uuid()
    again = replace(
        posted.delivery, id=id, due=home.clock.now(), attempts=(), state="pending", spoiling=PURE, faults=()
    )
    await take_on(engine, posted.world, [again])
    fresh = engine.outbox.get(id)
    if fresh is not None and engine.outbox.start(fresh):
        await attempt(engine, fresh)
    made = engine.outbox.get(id)
    if made is None:
        raise Refused(Problem(409, "there is no room for another delivery", "id", "limit", "Clear the deliveries."))
    return Reply.json(201, shown(made), [("Location", f"{PREFIX}/deliveries/{id}")])


def shown(posted: Posted) -> Json:
    """A delivery as the schema `Delivery` of the document has it."""
    told = posted_json(posted)
    due = told["due"]
    attempts = [{**each, "atIso": iso(each["at"])} for each in told["attempts"]]
    return {**told, "atIso": iso(told["at"]), "dueIso": None if due is None else iso(due), "attempts": attempts}


async def _found(desk: Desk, call: Call) -> Posted:
    posted = await remembered.delivery(desk.engine, call.path["id"])
    if posted is None:
        detail = f"no delivery {call.path['id'][:60]} in the journal of webhooks"
        raise Refused(Problem(404, detail, "id", "id", "GET /__admin/deliveries lists those that are left."))
    return posted
