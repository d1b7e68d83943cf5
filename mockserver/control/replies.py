"""Replies laid ready in a world for the next calls of an operation; and waiting until a server has nothing to do."""

from __future__ import annotations

import binascii
from base64 import b64decode

from mockserver.control.desk import Call, Desk
from mockserver.control.problems import Problem, Refused, from_pairs
from mockserver.control.worlds import made
from mockserver.core.http import Headers, Reply
from mockserver.core.text import Json, Record
from mockserver.engine.idling import idle_everywhere
from mockserver.engine.shared_calls import lay, take_back
from mockserver.errors import unknown

_BODIES = ("body", "text", "base64")


async def list_replies(desk: Desk, call: Call) -> Reply:
    home = await made(desk, call)
    ready = desk.engine.scripted.ready(home.world)
    told: list[Json] = [{"operation": operation, "status": reply.status} for operation, reply in ready]
    return Reply.json(200, {"replies": told})


async def add_reply(desk: Desk, call: Call) -> Reply:
    home = await made(desk, call)
    operation = call.body["operation"]
    known = desk.engine.services[home.world.provider].contract.operations
    if operation not in known:
        detail = unknown("operation", operation[:64], known)
        raise Refused(Problem(422, detail, "/operation", "operation", "GET /__admin/contracts tells the operations."))
    await lay(desk.engine, home.world, operation, _reply(call.body))
    listed = await list_replies(desk, call)
    return Reply.json(201, listed.value)


async def drop_replies(desk: Desk, call: Call) -> Reply:
    home = await made(desk, call)
    await take_back(desk.engine, home.world, call.query.get("operation"))
    return Reply.empty(204)


async def wait_idle(desk: Desk, call: Call) -> Reply:
    await idle_everywhere(desk.engine)
    return Reply.empty(204)


def _reply(said: Record) -> Reply:
    given = [name for name in _BODIES if name in said]
    if len(given) > 1:
        raise Refused(
            from_pairs([(f"/{given[1]}", f"there is a `{given[0]}` already")], "body", "Leave one of them out.")
        )
    status, headers = said.get("status", 200), Headers.of((name, value) for name, value in said.get("headers", ()))
    if "text" in said:
        made = Reply.text(status, said["text"])
    elif "base64" in said:
        made = Reply(status, Headers(), _bytes(said["base64"]))
    elif "body" in said:
        made = Reply.json(status, said["body"])
    else:
        made = Reply.empty(status)
    typed = headers.first("content-type") is not None
    kept = [pair for pair in made.headers if not typed]
    return Reply(status, Headers.of((*kept, *headers)), made.body, made.value)


def _bytes(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except binascii.Error as error:
        raise Refused(from_pairs([("/base64", f"no base64: {error}")], "base64", "Encode the body anew.")) from error
