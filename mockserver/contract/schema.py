"""A shape: one schema of the document, compiled for one direction; says whether a value fits, and else all it breaks.

The compiled validator answers the common question in microseconds; the errors are collected, put in document order and
worded only for a value that does not fit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import jsonschema_rs

from mockserver.contract.codes import code_of
from mockserver.contract.dialect import FINITE, Derived, Direction, derive, parts_of
from mockserver.contract.formats import FORMATS
from mockserver.contract.nearest import Branch, nearest
from mockserver.contract.order import Trace, trace
from mockserver.contract.spot import Spot
from mockserver.contract.words import describe, is_secret
from mockserver.core.text import Json, pointer, resolve
from mockserver.errors import DocumentError

if TYPE_CHECKING:
    from jsonschema_rs import ValidationError

_DOCUMENT: Final = "urn:mockserver:document"
_LONE: Final = re.compile("[\ud800-\udfff]")
# Surrogates that stand alone are legal in JSON and not in UTF-8; they travel through the validator in private use.
_PRIVATE: Final = 0x10F800 - 0xD800
_HIDDEN: Final = re.compile("[\U0010f800-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Breach:
    """One broken rule of a schema: `parts` lead into the instance, `document` is the rule's pointer in the document."""

    code: str
    rule: str
    parts: tuple[str | int, ...]
    document: str
    expected: str
    got: str
    remedy: str
    detail: Mapping[str, Json] = field(default_factory=dict)

    def __str__(self) -> str:
        where = f"`{pointer(self.parts)}`: " if self.parts else ""
        remedy = f" {self.remedy}" if self.remedy else ""
        return f"{where}expected {self.expected}, got {self.got}.{remedy}"


class Shape:
    """A compiled schema. Raises DocumentError for a schema no validator can be made of."""

    __slots__ = ("_derived", "_is_valid", "_iter_errors", "schema")

    def __init__(self, schema: Spot, direction: Direction) -> None:
        self.schema = schema
        self._derived: Derived = derive(schema, direction)
        wanted = [f"{_DOCUMENT}#{quote(schema.pointer)}"]
        if not self._derived.covered:
            wanted.append(f"{_DOCUMENT}#/{FINITE}")
        try:
            validator = jsonschema_rs.Draft202012Validator(
                {"allOf": [{"$ref": reference} for reference in wanted]},
                registry=jsonschema_rs.Registry([(_DOCUMENT, self._derived.resource)]),
                validate_formats=True,
                formats=dict(FORMATS),
            )
        except (ValueError, jsonschema_rs.ReferencingError) as error:
            raise DocumentError(f"{schema.pointer}: no schema can be compiled from this: {error}") from error
        self._is_valid: Callable[[Json], bool] = validator.is_valid
        self._iter_errors: Callable[[Json], Iterable[ValidationError]] = validator.iter_errors

    def holds(self, value: Json) -> bool:
        """Whether the value fits."""
        try:
            return self._is_valid(value)
        except UnicodeEncodeError:
            return self._is_valid(_hide(value))

    def breaches(self, value: Json) -> list[Breach]:
        """Everything the value breaks, in document order: an object's own rules before its properties'."""
        try:
            errors = list(self._iter_errors(value))
        except UnicodeEncodeError:
            errors = list(self._iter_errors(_hide(value)))
        return self._worded(errors, value)

    def _worded(self, errors: Iterable[ValidationError], value: Json) -> list[Breach]:
        found: list[tuple[Trace, Breach]] = []
        for error in errors:
            parts = _parts(error.instance_path, value)
            if error.schema_path[:1] == [FINITE]:
                breach = self._breach("number", self.schema.pointer, parts, value, [], secret=False)
                found.append((Trace.last(parts), breach))
                continue
            traced = trace(error, parts, self.schema.pointer, self._derived, value)
            found.append((traced, self._from_error(error, traced, parts, value)))
        found.sort(key=lambda pair: pair[0].order)
        return _once([breach for _, breach in found])

    def _from_error(self, error: ValidationError, traced: Trace, parts: tuple[str | int, ...], value: Json) -> Breach:
        name = error.kind.name
        secret = any(is_secret(None, part) for part in parts) or any(
            is_secret(_seen(self.schema.root, visited), None) for visited in traced.visited
        )
        if name in ("oneOf", "anyOf"):
            return self._alternatives(error, traced, parts, value, secret)
        return self._breach(traced.rule, traced.pointer, parts, value, _names(error), secret)

    def _breach(
        self, rule: str, document: str, parts: tuple[str | int, ...], value: Json, names: list[str], secret: bool
    ) -> Breach:
        limit = _seen(self._derived.resource, document)
        if limit is None:
            limit = _seen(self.schema.root, document)
        known = _seen(self.schema.root, f"{document.rpartition('/')[0]}/properties")
        words = describe(rule, limit, _at(value, parts), list(known) if isinstance(known, dict) else [], names, secret)
        detail = {**words.detail, "schema": self._relative(document)}
        return Breach(code_of(rule), rule, parts, document, words.expected, words.got, words.remedy, detail)

    def _alternatives(
        self, error: ValidationError, traced: Trace, parts: tuple[str | int, ...], value: Json, secret: bool
    ) -> Breach:
        listed = Spot.of(self.schema.root, traced.pointer)
        branches = []
        for index, errors in enumerate(error.kind.context):  # type: ignore[attr-defined]
            spot = listed.child(index)
            assert spot is not None
            branches.append(Branch(index, spot, tuple(self._worded(errors, value)) if errors else ()))
        secret = secret or any(is_secret(part.value, None) for branch in branches for part in parts_of(branch.spot))
        base = self._breach(traced.rule, traced.pointer, parts, value, [], secret)
        verdict = nearest(branches, len(parts))
        return replace(
            base,
            code="C242" if verdict.matched else base.code,
            expected=verdict.expected,
            remedy=verdict.remedy,
            detail={**verdict.detail, "schema": base.detail["schema"]},
        )

    def _relative(self, document: str) -> str:
        """The rule's place as ajv writes it: from the root of the component schema, or of the body's own schema."""
        parts = document.split("/")
        if parts[1:3] == ["components", "schemas"] and len(parts) > 3:
            return "#" + "".join(f"/{part}" for part in parts[4:])
        return "#" + document.removeprefix(self.schema.pointer)


