"""Faults: set them, see how often each was used, take them away; and the named plans of them that come with us."""

from __future__ import annotations

from urllib.parse import quote

from mockserver.control.access import PREFIX
from mockserver.control.desk import Call, Desk
from mockserver.control.problems import Problem, Refused, from_pairs
from mockserver.core.http import Reply
from mockserver.engine.fault_plans import plans
from mockserver.engine.fault_reader import FaultError, fault_from
from mockserver.engine.faults import Standing
from mockserver.errors import unknown


def list_faults(desk: Desk, call: Call) -> Reply:
    return Reply.json(200, {"faults": [standing.to_json() for standing in desk.engine.faults.standing()]})


def add_fault(desk: Desk, call: Call) -> Reply:
    try:
        standing = desk.engine.faults.add(fault_from(call.body))
    except FaultError as error:
        remedy = "GET /__admin/openapi.json has the schema Fault."
        raise Refused(from_pairs(error.problems, "fault", remedy)) from error
    where = f"{PREFIX}/faults/{quote(standing.id)}"
    return Reply.json(201, standing.to_json(), [("Location", where)])


def clear_faults(desk: Desk, call: Call) -> Reply:
    desk.engine.faults.clear()
    return Reply.empty(204)


def get_fault(desk: Desk, call: Call) -> Reply:
    standing = desk.engine.faults.get(call.path["id"])
    if standing is None:
        detail = unknown("fault", call.path["id"][:64], [each.id for each in desk.engine.faults.standing()])
        raise Refused(Problem(404, detail, "id", "id", "GET /__admin/faults lists those that are set."))
    return Reply.json(200, standing.to_json())


def remove_fault(desk: Desk, call: Call) -> Reply:
    desk.engine.faults.remove(call.path["id"])
    return Reply.empty(204)


def list_fault_plans(desk: Desk, call: Call) -> Reply:
    return Reply.json(200, {"plans": [plan.to_json() for plan in plans().values()]})


def add_fault_plan(desk: Desk, call: Call) -> Reply:
    """All faults of the plan, or none."""
    name, engine = call.path["name"], desk.engine
    plan = plans().get(name)
    if plan is None:
        detail = unknown("fault plan", name[:64], plans())
        raise Refused(Problem(404, detail, "name", "name", "GET /__admin/faults/plans lists them."))
    added: list[Standing] = []
    try:
        for fault in plan.faults:
            added.append(engine.faults.add(fault))
    except FaultError as error:
        for standing in added:
            engine.faults.remove(standing.id)
        remedy = "Serve the providers that the plan is for."
        raise Refused(
            Problem(409, f"the plan {name} is not for this server: {error}", "name", "plan", remedy)
        ) from error
    return Reply.json(201, {"faults": [standing.to_json() for standing in added]})
