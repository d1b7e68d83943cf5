"""What a request prefers (RFC 7240), as far as it is said to a mock: `code`, `example`, `dynamic` and `fault`.

They are for us alone: neither the contract nor the provider sees them, and any other preference (`return=minimal`)
stays where it is. A reply by `code`, `example` or `dynamic` is none of the provider's: it is not asked, and nothing
changes.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

from mockserver.core.chance import Chance
from mockserver.core.contract import Samples
from mockserver.core.fault import Effect, Status, Struck
from mockserver.core.http import Headers, Reply, Request
from mockserver.core.provider import Call
from mockserver.core.world import WorldId
from mockserver.engine.disturbance import Served, disturb, shown_as, stand_in
from mockserver.engine.faults import FaultError, Faults
from mockserver.engine.shorthand import effect_of
from mockserver.errors import unknown

OURS: Final = ("code", "example", "dynamic", "fault")

# Commas and semicolons within quotes part nothing. Alternatives begin differently: there is one way through a text.
_PREFERENCES: Final = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*"?)+')
_PARTS: Final = re.compile(r'(?:[^;"]|"(?:[^"\\]|\\.)*"?)+')
_QUOTED: Final = re.compile(r"\\(.)")
_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


class Preference(NamedTuple):
    """One preference: its name in lower case, its value ("" for none), its parameters, and how it was written."""

    name: str
    value: str
    parameters: Mapping[str, str]
    written: str


def read_preferences(headers: Headers) -> Iterator[Preference]:
    """Every preference of a request, in order."""
    for text in headers.every("prefer"):
        for written in _PREFERENCES.findall(text):
            first, *others = [_pair(part) for part in _PARTS.findall(written)] or [("", "")]
            if first[0]:
                yield Preference(first[0].lower(), first[1], dict(others), written.strip())


def _pair(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    value = value.strip()
    if value.startswith('"'):
        value = _QUOTED.sub(r"\1", value[1:].removesuffix('"'))
    return name.strip(), value


@dataclass(frozen=True, slots=True)
class Wish:
    """What one request prefers of us. `problem` says why that can't be had, whatever it is about."""

    code: int | None = None
    example: str | None = None
    dynamic: bool = False
    effect: Effect = field(default_factory=Effect)
    applied: tuple[str, ...] = ()
    problem: str | None = None

    @property
    def of_document(self) -> bool:
        """Whether the reply is the document's, and the provider isn't asked."""
        return self.code is not None or self.example is not None or self.dynamic


def read_wish(request: Request) -> tuple[Wish | None, Request]:
    """What is preferred of us (None if nothing is), and the request without that. Of one name the first counts."""
    said: dict[str, Preference] = {}
    others: list[str] = []
    for preference in read_preferences(request.headers):
        if preference.name in OURS:
            said.setdefault(preference.name, preference)
        else:
            others.append(preference.written)
    if not said:
        return None, request
    headers = [pair for pair in request.headers if pair[0].lower() != "prefer"]
    if others:
        headers.append(("Prefer", ", ".join(others)))
    return _wish(said), replace(request, headers=Headers.of(headers))


def _wish(said: Mapping[str, Preference]) -> Wish:
    code, example, dynamic, fault = (said.get(name) for name in OURS)
    wants_dynamic = dynamic is not None and dynamic.value.lower() in ("true", "")
    applied = tuple(_named(each) for each in said.values() if each is not dynamic or wants_dynamic)
    wish = Wish(example=example.value if example else None, dynamic=wants_dynamic, applied=applied)
    try:
        if dynamic is not None and dynamic.value.lower() not in ("true", "false", ""):
            raise _Unmet(f"`dynamic={dynamic.value:.40}`: say `true` or `false`")
        if example is not None and wants_dynamic:
            raise _Unmet("`example` is written in the document and `dynamic` is made up; take one of them")
        if code is not None:
            if not re.fullmatch("[2-5][0-9][0-9]", code.value):
                raise _Unmet(f"`code={code.value:.40}`: a code is a status from 200 to 599")
            wish = replace(wish, code=int(code.value))
        if fault is not None:
            effect = _effect(fault)
            if wish.of_document and (effect.undecided or effect.status is not None or effect.job is not None):
                raise _Unmet(
                    f"`{_named(fault)}` needs the provider's own reply; leave `code`, `example`, `dynamic` out"
                )
            wish = replace(wish, effect=effect)
    except _Unmet as unmet:
        return replace(wish, problem=str(unmet))
    return wish


