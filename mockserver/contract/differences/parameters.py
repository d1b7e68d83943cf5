"""Differences in parameters and headers."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final
from urllib.parse import unquote

from mockserver.contract.dialect import parts_of
from mockserver.contract.differences.case import Case, Difference, is_crash
from mockserver.contract.spot import Spot
from mockserver.contract.texts import read_number
from mockserver.core.payload import FORM_MEDIA
from mockserver.core.violation import Violation

_PYTHON_NUMBER: Final = re.compile(r"\s*[+-]?[\d_.]+([eE][+-]?\d+)?\s*|\s*[+-]?(nan|inf(inity)?)\s*", re.IGNORECASE)
_INTEGRAL: Final = re.compile(r"\d\.\d|\d[eE][+-]?\d")
_DELIMITED: Final = re.compile(r"%2C|%20|%7C|\+", re.IGNORECASE)
_BOOLEAN_WORDS: Final = frozenset(("y", "yes", "t", "true", "on", "1", "n", "no", "f", "false", "off", "0"))


NUMBERS: Final = frozenset(("integer", "number"))
BOOLEANS: Final = frozenset(("boolean",))


def _boolean_word(text: str) -> bool:
    """Whether only Python's readers take the text for a boolean."""
    return text.lower() in _BOOLEAN_WORDS and text not in ("true", "false")


def _number_word(text: str) -> bool:
    """Whether only Python's readers take the text for a number."""
    return _PYTHON_NUMBER.fullmatch(text) is not None and read_number(text) is None


def _spelling(case: Case, violation: Violation, words: Callable[[str], object], types: frozenset[str]) -> bool:
    """Whether a parameter or field of one of these types was sent in a spelling that these words are."""
    return bool(case.types(violation) & types) and any(words(text) for text in case.sent(violation))


def _merged_lists(case: Case, violation: Violation) -> bool:
    parameter = case.parameters.get(violation.pointer)
    if parameter is None or parameter.explode or not parameter.texts.types & {"array", "object"}:
        return False
    return bool(_DELIMITED.search(case.raw(violation)))


def _has_type_list(schema: Spot | None) -> bool:
    return schema is not None and any(isinstance(part.value.get("type"), list) for part in parts_of(schema))


def _repeated(case: Case, name: str) -> bool:
    holder = case.request or case.reply
    return holder is not None and len(holder.headers.every(name)) > 1


def _deep(case: Case, violation: Violation) -> bool:
    parameter = case.parameters.get(violation.pointer)
    return parameter is not None and parameter.style == "deepObject"


def _exploded_object(case: Case, violation: Violation) -> bool:
    parameter = case.parameters.get(violation.pointer)
    return (
        parameter is not None and parameter.style == "form" and parameter.explode and "object" in parameter.texts.types
    )


def _has_default(case: Case, violation: Violation) -> bool:
    schema = case.parameters[violation.pointer].texts.schema if violation.pointer in case.parameters else None
    return schema is not None and any("default" in part.value for part in parts_of(schema))


