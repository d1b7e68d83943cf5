"""What of the documents was exercised so far."""

from __future__ import annotations

from mockserver.control.desk import Call, Desk
from mockserver.core.http import Reply
from mockserver.engine import remembered
from mockserver.engine.coverage import coverage_json


async def get_coverage(desk: Desk, call: Call) -> Reply:
    return Reply.json(200, {"providers": coverage_json(await remembered.coverage(desk.engine))})


async def clear_coverage(desk: Desk, call: Call) -> Reply:
    await remembered.forget_coverage(desk.engine)
    return Reply.empty(204)