def _once(breaches: list[Breach]) -> list[Breach]:
    """Without a second breach about a number JSON can't spell: each schema of a value says it, and `type` does too."""
    told = {breach.parts for breach in breaches if breach.rule != "number"}
    kept = []
    for breach in breaches:
        if breach.rule != "number" or breach.parts not in told:
            kept.append(breach)
            told.add(breach.parts)
    return kept


def _parts(path: Iterable[str | int], value: Json) -> tuple[str | int, ...]:
    """An error's way into a value. jsonschema_rs makes a number of a property's name of digits: here it is the name."""
    parts: list[str | int] = []
    for part in path:
        if isinstance(part, str):
            part = _show(part)
        elif isinstance(value, dict):
            part = next(name for name in value if name.isascii() and name.lstrip("+").isdigit() and int(name) == part)
        value = value[part]
        parts.append(part)
    return tuple(parts)


def _names(error: ValidationError) -> list[str]:
    """The properties an error complains of, in body order."""
    kind = error.kind
    if hasattr(kind, "unexpected"):
        return [_show(str(name)) for name in kind.unexpected]
    return [_show(kind.property)] if hasattr(kind, "property") else []


def _seen(root: Json, path: str) -> Json:
    try:
        return resolve(root, path)
    except KeyError:
        return None


def _at(value: Json, parts: tuple[str | int, ...]) -> Json:
    for part in parts:
        value = value[part]
    return value


def _hide(value: Json) -> Json:
    """The value with every lone surrogate in private use."""
    if isinstance(value, str):
        return _LONE.sub(lambda found: chr(ord(found[0]) + _PRIVATE), value)
    if isinstance(value, dict):
        return {_hide(name): _hide(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_hide(item) for item in value]
    return value


def _show(text: str) -> str:
    """The text with its lone surrogates back."""
    return _HIDDEN.sub(lambda found: chr(ord(found[0]) - _PRIVATE), text)
