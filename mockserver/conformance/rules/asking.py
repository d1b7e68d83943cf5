"""Calls by operation, and replies that a rule reads without fear of what a broken server sends."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from mockserver.conformance.finding import Step
from mockserver.conformance.rule import Skip
from mockserver.conformance.session import Session
from mockserver.core.http import Reply, Request
from mockserver.core.text import Json, resolve

SHORTEST_NAME: Final = 160


@dataclass(frozen=True, slots=True)
class Answer:
    """A call that was answered."""

    step: Step
    reply: Reply

    @classmethod
    def of(cls, step: Step) -> Answer:
        """Raises Skip when there was no reply, which is a finding of its own elsewhere."""
        if step.reply is None:
            raise Skip(f"{step.request.method} {step.request.path} was not answered: {step.trouble}")
        return cls(step, step.reply)

    @property
    def status(self) -> int:
        return self.reply.status

    @property
    def value(self) -> Json:
        return self.reply.value

    @property
    def good(self) -> bool:
        return 200 <= self.status < 300

    @property
    def line(self) -> str:
        """The call and its answer in one line: `POST /api/clip -> 200 {"task": ...`."""
        return f"{self.step.request.method} {self.step.request.target} -> {self.status} {self.text}".rstrip()

    @property
    def text(self) -> str:
        """The body, shortened."""
        text = self.reply.body[: 4 * SHORTEST_NAME].decode("utf-8", "replace")
        return text if len(text) <= SHORTEST_NAME else f"{text[:SHORTEST_NAME]}..."

    def at(self, pointer: str) -> Json:
        """What stands at a JSON Pointer of the body; None when nothing does."""
        return at(self.value, pointer)

    def items(self, pointer: str) -> list[Json]:
        """The list at a pointer; empty when there is none."""
        found = self.at(pointer)
        return found if isinstance(found, list) else []

    def need(self, pointer: str) -> str:
        """The text at a pointer. Raises Skip when none is there: what the document says of that is told elsewhere."""
        found = self.at(pointer)
        if not isinstance(found, str) or not found:
            raise Skip(f"there is no text at {pointer} in {self.line}")
        return found


def at(value: Json, pointer: str) -> Json:
    """What stands at a JSON Pointer of a value; None when nothing does."""
    try:
        return resolve(value, pointer)
    except (KeyError, LookupError, TypeError, ValueError):
        return None


def ask(
    session: Session,
    operation: str,
    *,
    path: Mapping[str, str] | None = None,
    query: str = "",
    body: Json = None,
    key: str | None = None,
    anonymous: bool = False,
    headers: tuple[tuple[str, str], ...] = (),
    note: str = "",
) -> Answer:
    """One call of an operation. Raises Skip when it may not be made, or isn't answered."""
    request = session.subject.request(
        operation, path=path, query=query, body=body, key=key, anonymous=anonymous, headers=headers
    )
    return Answer.of(session.send(request, note))


def ask_together(session: Session, requests: Sequence[Request], note: str = "") -> list[Answer]:
    """Several calls at the same moment; those that were not answered are left out."""
    return [Answer.of(step) for step in session.send_together(requests, note) if step.reply is not None]


def until(
    session: Session, request: Request, done: Callable[[Answer], bool], patience_ms: int | None = None
) -> tuple[bool, Answer]:
    """Whether a call was answered as wished before patience ended, and its last answer."""
    last: Answer | None = None
    for last in follow(session, request, patience_ms):
        if done(last):
            return True, last
    assert last is not None  # at least one call is made
    return False, last


def follow(
    session: Session, request: Request, patience_ms: int | None = None, *, closely: bool = False
) -> Iterator[Answer]:
    """The same call until the caller stops or patience ends."""
    for step in session.follow(request, patience_ms, closely=closely):
        yield Answer.of(step)


def expect(answer: Answer, *statuses: int) -> Answer:
    """The answer, when it has one of these statuses. Raises Skip when it has not, since nothing can be said then."""
    if answer.status not in statuses:
        raise Skip(f"it needs {' or '.join(map(str, statuses))}: {answer.line}")
    return answer
