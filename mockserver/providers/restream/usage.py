"""How much an account has left of what its plan allows."""

from __future__ import annotations

from mockserver.core.provider import Moment
from mockserver.core.text import Record
from mockserver.providers.restream.instants import month
from mockserver.providers.restream.plans import Plan
from mockserver.providers.restream.readings import reading


def used(account: Record, moment: Moment) -> int:
    """What has been used of the plan in the period that `moment` is in."""
    renewed = reading(moment, "quota-renewal") == "calendar-month" and account["month"] != month(moment.now)
    return 0 if renewed else account["used"]


def remaining(account: Record, moment: Moment) -> int | None:
    """What is left, never less than nothing; None without a limit."""
    limit = account["limit"]
    return None if limit is None else max(limit - used(account, moment), 0)


def afforded(plan: Plan, account: Record, moment: Moment) -> Plan:
    """The plan, or as much of it as the account has left, if that is how the sentence is read."""
    left = remaining(account, moment)
    if left is None or reading(moment, "partial-quota") == "allow" or reading(moment, "usage-unit") == "call":
        return plan
    return plan.cut_to(left)


def charged(account: Record, plan: Plan, moment: Moment) -> Record:
    """The account after a call with this plan was accepted."""
    cost = 1 if reading(moment, "usage-unit") == "call" else len(plan.clips)
    return {**account, "used": used(account, moment) + cost, "month": month(moment.now)}
