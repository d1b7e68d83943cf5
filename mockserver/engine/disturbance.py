"""One call under faults: what strikes it, whether it is decided at all, and what its reply turns into.

A fault is the one thing that may make the mock say what the contract does not allow, and the journal names it. It keeps
the reply as it was meant; how it was spoilt on the way is what the fault says.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from email.utils import formatdate
from typing import Final, Protocol

from mockserver.core.chance import Chance
from mockserver.core.contract import Sample, Samples
from mockserver.core.fault import Effect, Manner, Status, Struck
from mockserver.core.http import REASONS, Headers, Reply, media_type
from mockserver.core.payload import is_json
from mockserver.core.provider import Call, Provider
from mockserver.core.world import WorldId
from mockserver.engine.faults import Faults

# In the journal, of a call that was never answered.
NO_REPLY: Final = Reply(0)

_PAGE: Final = b"<html>\r\n<head><title>%b</title></head>\r\n<body><center><h1>%b</h1></center></body>\r\n</html>\r\n"
_BODILESS: Final = (204, 304)


class Served(Protocol):
    """What is served of a provider, as far as a reply made without it needs it."""

    @property
    def provider(self) -> Provider: ...

    @property
    def samples(self) -> Samples | None: ...


async def disturb(
    faults: Faults,
    service: Served,
    world: WorldId,
    call: Call,
    struck: Struck | None,
    now: int,
    answer: Callable[[Call], Awaitable[Reply]],
) -> tuple[Reply, Struck]:
    """The reply to a call, and what struck it. `struck` is what does already, if anything.

    `answer` has the call decided. `now` is the instant (ms) of the Date header the reply will have.
    """
    operation = call.operation.id if call.operation else None
    job, before = operation in service.provider.jobs, struck
    struck = await faults.counted(world, lambda: faults.strike(world, call, job=job, struck=before))
    effect = struck.effect
    if effect.undecided:
        reply = NO_REPLY if effect.status is None else stand_in(service, operation, effect.status, now, faults.seed)
        return reply, struck
    if effect.job is not None:
        call = replace(call, job=effect.job)
    reply = await answer(call)
    decided, status = struck, reply.status
    struck = await faults.counted(world, lambda: faults.strike_reply(world, call, status, decided))
    if struck.effect.status is not None:
        reply = stand_in(service, operation, struck.effect.status, now, faults.seed)
    return reply, struck


def stand_in(service: Served, operation: str | None, status: Status, now: int, seed: int = 0) -> Reply:
    """A reply of this status as the provider would say it, without asking it: nothing changes.

    It is an example of the document, unless a message is given or there is none: then the provider's own error shape,
    for a success a value that fits the schema.
    """
    reply = _said(service, operation, status, Chance.of(seed, "stand-in", operation or "", status.code))
    if status.retry_after is None:
        return reply
    told = str(status.retry_after)
    if status.retry_after_as == "date":
        told = formatdate(now // 1000 + status.retry_after, usegmt=True)
    return reply.with_headers(("Retry-After", told))


def _said(service: Served, operation: str | None, status: Status, chance: Chance) -> Reply:
    provider, samples, code = service.provider, service.samples, status.code
    if code in _BODILESS:
        return Reply.empty(code)
    if samples is not None and operation is not None and status.message is None:
        shown = next(iter(samples.examples(operation, code)), None)
        if shown is None and code < 400:
            shown = samples.invented(operation, code, chance)
        if shown is not None:
            return shown_as(provider, shown)
    if code < 400:
        return Reply.empty(code)
    return provider.refuse(code, status.message or phrase(code))


def shown_as(provider: Provider, sample: Sample) -> Reply:
    """A reply the document has in store, with the provider's own headers."""
    if is_json(media_type(sample.media)[0]):
        return provider.say(sample.status, sample.value)
    return Reply.text(sample.status, str(sample.value), sample.media)


def phrase(status: int) -> str:
    """A status in words: `Service Unavailable`."""
    return REASONS.get(status, f"Status {status}")


def damaged(reply: Reply, struck: Struck) -> Reply:
    """The reply as the wire is to give it."""
    effect = struck.effect
    if effect.json is not None and reply.body:
        reply = _spoilt(reply, effect.json)
    wire = replace(effect, delay=None, status=None, json=None, job=None)
    if struck.delay or wire != _WELL:
        reply = replace(reply, manner=Manner(wire, struck.delay))
    return reply


_WELL: Final = Effect()


def _spoilt(reply: Reply, how: str) -> Reply:
    """A body that is no JSON any more; headers stay, but for the length, which is right."""
    body = b""
    if how == "html":
        title = f"{reply.status} {phrase(reply.status)}".encode()
        body = _PAGE % (title, title)
    elif how == "malformed":
        body = reply.body[: len(reply.body) * 2 // 3].rstrip(b"}]0123456789") or b"{"
    kept = (pair for pair in reply.headers if pair[0].lower() not in ("content-length", "etag"))
    return replace(reply, headers=Headers.of(kept), body=body, value=None)
