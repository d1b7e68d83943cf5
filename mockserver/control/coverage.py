"""What of the documents was exercised so far."""

from __future__ import annotations

from mockserver.control.desk import Call, Desk
from mockserver.core.http import Reply
from mockserver.engine.coverage import coverage_json


def get_coverage(desk: Desk, call: Call) -> Reply:
    return Reply.json(200, {"providers": coverage_json(desk.engine.coverage)})


def clear_coverage(desk: Desk, call: Call) -> Reply:
    desk.engine.coverage.clear()
    return Reply.empty(204)
