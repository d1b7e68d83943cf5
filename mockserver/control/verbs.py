"""Verbs: what can be done to a world that no client can do."""

from __future__ import annotations

from mockserver.control.desk import Call, Desk
from mockserver.control.problems import Problem, Refused, from_pairs
from mockserver.control.worlds import made, provider_of
from mockserver.core.http import Reply
from mockserver.errors import VerbError, unknown


def list_verbs(desk: Desk, call: Call) -> Reply:
    verbs = provider_of(desk, call.path["provider"]).verbs
    told = [{"name": verb.name, "about": verb.about, "schema": verb.schema} for verb in verbs.values()]
    return Reply.json(200, {"verbs": told})


async def do_verb(desk: Desk, call: Call) -> Reply:
    verbs, name = provider_of(desk, call.path["provider"]).verbs, call.path["verb"]
    if name not in verbs:
        detail = unknown(f"verb of {call.path['provider']}", name, verbs)
        raise Refused(Problem(404, detail, "verb", "verb", "GET .../verbs lists them with what each takes."))
    home = await made(desk, call)
    try:
        outcome = await desk.engine.do(home.world, name, call.body)
    except VerbError as error:
        pairs = error.problems or (("", str(error)),)
        raise Refused(from_pairs(pairs, "verb", f"GET .../verbs tells what {name} takes.")) from error
    return Reply.json(200, {"verb": name, "result": outcome.reply.value})
