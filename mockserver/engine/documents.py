"""World documents: named starting states in YAML, checked before anything is made of them.

Knows their frame (`about`, `readings`, a section for each provider); what a section says is its provider's business,
told by a JSON Schema.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mockserver.contract.yaml_text import Document, load_yaml
from mockserver.core.provider import Moment, Provider
from mockserver.core.reading import Reading
from mockserver.core.text import Json, Record, pointer, resolve
from mockserver.core.world import Change
from mockserver.engine.readings import refuse
from mockserver.errors import DocumentError, WorldError, unknown

if TYPE_CHECKING:
    from jsonschema_rs import ValidationError

_FRAME: Final = ("about", "readings")
_MOST_SAID: Final = 12


@dataclass(frozen=True, slots=True)
class WorldDocument:
    """A checked world document. `name` is what its start worlds are called."""

    name: str
    document: Document
    readings: Mapping[str, str]

    def section(self, provider: str) -> Record | None:
        """What it says of a provider; None if it says nothing."""
        section: Record | None = self.document.value.get(provider)
        return section


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
            where, colon, reason = str(error).partition(": ")
            if not colon or (where and not where.startswith("/")):
                where, reason = "", str(error)
            raise WorldError(_said(self.origin.document, f"/{self.provider.name}{where}", reason)) from error


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
    served = {provider.name: provider for provider in providers}
    wrong = list(_frame(document, served, installed))
    if not wrong:
        wrong += _readings(document, served, tuple(readings))
        for provider in served.values():
            if provider.name in document.value:
                wrong += _section(document, provider)
    if wrong:
        raise WorldError("\n".join(wrong))
    chosen = {
        name: option for name, option in document.value.get("readings", {}).items() if name.split(".")[0] in served
    }
    return WorldDocument(name, document, chosen)


def _frame(document: Document, served: Mapping[str, Provider], installed: Callable[[], Iterable[str]]) -> Iterator[str]:
    value = document.value
    if not isinstance(value, dict):
        yield _said(document, "", f"expected a mapping with {', '.join(served)}, got {_got(value)}")
        return
    known = {*_FRAME, *served}
    if not known.issuperset(value):
        known.update(installed())
    for key, item in value.items():
        if key not in known:
            yield _said(document, pointer([key]), unknown("part of a world document", key, known))
        elif key == "about":
            if not isinstance(item, str):
                yield _said(document, "/about", f"expected a text, got {_got(item)}")
        elif not isinstance(item, dict):
            yield _said(document, pointer([key]), f"expected a mapping, got {_got(item)}")


def _readings(document: Document, served: Mapping[str, Provider], known: tuple[Reading, ...]) -> Iterator[str]:
    choices = document.value.get("readings", {})
    for name, option in choices.items():
        if name.split(".")[0] in served or "." not in name:
            refused = refuse({name: option}, known)
            if refused is not None:
                yield _said(document, pointer(["readings", name]), refused[1])


def _section(document: Document, provider: Provider) -> list[str]:
    import jsonschema_rs  # a start without a world file never needs it here

    validator = jsonschema_rs.validator_for(provider.world_schema)
    errors = list(validator.iter_errors(document.value[provider.name]))
    said = [
        line
        for error in errors[:_MOST_SAID]
        for line in _explained(document, provider.name, error, provider.world_schema)
    ]
    if len(errors) > _MOST_SAID:
        said.append(f"{document.source}: and {len(errors) - _MOST_SAID} more like these")
    return said


def _explained(document: Document, provider: str, error: ValidationError, schema: Json) -> Iterator[str]:
    """One sentence for each unknown name, one for any other error."""
    at = [provider, *error.instance_path]
    unexpected: list[str] = getattr(error.kind, "unexpected", [])
    if not unexpected:
        yield _said(document, pointer(at), error.message)
    for name in unexpected:
        beside = resolve(schema, pointer(error.schema_path[:-1]))
        known = beside.get("properties", {}) if isinstance(beside, dict) else {}
        yield _said(document, pointer([*at, name]), unknown("field", name, known))


def _said(document: Document, where: str, what: str) -> str:
    place = document.place(where)
    return f"{place.source}:{place.line}: {where or '/'}: {what}"


def _got(value: Json) -> str:
    return "nothing" if value is None else f"`{value!r:.40}`"
