"""A run of the judge: which checks there are, in which order they run, and the report of them all.

State rules come first, while the account is tidy; then what breaks rules, then what keeps them, then Schemathesis,
which leaves most behind. Knows no rule itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from itertools import islice
from types import TracebackType
from typing import Final

from mockserver.conformance.effort import USUAL, Effort
from mockserver.conformance.finding import Check, Finding, Report, Step
from mockserver.conformance.folding import folded
from mockserver.conformance.ids import Ids
from mockserver.conformance.invalid import invalid_rules
from mockserver.conformance.opening import Opened
from mockserver.conformance.redacting import Redaction
from mockserver.conformance.rule import Rule, Skip
from mockserver.conformance.rules import furnished, rules_for
from mockserver.conformance.session import Limits, Session
from mockserver.conformance.shrinking import shrunk
from mockserver.conformance.specimens import Specimens, is_private
from mockserver.conformance.stock import stock_rules
from mockserver.conformance.subject import Subject
from mockserver.conformance.tidying import Tidying
from mockserver.conformance.valid import valid_rules
from mockserver.errors import UsageError, unknown

# The rule that tells what the replies to all the others' calls were like.
_LAST: Final = "replies"
# So many operations have to refuse a key to be believed.
_FIRST: Final = 3
# So many ids of a kind are named.
_SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class Choice:
    """Which checks are run: those whose names fit one of `only`, if there are any, and none of `skip` (patterns)."""

    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()

    def of(self, rules: Iterable[Rule]) -> list[Rule]:
        """Raises UsageError for a pattern that fits nothing."""
        listed = list(rules)
        names = [rule.name for rule in listed]
        for pattern in (*self.only, *self.skip):
            if not any(fnmatchcase(name, pattern) for name in names):
                raise UsageError(unknown("check", pattern, names))
        return [rule for rule in listed if self._has(rule.name)]

    def _has(self, name: str) -> bool:
        wanted = not self.only or any(fnmatchcase(name, pattern) for pattern in self.only)
        return wanted and not any(fnmatchcase(name, pattern) for pattern in self.skip)


@dataclass(frozen=True, slots=True)
class Began:
    """A check begins: the `number`th `of` so many, from 1."""

    check: str
    number: int
    of: int


@dataclass(frozen=True, slots=True)
class Called:
    """A call was made, the `calls`th of the run."""

    step: Step
    calls: int


@dataclass(frozen=True, slots=True)
class Ended:
    """A check ended so."""

    check: Check


Event = Began | Called | Ended


def silence(event: Event) -> None:
    """Tell nobody."""


class Judge:
    """Judges one server by one document. A context manager: at its end, what it made is removed.

    Entering raises UnreachableError when nobody answers at the URL, UsageError when the key is not taken there.
    """

    def __init__(
        self,
        opened: Opened,
        subject: Subject,
        *,
        limits: Limits | None = None,
        effort: Effort = USUAL,
        choice: Choice | None = None,
    ) -> None:
        self.opened = opened
        self.subject = furnished(subject)
        self.effort = effort
        self.session = Session(self.subject, limits, watch=self._watch)
        self._tell: Callable[[Event], None] = silence
        self._ids = Ids(opened.contract)
        self._tidying = Tidying(opened.contract)
        self._redaction = Redaction.of(self.subject)
        self.rules = (choice or Choice()).of(self._all())

    def __enter__(self) -> Judge:
        self.reach()
        return self

    def reach(self) -> None:
        """See that there is a server, and that it takes the key: with a wrong one nothing could be seen.

        Raises UnreachableError, or UsageError for a key that is refused wherever it is shown first.
        """
        self.session.reach()
        said = ""
        for step in islice(self._first_answers(), _FIRST):
            if step.reply is None or step.reply.status != 401:
                return
            said = said or f"{step.request.method} {step.request.path} is answered 401"
        if said:
            raise UsageError(f"the server at {self.subject.url} does not take the key: {said}. Give it another key")

    def _first_answers(self) -> Iterator[Step]:
        for operation in self.opened.contract.operations.values():
            plain = operation.method == "GET" and "{" not in operation.path
            if self.subject.key is not None and plain and self.subject.security(operation) is not None:
                try:
                    yield self.session.send(self.subject.request(operation))
                except Skip:
                    return

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> tuple[str, ...]:
        """Remove what was made and hang up; what is still there, a clause each."""
        left = self.session.clean_up()
        self.session.close()
        return left

    def check(self, name: str) -> Check:
        """One check by its name. Raises UsageError when there is none."""
        for rule in self.rules:
            if rule.name == name:
                return self._checked(rule)
        raise UsageError(unknown("check", name, [rule.name for rule in self.rules]))

    def run(self, tell: Callable[[Event], None] = silence) -> Report:
        """All the checks, one after the other; `tell` hears how far they are."""
        begun, self._tell = self.session.now(), tell
        checks = list(self._run())
        left = self.session.clean_up()
        return Report(
            "check",
            self.subject.url,
            self.opened.name,
            self.opened.version,
            folded(checks),
            self.session.coverage,
            self.session.calls,
            float(self.session.now() - begun),
            self.effort.seed,
            () if is_private(self.session) else tuple(left_behind(left)),
        )

    def _run(self) -> Iterator[Check]:
        for number, rule in enumerate(self.rules, 1):
            self._tell(Began(rule.name, number, len(self.rules)))
            check = self._checked(rule)
            self._tell(Ended(check))
            yield check

    def _checked(self, rule: Rule) -> Check:
        check = rule.check(self.session)
        findings = tuple(self._shown(finding) for finding in check.findings)
        return replace(check, findings=findings)

    def _shown(self, finding: Finding) -> Finding:
        """As others may see it: with as few calls as show it, and without secrets."""
        return self._redaction.finding(shrunk(self.session, finding))

    def _all(self) -> list[Rule]:
        specimens = Specimens(self._ids)
        contract = self.opened.contract
        state = rules_for(self.subject)
        return [
            *(rule for rule in state if rule.name != _LAST),
            *invalid_rules(contract, self.effort, specimens),
            *valid_rules(contract, self.effort, specimens),
            *stock_rules(self.effort, self._tidying),
            *(rule for rule in state if rule.name == _LAST),
        ]

    def _is_own(self, step: Step) -> bool:
        """Whether a call was made with the key that is judged with: what others own is of no use to it."""
        key, said = self.subject.key, step.request.header("authorization")
        return key is None or said is None or said.endswith(f" {key}") or key not in said

    def _watch(self, step: Step) -> None:
        if self._is_own(step):
            for operation, id in self._ids.learn(step):
                self._tidying.made(self.session, operation, id)
        self._tell(Called(step, self.session.calls))


def left_behind(left: Iterable[str]) -> Iterator[str]:
    """What stays on the server, a sentence for each kind: nobody reads a hundred."""
    kinds: dict[str, list[str]] = {}
    seen = set()
    for what in left:
        kind, _, id = what.rpartition(" ")
        if id not in seen:
            seen.add(id)
            kinds.setdefault(kind, []).append(id)
    for kind, ids in kinds.items():
        more = f" and {len(ids) - _SHOWN} more" if len(ids) > _SHOWN else ""
        yield f"left behind, since no call removes it: {kind} {', '.join(ids[:_SHOWN])}{more}"