DIFFERENCES: Final = (
    Difference(
        "type-lists",
        "A parameter whose schema lists several types, such as `[boolean, integer]`.",
        "compiled",
        "Type lists are plain JSON Schema 2020-12, which OpenAPI 3.1 is; openapi-core raises TypeError on them, "
        "whether the parameter was sent or not.",
        reference=lambda case, violation: (
            is_crash(violation, "TypeError")
            and any(_has_type_list(one.texts.schema) for one in case.parameters.values())
        ),
    ),
    Difference(
        "empty-text",
        "A query parameter sent empty (`?name=`) whose type allows a text.",
        "compiled",
        "The empty text is a text, and `name=` is how RFC 6570 spells it. `allowEmptyValue` is about types that have "
        "no empty spelling.",
        reference=lambda case, violation: violation.rule == "allowEmptyValue" and "" in case.sent(violation),
    ),
    Difference(
        "empty-allowed",
        "A query parameter with `allowEmptyValue: true` sent empty, of a type other than text.",
        "compiled",
        "That is what the keyword is for (OpenAPI 3.1, 4.8.12.1); openapi-core casts the empty text all the same.",
        reference=lambda case, violation: (
            violation.rule in ("style", "enum", "type")
            and violation.pointer in case.parameters
            and case.parameters[violation.pointer].allow_empty
        ),
    ),
    Difference(
        "repeated",
        "A parameter or form field of one value sent several times.",
        "compiled",
        "No value of the schema is spelled so; openapi-core looks at the first and ignores the others.",
        compiled=lambda case, violation: (
            violation.rule == "repeated"
            or (case.media == FORM_MEDIA and violation.rule == "type" and violation.got.startswith("an array"))
        ),
    ),
    Difference(
        "repeated-header",
        "A header sent several times.",
        "compiled",
        "Several lines of one name are one list (RFC 9110, 5.3); openapi-core looks at the first line.",
        compiled=lambda case, violation: violation.place == "header" and _repeated(case, violation.pointer),
        reference=lambda case, violation: violation.place == "header" and _repeated(case, violation.pointer),
    ),
    Difference(
        "boolean-words",
        "`yes`, `on`, `1`, `TRUE` and the like for a boolean parameter.",
        "compiled",
        "Booleans are spelled `true` and `false`; openapi-core takes twelve words in any case.",
        compiled=lambda case, violation: (
            violation.rule in ("style", "type") and _spelling(case, violation, _boolean_word, BOOLEANS)
        ),
    ),
    Difference(
        "number-words",
        "`+5`, `007`, `1_000`, ` 5`, `.5`, `nan` for a number parameter.",
        "compiled",
        "Numbers are spelled as in JSON; openapi-core takes what Python's int() and float() take.",
        compiled=lambda case, violation: (
            violation.rule in ("style", "type") and _spelling(case, violation, _number_word, NUMBERS)
        ),
    ),
    Difference(
        "integral-fractions",
        "`5.0` or `1e2` for an integer parameter.",
        "compiled",
        "A number with a zero fraction is an integer (JSON Schema, 6.1.1); Python's int() refuses the text.",
        reference=lambda case, violation: (
            violation.rule == "style"
            and "integer" in case.types(violation)
            and bool(_INTEGRAL.search(unquote(case.raw(violation))))
        ),
    ),
    Difference(
        "delimiters",
        "A list in one text with an encoded delimiter in an item, or a blank as delimiter.",
        "compiled",
        "RFC 6570 encodes the items, then joins them: `%2C` belongs to an item. openapi-core splits what is decoded, "
        "and for `spaceDelimited` looks for a literal `%20` there.",
        compiled=lambda case, violation: _merged_lists(case, violation),
        reference=lambda case, violation: _merged_lists(case, violation),
    ),
    Difference(
        "unpaired",
        "An object spelled as names and values in turn that ends with a name: `x,1,y`.",
        "compiled",
        "No object is spelled so; openapi-core drops the last name.",
        compiled=lambda case, violation: violation.rule == "style" and "in turn" in violation.expected,
    ),
    Difference(
        "deep-names",
        "An object in style `deepObject` with a property whose name is not made of word characters: `p[]`, `p[a b]`.",
        "compiled",
        "Any name can stand in the brackets; openapi-core overlooks the parameter.",
        compiled=lambda case, violation: violation.place == "query" and _deep(case, violation),
    ),
    Difference(
        "exploded-objects",
        "An object in style `form` with `explode: true`: its properties are parameters of their own.",
        "compiled",
        "OpenAPI 3.1, 4.8.12.3: `R=100&G=200`; openapi-core looks for one parameter of the object's name.",
        compiled=lambda case, violation: _exploded_object(case, violation),
        reference=lambda case, violation: _exploded_object(case, violation),
    ),
    Difference(
        "cookie-encoding",
        "A percent-encoded cookie value.",
        "compiled",
        "Style `form` percent-encodes (RFC 6570); openapi-core gets what the cookie parser leaves encoded.",
        compiled=lambda case, violation: violation.place == "cookie" and "%" in case.header("cookie"),
        reference=lambda case, violation: violation.place == "cookie" and "%" in case.header("cookie"),
    ),
    Difference(
        "default-for-required",
        "A required parameter with a `default` that was not sent.",
        "compiled",
        "`required` says it has to be sent; openapi-core takes the default in its stead.",
        compiled=lambda case, violation: violation.rule == "parameter" and _has_default(case, violation),
    ),
    Difference(
        "greedy-casts",
        "A parameter with alternatives of several types.",
        "compiled",
        "A text is read in every way the alternatives allow; openapi-core takes the first cast that succeeds.",
        reference=lambda case, violation: violation.rule in ("anyOf", "oneOf") and violation.pointer in case.parameters,
    ),
    Difference(
        "further-properties",
        "An object parameter with `additionalProperties` of a type other than text.",
        "compiled",
        "Their texts spell values too; openapi-core casts named properties only.",
        reference=lambda case, violation: violation.rule == "type" and "object" in case.types(violation),
    ),
)
