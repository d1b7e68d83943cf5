"""Everything a request of an operation can break, each rule with the tricks that are known to break it alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import partial

from mockserver.contract.parameters import Parameter
from mockserver.core.http import Request
from mockserver.core.payload import ABSENT
from mockserver.core.text import Json
from mockserver.core.violation import Violation
from mockserver.strategies.book import Entry, Page
from mockserver.strategies.draft import KEY, Draft, draft, fill, fits_its_place, parameter_value
from mockserver.strategies.requests import breaks
from mockserver.strategies.rules import Breaking, Rule, breakings, is_only, named_apart
from mockserver.strategies.source import LEAST, Source
from mockserver.strategies.spelling import parameter_texts
from mockserver.strategies.transport import Kind, Trick, with_body, with_credentials, with_parameter
from mockserver.strategies.values import Values


@dataclass(frozen=True, slots=True)
class Offence:
    """A rule, and tricks that break it alone. `keyword` is the check's name of it, None if the check sees nothing."""

    rule: Rule
    keyword: str | None
    tricks: tuple[Trick, ...]

    def is_all(self, violations: Sequence[Violation]) -> bool:
        """Whether the check says just what it is to say."""
        if self.keyword is None:
            return not violations
        return is_only(violations, self.keyword, self.rule.document)


def offences(page: Page) -> Iterator[Offence]:
    """Every rule of an operation's requests, in the order the check looks at them; then transport, then prose."""
    for kind in with_credentials(page):
        yield from _tried(page, kind)
    for number, (parameter, values) in enumerate(page.parameters):
        for kind in with_parameter(number, parameter):
            yield from _tried(page, kind)
        if values is not None:
            yield from _of_parameter(page, number, parameter, values)
    for entry in page.entries:
        if entry.values is not None:
            place = "body" if entry is page.entries[0] else f"body ({entry.body.media})"
            yield from _of_body(page, entry, entry.values, place)
    for kind in with_body(page):
        yield from _tried(page, kind)
    for told in page.prose:
        rule = Rule(f"prose:{told.id}", "prose", told.sentence, told.document)
        yield Offence(rule, None, tuple(partial(_prose, body) for body in told.broken))


def _tried(page: Page, kind: Kind) -> Iterator[Offence]:
    """The offence of a kind, if any of its tricks breaks one rule in the least request."""
    kept: dict[tuple[str, str], list[Trick]] = {}
    for trick in kind.tricks:
        made = draft(LEAST, page, KEY, least=True)
        trick(made, LEAST)
        found = breaks(page, made.request())
        if kind.family == "lenient":
            kept.setdefault(("", f"{page.operation.pointer}/requestBody"), []).extend([] if found else [trick])
        elif len(found) == 1 and kind.keyword in ("", found[0].rule):
            kept.setdefault((found[0].rule, found[0].document), []).append(trick)
    if kept:
        (keyword, document), tricks = max(kept.items(), key=lambda item: len(item[1]))
        if tricks:
            yield Offence(Rule(kind.id, kind.family, kind.sentence, document), keyword or None, tuple(tricks))


def _of_parameter(page: Page, number: int, parameter: Parameter, values: Values) -> Iterator[Offence]:
    made = draft(LEAST, page, KEY, least=True)

    def check(value: Json) -> tuple[Violation, ...]:
        made.texts[number] = parameter_texts(parameter, value)
        return breaks(page, made.request()) if fits_its_place(parameter, made.texts[number]) else ()

    for breaking in named_apart(breakings(values, f"{parameter.where} {parameter.name}", check)):
        yield Offence(breaking.rule, breaking.keyword, (partial(_in_parameter, breaking, number, parameter, values),))


def _in_parameter(
    breaking: Breaking, number: int, parameter: Parameter, values: Values, made: Draft, source: Source
) -> None:
    host = values.make(source, depth=1)
    made.texts[number] = parameter_texts(parameter, breaking.value(source, values, host))
    if not fits_its_place(parameter, made.texts[number]):
        made.texts[number] = parameter_value(source, parameter, values)


def _of_body(page: Page, entry: Entry, values: Values, place: str) -> Iterator[Offence]:
    made = draft(LEAST, page, KEY, least=True)
    fill(LEAST, made, entry)

    def check(value: Json) -> tuple[Violation, ...]:
        made.value = value
        return breaks(page, made.request())

    for breaking in named_apart(breakings(values, place, check)):
        yield Offence(breaking.rule, breaking.keyword, (partial(_in_body, breaking, entry, values),))


def _in_body(breaking: Breaking, entry: Entry, values: Values, made: Draft, source: Source) -> None:
    if made.entry is not entry or made.value is ABSENT:
        fill(source, made, entry)
    made.value = breaking.value(source, values, made.value)


def _prose(body: Json, made: Draft, source: Source) -> None:
    made.value = deepcopy(body)


def least_request(page: Page) -> Request:
    """The simplest request an operation allows."""
    return draft(LEAST, page, KEY, least=True).request()