def _effect(preference: Preference) -> Effect:
    try:
        return effect_of(preference.value, preference.parameters)
    except FaultError as error:
        told = "; ".join(f"{where}: {what}" if where else what for where, what in error.problems)
        raise _Unmet(f"`{preference.written:.80}`: {told}") from None


def _named(preference: Preference) -> str:
    """As Preference-Applied has it: name and value."""
    value = preference.value or ("true" if preference.name == "dynamic" else "")
    if not value or _TOKEN.fullmatch(value):
        return f"{preference.name}={value}" if value else preference.name
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'{preference.name}="{escaped}"'


class _Unmet(Exception):
    """A preference that can't be met, and why."""


async def grant(
    wish: Wish | None,
    faults: Faults,
    service: Served,
    world: WorldId,
    call: Call,
    now: int,
    answer: Callable[[Call], Awaitable[Reply]],
) -> tuple[Reply, Struck]:
    """The reply to a call that faults may strike, or that has a wish, and what struck it.

    A wish that can't be met is a 400 that names what there is.
    """
    if wish is None:
        return await disturb(faults, service, world, call, None, now, answer)
    name = ", ".join(wish.applied)
    chance = Chance.of(faults.seed, "prefer", *world, call.request.method, call.request.target)
    delay = wish.effect.delay.draw(chance.child("delay")) if wish.effect.delay else 0
    struck = Struck(wish.effect, (f"prefer {name}",), delay)
    if call.operation is None and wish.of_document and wish.problem is None:
        return await answer(call), Struck()  # there is no document to look into: the provider says so
    try:
        if wish.problem is not None:
            raise _Unmet(wish.problem)
        if wish.of_document and call.operation is not None:
            reply = _of_document(wish, service, call.operation.id, now, faults.seed, chance)
        else:
            _check_job(wish, service, call)
            reply, struck = await disturb(faults, service, world, call, struck, now, answer)
    except _Unmet as unmet:
        return _problem(str(unmet)), Struck(ids=(f"prefer {name}",))
    return (reply.with_headers(("Preference-Applied", name)) if reply.status else reply), struck


def _check_job(wish: Wish, service: Served, call: Call) -> None:
    jobs = service.provider.jobs
    if wish.effect.job is not None and (call.operation is None or call.operation.id not in jobs):
        raise _Unmet(f"this call begins no job; {', '.join(sorted(jobs)) or 'no operation'} does")


def _of_document(wish: Wish, service: Served, operation: str, now: int, seed: int, chance: Chance) -> Reply:
    samples = service.samples
    if samples is None:
        raise _Unmet("nothing is known of the replies of this API's document")
    if wish.code is not None:
        _check_code(samples, operation, wish.code)
    if wish.example is not None:
        return _example(wish, service, samples, operation)
    if wish.dynamic:
        code = wish.code or _success(samples, operation)
        made = samples.invented(operation, code, chance) if samples.has_content(operation, code) else None
        if made is None and samples.has_content(operation, code):
            raise _Unmet(f"no value could be made up for the schema of {operation}'s {code}; ask for an `example`")
        return shown_as(service.provider, made) if made is not None else Reply.empty(code)
    return stand_in(service, operation, Status(wish.code or 200), now, seed)


def _check_code(samples: Samples, operation: str, code: int) -> None:
    known = samples.statuses(operation)
    if not {str(code), f"{code // 100}XX", "default"} & set(known):
        raise _Unmet(f"{operation} has no reply {code}; there are: {', '.join(known)}")


def _example(wish: Wish, service: Served, samples: Samples, operation: str) -> Reply:
    known = list(samples.examples(operation, wish.code))
    for sample in known:
        if sample.name == wish.example:
            return shown_as(service.provider, sample)
    where = f" of {operation}" + (f" with status {wish.code}" if wish.code else "")
    raise _Unmet(unknown(f"example{where}", wish.example or "", (sample.name for sample in known)))


def _success(samples: Samples, operation: str) -> int:
    numbers = [int(name) for name in samples.statuses(operation) if name.isdecimal()]
    return next((number for number in numbers if 200 <= number < 300), numbers[0] if numbers else 200)


def _problem(detail: str) -> Reply:
    """RFC 9457: it is the mock that speaks here, not the provider."""
    value = {"type": "about:blank", "title": "The header Prefer can't be met", "status": 400, "detail": detail}
    return Reply.json(400, value, media="application/problem+json")
