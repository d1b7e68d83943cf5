"""Findings from what was seen: the fewest calls that show it, tied together by the values they pass on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate
from typing import Final
from urllib.parse import parse_qsl, unquote

from mockserver.conformance.finding import Finding, Level, Step
from mockserver.conformance.rules.asking import Answer, at
from mockserver.conformance.session import READS, Session
from mockserver.core.http import Request
from mockserver.core.text import Json, TextError, parse, pointer
from mockserver.core.violation import Violation

MOST_STEPS: Final = 4
# Shorter texts are words (`ready`), which agree by chance.
_SHORTEST_ID: Final = 8
_INDEX: Final = re.compile(r"replies\[(\d+)\]")


def found(
    session: Session,
    rule: str,
    title: str,
    shown: Sequence[Answer | Step],
    *,
    saw: str = "",
    must: Iterable[str] = (),
    about: str = "",
    operation: str | None = None,
    level: Level = "error",
    where: str = "",
    violations: tuple[Violation, ...] = (),
    document: str | None = None,
    before: Sequence[Step] | None = None,
) -> Finding:
    """A finding of `shown`, the calls that matter, in order.

    `must` speaks of them as `replies[0]`, `replies[1]`. The call that made what the first of them is about is put
    before, when it is known and there is room. `where` is where in the operation the document says so
    (`responses/409`); without it the operation itself. `saw` is the calls and their answers when left out. `before`
    are the calls among which the makers are looked for: the rule's own when left out.
    """
    steps = _side_by_side([one.step if isinstance(one, Answer) else one for one in shown][:MOST_STEPS])
    makers = list(_makers(session.steps if before is None else before, steps))[: MOST_STEPS - len(steps)]
    last = steps[-1].request if steps else None
    if operation is None and last is not None:
        match = session.subject.contract.match(last.method, last.path)
        operation = match.operation.id if match else None
    known = session.subject.contract.operations.get(operation or "")
    if document is None and known is not None:
        document = known.pointer
        if where and at(session.subject.document, f"{document}/{where}") is not None:
            document = f"{document}/{where}"
    return Finding(
        rule,
        "server",
        title,
        saw or "\n".join(lines(steps)),
        operation,
        level,
        linked([*makers, *_paced(steps)]),
        tuple(_INDEX.sub(lambda index: f"replies[{int(index[1]) + len(makers)}]", claim) for claim in must),
        document,
        about,
        violations,
    )


def _paced(steps: Sequence[Step]) -> Iterator[Step]:
    """The steps, those that looked at the same thing again waiting only since the look before."""
    before: Step | None = None
    for step in steps:
        again = before is not None and before.request == step.request and before.after_ms <= step.after_ms
        yield replace(step, after_ms=step.after_ms - before.after_ms) if again and before is not None else step
        before = step


def _side_by_side(steps: list[Step]) -> list[Step]:
    """Calls of one race in whatever order they are shown: all but the first of them beside the one before."""
    out: list[Step] = []
    before: Step | None = None
    for step in steps:
        races = before is not None and step.note == before.note != "" and (step.beside or before.beside)
        out.append(replace(step, beside=races))
        before = step
    return out


def lines(steps: Iterable[Step]) -> Iterator[str]:
    """Each call and its answer in a line."""
    for step in steps:
        said = Answer.of(step).line if step.reply is not None else f"{step.request.method} {step.request.target}"
        extra = f" ({step.note})" if step.note else ""
        yield f"{said}{extra}{f' -> {step.trouble}' if step.trouble else ''}"


def linked(steps: Sequence[Step]) -> tuple[Step, ...]:
    """The same steps, each with names for those values of its reply that later ones send."""
    moments = list(accumulate(0 if step.beside else 1 for step in steps))
    taken: set[str] = set()
    known: set[str] = set()
    out = []
    for step, moment in zip(steps, moments, strict=True):
        later = {
            word for other, then in zip(steps, moments, strict=True) if then > moment for word in _words(other.request)
        }
        known |= _words(step.request)
        saved = dict(step.saved)
        for text, place in _said(step):
            if text in later and text not in known:
                known.add(text)
                saved[_name(place, taken)] = place
        out.append(replace(step, saved=saved))
    return tuple(out)


def _makers(before: Sequence[Step], steps: Sequence[Step]) -> Iterator[Step]:
    """The writes, but for `steps` themselves, whose replies first said what these send."""
    wanted = {word for step in steps for word in _words(step.request)}
    told = [id(step.reply) for step in steps]
    for step in before:
        new = {text for text, _ in _said(step)} & wanted - _words(step.request)
        wanted -= new
        writes = step.request.method not in READS and step.reply is not None and 200 <= step.reply.status < 300
        if new and writes and id(step.reply) not in told:
            yield step


def _words(request: Request) -> set[str]:
    """The values a request sends: segments, arguments, texts of its body, the credential."""
    words = {unquote(segment) for segment in request.path.split("/")}
    words.update(value for _, value in request.arguments())
    words.update((request.header("authorization") or "").split())
    words.add(request.origin + request.target)
    if request.body:
        try:
            words.update(text for text, _ in _texts(parse(request.body)))
        except TextError:
            words.update(value for _, value in parse_qsl(request.body.decode("utf-8", "replace")))
    return {word for word in words if len(word) >= _SHORTEST_ID}


def _said(step: Step) -> Iterator[tuple[str, str]]:
    return _texts(step.reply.value if step.reply is not None else None)


def _texts(value: Json, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str, str]]:
    """The texts of a value that may be ids, with their JSON Pointers, in order."""
    if isinstance(value, str):
        if len(value) >= _SHORTEST_ID:
            yield value, pointer(path)
    elif isinstance(value, Mapping):
        for name, child in value.items():
            yield from _texts(child, (*path, name))
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from _texts(child, (*path, index))


def _name(place: str, taken: set[str]) -> str:
    """A name for what stands at a pointer: `asset_id` for `/asset/id`, `project_id` for `/projects/0/projectId`."""
    parts = [part for part in place.split("/") if part and not part.isdigit()] or ["value"]
    words = parts[-2:] if parts[-1] == "id" else parts[-1:]
    name = re.sub(r"\W+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", "_".join(words)).lower()).strip("_") or "value"
    name = name if name.isidentifier() else f"value_{name}"
    free = name
    number = 2
    while free in taken:
        free, number = f"{name}_{number}", number + 1
    taken.add(free)
    return free
