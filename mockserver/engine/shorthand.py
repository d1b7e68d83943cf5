"""Faults in a few words, as the header `Prefer` has them: `fault=reset`, `fault=delay;ms=300`, `fault=NAME`.

NAME is a fault of one of the plans that come with us; it strikes this call, whatever calls and turns it is meant for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from mockserver.core.fault import Effect
from mockserver.core.text import Json
from mockserver.engine.fault_plans import named_faults
from mockserver.engine.fault_reader import FaultError, fault_from
from mockserver.errors import unknown

_DASHED: Final = re.compile(r"-([a-z])")


class Short(NamedTuple):
    """A fault in a few words. `value` is what goes wrong if no parameter says more; these are the parts of the record.

    `only` is the one parameter of a fault that is no record: `fault=reset;when=after`. `client` is what a client sees.
    """

    value: Json
    only: str | None
    client: str


SHORTHAND: Final[Mapping[str, Short]] = {
    "delay": Short({"ms": 1_000}, None, "the reply, later: its timeout ends first, if it is shorter"),
    "status": Short({"code": 503}, None, "another status with the provider's own body; nothing was changed"),
    "json": Short("malformed", "as", "a body its JSON parser refuses, under a JSON Content-Type"),
    "truncate": Short({"share": 0.5}, None, "fewer bytes than Content-Length promised, then the end of the connection"),
    "length": Short(10, "by", "a Content-Length that is wrong: bytes that never come, or too many"),
    "chunk": Short("malformed", "as", "chunked encoding that breaks in the middle"),
    "drip": Short({"bytes": 16, "ms": 100}, None, "the reply, a few bytes at a time"),
    "empty": Short("before", "when", "the connection closed without a byte"),
    "reset": Short(
        "before", "when", "a TCP reset: before or after the call took effect, or in the middle of the reply"
    ),
    "hang": Short("before", "when", "nothing, until it gives up"),
    "job": Short({}, None, "the reply, and a job that fails, gets stuck or takes longer"),
}


def effect_of(name: str, parameters: Mapping[str, str]) -> Effect:
    """What goes wrong. Raises FaultError with what is wrong about it."""
    short = SHORTHAND.get(name)
    if short is not None:
        return fault_from({name: _value(short, name, parameters)}).effect
    # Those of deliveries are about no request.
    faults = {called: fault for called, fault in named_faults().items() if fault.deliveries is None}
    if name not in faults:
        near = unknown("fault", name, [*SHORTHAND, *faults])
        raise FaultError([("", f"{near} There are {', '.join(SHORTHAND)}, and of plans {', '.join(faults)}")])
    if parameters:
        raise FaultError([("", f'"{name}" is a fault of a plan and takes no parameters')])
    return faults[name].effect


def _value(short: Short, name: str, parameters: Mapping[str, str]) -> Json:
    if short.only is None:
        said = {_DASHED.sub(lambda found: found[1].upper(), each): _read(text) for each, text in parameters.items()}
        return said or short.value
    for each in parameters:
        if each != short.only:
            raise FaultError([(f"/{name}", unknown("parameter", each, [short.only]))])
    return _read(parameters[short.only]) if parameters else short.value


def _read(text: str) -> Json:
    """A number as a number, anything else as a text."""
    if re.fullmatch(r"-?[0-9]{1,15}", text):
        return int(text)
    return float(text) if re.fullmatch(r"-?[0-9]{1,15}\.[0-9]{1,15}", text) else text
