"""World documents: named starting states, checked before anything is made of them.

Knows their frame (`about`, `readings`, a section for each provider); what a section says is its provider's business,
told by a JSON Schema. They come as YAML text, whose errors name a line, or as JSON values, whose errors name a pointer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from mockserver.contract.places import Mark
from mockserver.contract.yaml_text import Document, load_yaml
from mockserver.core.provider import Moment, Provider
from mockserver.core.reading import Reading
from mockserver.core.text import Json, Record, pointer
from mockserver.core.world import Change
from mockserver.engine.overrides import merged
from mockserver.engine.problems import Problem, problems, read_reason
from mockserver.engine.readings import refuse
from mockserver.errors import DocumentError, WorldError, unknown

_FRAME: Final = ("about", "readings")


@dataclass(frozen=True, slots=True)
class WorldDocument:
    """A checked world document. `name` is what its start worlds are called; `written` says it has lines to point at."""

    name: str
    document: Document
    readings: Mapping[str, str]
    written: bool = True

    def section(self, provider: str) -> Record | None:
        """What it says of a provider; None if it says nothing."""
        section: Record | None = self.document.value.get(provider)
        return section

    def refusal(self, found: Iterable[Problem]) -> WorldError:
        """The error that says all that is wrong, each with source, line where there is one, and field."""
        return _refusal(self.document, found, written=self.written)


@dataclass(frozen=True, slots=True)
class Seed:
    """What a provider's worlds start from: a section of a world document."""

    provider: Provider
    origin: WorldDocument
    section: Record

    def changes(self, world: str, moment: Moment) -> list[Change]:
        """The records of a fresh world. Raises WorldError if the section contradicts itself."""
        try:
            return list(self.provider.seed(self.section, world, moment))
        except ValueError as error:
            found = read_reason(error)
            raise self.origin.refusal([Problem(f"/{self.provider.name}{found.pointer}", found.reason)]) from error

    def overridden(self, overrides: Json) -> Seed:
        """The same with some of it changed (see `overrides.merged`). Raises WorldError for what can't stand there."""
        name = self.provider.name
        section = merged(self.section, overrides)
        document = Document({name: section}, f"{self.origin.document.source} with overrides", _nowhere)
        origin = WorldDocument(self.origin.name, document, self.origin.readings, written=False)
        found = problems(self.provider.world_schema, section, [name])
        if found:
            raise origin.refusal(found)
        return Seed(self.provider, origin, section)


def read_world(
    text: str | bytes,
    source: str,
    name: str,
    *,
    providers: Iterable[Provider],
    installed: Callable[[], Iterable[str]],
    readings: Iterable[Reading],
) -> WorldDocument:
    """A world document from its text. Raises WorldError with all that is wrong, each with file, line and field.

    Only the sections of `providers` are looked into; those of others that are `installed` may stand there too.
    `readings` are those of `providers`.
    """
    try:
        document = load_yaml(text, source)
    except DocumentError as error:
        raise WorldError(str(error)) from None
    return _checked(document, name, providers, installed, readings, written=True)


def world_of(
    value: Json,
    source: str,
    name: str,
    *,
    providers: Iterable[Provider],
    installed: Callable[[], Iterable[str]],
    readings: Iterable[Reading],
) -> WorldDocument:
    """A world document from a JSON value, such as a request's body. Raises WorldError, its `problems` by pointer."""
    return _checked(Document(value, source, _nowhere), name, providers, installed, readings, written=False)


def _checked(
    document: Document,
    name: str,
    providers: Iterable[Provider],
    installed: Callable[[], Iterable[str]],
    readings: Iterable[Reading],
    *,
    written: bool,
) -> WorldDocument:
    served = {provider.name: provider for provider in providers}
    wrong = list(_frame(document.value, served, installed))
    if not wrong:
        wrong += _readings(document.value, served, tuple(readings))
        for provider in served.values():
            if provider.name in document.value:
                wrong += problems(provider.world_schema, document.value[provider.name], [provider.name])
    if wrong:
        raise _refusal(document, wrong, written=written)
    chosen = {
        name: option for name, option in document.value.get("readings", {}).items() if name.split(".")[0] in served
    }
    return WorldDocument(name, document, chosen, written)


def _frame(value: Json, served: Mapping[str, Provider], installed: Callable[[], Iterable[str]]) -> Iterator[Problem]:
    if not isinstance(value, dict):
        yield Problem("", f"expected a mapping with {', '.join(served)}, got {_got(value)}")
        return
    known = {*_FRAME, *served}
    if not known.issuperset(value):
        known.update(installed())
    for key, item in value.items():
        if key not in known:
            yield Problem(pointer([key]), unknown("part of a world document", key, known))
        elif key == "about":
            if not isinstance(item, str):
                yield Problem("/about", f"expected a text, got {_got(item)}")
        elif not isinstance(item, dict):
            yield Problem(pointer([key]), f"expected a mapping, got {_got(item)}")


def _readings(value: Json, served: Mapping[str, Provider], known: tuple[Reading, ...]) -> Iterator[Problem]:
    for name, option in value.get("readings", {}).items():
        if name.split(".")[0] in served or "." not in name:
            refused = refuse({name: option}, known)
            if refused is not None:
                yield Problem(pointer(["readings", name]), refused[1])


def _refusal(document: Document, found: Iterable[Problem], *, written: bool) -> WorldError:
    wrong = tuple(found)

    def place(where: str) -> str:
        return str(document.place(where)) if written else document.source

    lines = (f"{place(problem.pointer)}: {problem.pointer or '/'}: {problem.reason}" for problem in wrong)
    return WorldError("\n".join(lines), wrong)


def _nowhere() -> Mark:
    return Mark("", 1, 1)


def _got(value: Json) -> str:
    return "nothing" if value is None else f"`{value!r:.40}`"
