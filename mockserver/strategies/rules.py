"""Rules that can be broken alone: the candidates of a survey, tried on the least value, in the words of the check."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, Protocol

from mockserver.core.text import Json
from mockserver.strategies.bends import Bend
from mockserver.strategies.source import FULLEST, LEAST, Source
from mockserver.strategies.survey import Candidate, Survey, bent
from mockserver.strategies.values import Values

# Which way a rule is broken is drawn from as many, however many there are: shorter draws are simpler to Hypothesis, and
# an example should shrink to the first rule, not to the one with the fewest ways.
WAYS: Final = 60

Family = Literal["contract", "transport", "lenient", "prose"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of an operation that a request or reply can break.

    `id` is stable and readable (`body/startTime:type`, `query limit:minimum`, `transport:nan`); `sentence` tells the
    rule; `document` is the JSON Pointer in the effective document to where it stands. Of the families, the contract
    check refuses what breaks `contract` and `transport` rules. `lenient` are against RFC 8259 and let pass by most
    readers; `prose` is what the document says in words alone and only the provider can refuse.
    """

    id: str
    family: Family
    sentence: str
    document: str

    def __str__(self) -> str:
        return self.id


class Told(Protocol):
    """What a check says of one broken rule: a `Violation`, or a `Breach` of a schema."""

    @property
    def rule(self) -> str: ...
    @property
    def document(self) -> str: ...
    @property
    def expected(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Breaking:
    """A rule with the ways to break it that are known to break nothing else. `keyword` is the check's name of it."""

    rule: Rule
    keyword: str
    candidate: Candidate
    bends: tuple[Bend, ...]

    def value(self, source: Source, values: Values, host: Json) -> Json:
        """The value with the rule broken."""
        bend = self.bends[source.index(WAYS) % len(self.bends)]
        return bent(values, values.grammar.start, self.candidate, bend, host, source)

    def is_all(self, violations: Sequence[Told]) -> bool:
        """Whether this rule is broken, and nothing else is."""
        return is_only(violations, self.keyword, self.rule.document)


def is_only(violations: Sequence[Told], keyword: str, document: str) -> bool:
    return len(violations) == 1 and violations[0].rule == keyword and violations[0].document == document


Check = Callable[[Json], Sequence[Told]]


def breakings(values: Values, place: str, check: Check) -> Iterator[Breaking]:
    """The rules of a value that can be broken alone. `check` says what a value breaks where it is to stand."""
    hosts = (values.make(LEAST), values.make(FULLEST))
    for candidate in Survey(values).candidates():
        kept: list[Bend] = []
        said: Told | None = None
        for bend in candidate.bends:
            for host in hosts:
                found = _tried(values, candidate, bend, check, host)
                if is_only(found, candidate.keyword, said.document if said else _written(candidate, found)):
                    said = said or found[0]
                    kept.append(bend)
                    break
        if said is not None:
            about = f"({candidate.about})" if candidate.about else ""
            id = f"{place}{candidate.where}:{candidate.keyword}{about}"
            where = f"{place} `{candidate.where}`" if candidate.where else place
            rule = Rule(id, "contract", f"{where}: expected {said.expected}", said.document)
            yield Breaking(rule, candidate.keyword, candidate, tuple(kept))


def _written(candidate: Candidate, found: Sequence[Told]) -> str:
    """Where the rule is written: of the names of properties, where the schema of names says it."""
    if candidate.keyword == "propertyNames" and found and found[0].document.startswith(f"{candidate.document}/"):
        return found[0].document
    return candidate.document


def _tried(values: Values, candidate: Candidate, bend: Bend, check: Check, host: Json) -> Sequence[Told]:
    try:
        return check(bent(values, values.grammar.start, candidate, bend, host, LEAST))
    except (TypeError, IndexError, KeyError, ValueError, OverflowError):
        # A bend for a kind of value that this place does not hold.
        return ()


def named_apart(found: Iterable[Breaking]) -> list[Breaking]:
    """With a number after an id that was there before."""
    seen: dict[str, int] = {}
    out = []
    for one in found:
        seen[one.rule.id] = count = seen.get(one.rule.id, 0) + 1
        out.append(one if count == 1 else replace(one, rule=replace(one.rule, id=f"{one.rule.id}#{count}")))
    return out
