"""What of a call comes from elsewhere: from a variable of the environment, or from the reply to an earlier call.

Both kinds of reproduction cut their texts into such parts, and spell each in their own language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from mockserver.conformance.finding import Finding, Step
from mockserver.core.text import Json, resolve
from mockserver.options import CHECK_PREFIX

URL_VARIABLE: Final = f"{CHECK_PREFIX}URL"
_VARIABLE: Final = re.compile(rf"\${CHECK_PREFIX}[A-Z0-9_]+")
# A value as short as this is a word or a number that may be meant as it stands.
_SHORTEST: Final = 4


@dataclass(frozen=True, slots=True)
class Literal:
    """Text as it stands."""

    text: str


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of the environment, by its name."""

    name: str


@dataclass(frozen=True, slots=True)
class Saved:
    """A value of an earlier reply, by the name it was saved under."""

    name: str


Part = Literal | Variable | Saved


@dataclass(frozen=True, slots=True)
class Save:
    """`name` is at the JSON Pointer of the reply to the `number`th step, from 0."""

    name: str
    number: int
    pointer: str


def saves(steps: Sequence[Step]) -> list[Save]:
    """What is kept of replies, each name once."""
    found = []
    for number, step in enumerate(steps):
        for name, pointer in step.saved.items():
            found.append(Save(f"{_identifier(name)}", number, pointer))
    return found


def known(steps: Sequence[Step], number: int) -> dict[str, str]:
    """The values that replies before a step had, each with the name it was saved under."""
    out: dict[str, str] = {}
    first = number
    while first > 0 and steps[first].beside:
        first -= 1  # what is sent at the same moment knows nothing of the others' replies
    for step in steps[:first]:
        for name, pointer in step.saved.items():
            value = _at(step, pointer)
            if isinstance(value, str) and len(value) >= _SHORTEST:
                out[value] = _identifier(name)
    return out


def parts(text: str, values: Mapping[str, str]) -> list[Part]:
    """A text cut into what stands as it is and what comes from elsewhere."""
    out: list[Part] = []
    names = sorted(values, key=len, reverse=True)
    pattern = re.compile("|".join([_VARIABLE.pattern, *map(re.escape, names)]))
    last = 0
    for match in pattern.finditer(text):
        if match.start() > last:
            out.append(Literal(text[last : match.start()]))
        found = match[0]
        out.append(Saved(values[found]) if found in values else Variable(found[1:]))
        last = match.end()
    if last < len(text) or not out:
        out.append(Literal(text[last:]))
    return out


def variables(steps: Sequence[Step]) -> list[str]:
    """The variables of the environment that the calls need, in order."""
    found: dict[str, None] = {}
    for step in steps:
        request = step.request
        body = request.body.decode("utf-8", "replace")
        for text in (request.target, body, *(value for _, value in request.headers)):
            found.update(dict.fromkeys(match[0][1:] for match in _VARIABLE.finditer(text)))
    return list(found)


def together(steps: Sequence[Step]) -> Iterator[range]:
    """The numbers of steps that are sent at the same moment, group after group; most groups are of one."""
    start = 0
    for number in range(1, len(steps) + 1):
        if number == len(steps) or not steps[number].beside:
            yield range(start, number)
            start = number


def awaited(finding: Finding) -> frozenset[int]:
    """The numbers of steps to be tried until they go as they went: servers take their time with what these build on.

    Those that succeeded, that others follow, and that are not themselves what the finding is about. No POST: what it
    makes would be made again.
    """
    last = len(finding.steps) - 1
    claimed = " ".join(finding.must)
    return frozenset(
        number
        for number, step in enumerate(finding.steps)
        if number < last
        and step.request.method != "POST"
        and step.reply is not None
        and 200 <= step.reply.status < 300
        and not step.beside
        and not finding.steps[number + 1].beside
        and f"replies[{number}]" not in claimed
    )


def _identifier(name: str) -> str:
    plain = re.sub(r"\W", "_", name)
    return plain if plain[:1].isalpha() else f"value_{plain}"


def _at(step: Step, pointer: str) -> Json:
    try:
        return resolve(step.reply.value if step.reply is not None else None, pointer)
    except KeyError:
        return None
