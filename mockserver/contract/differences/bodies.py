"""Differences in bodies and credentials."""

from __future__ import annotations

import re
from typing import Final

from mockserver.contract.differences.case import Case, Difference, is_crash
from mockserver.contract.spot import Spot
from mockserver.core.payload import FORM_MEDIA, is_json
from mockserver.core.violation import Violation

# What openapi-core's format checker does not know at all.
_UNKNOWN_FORMATS: Final = frozenset(
    (
        "duration",
        "hostname",
        "idn-email",
        "idn-hostname",
        "iri",
        "iri-reference",
        "json-pointer",
        "relative-json-pointer",
        "uri",
        "uri-reference",
        "uri-template",
    )
)
_RANGED: Final = frozenset(("int32", "int64", "float", "double"))


def _schemes(case: Case) -> list[Spot]:
    listed = case.root.at("components", "securitySchemes")
    return [spot for _, spot in listed.items()] if listed else []


def _formats(violation: Violation, names: frozenset[str]) -> bool:
    return violation.rule == "format" and violation.detail.get("format") in names


def _contents(case: Case) -> str:
    body = case.route.spot.at("requestBody", "content") if case.request else case.route.spot.at("responses")
    return str(body.value) if body else ""


def _discriminated(case: Case) -> bool:
    return "'discriminator': {" in repr(case.root.value)


DIFFERENCES: Final = (
    Difference(
        "oauth2",
        "No credential where the document asks for OAuth 2 or OpenID Connect.",
        "compiled",
        "Both are carried as a bearer token (RFC 6750); openapi-core lets every request through.",
        compiled=lambda case, violation: (
            violation.place == "security"
            and any(spot.value.get("type") in ("oauth2", "openIdConnect") for spot in _schemes(case))
        ),
    ),
    Difference(
        "scheme-case",
        "The document spells an HTTP scheme with capitals (`Basic`).",
        "compiled",
        "Scheme names are compared regardless of case (RFC 9110, 11.1); openapi-core lowers the client's alone.",
        reference=lambda case, violation: (
            violation.place == "security"
            and any(spot.value.get("scheme", "").lower() != spot.value.get("scheme", "") for spot in _schemes(case))
        ),
    ),
    Difference(
        "credential-shape",
        "A scheme with nothing after it, or Basic without base64 of `user:password`.",
        "compiled",
        "That is no credential of the scheme (RFC 7617, RFC 6750); openapi-core checks for one space.",
        compiled=lambda case, violation: violation.rule == "scheme",
    ),
    Difference(
        "not-a-number",
        "`NaN`, `Infinity` or `-Infinity` in JSON.",
        "compiled",
        "RFC 8259, 6: values no digits can spell are not permitted. openapi-core reads with Python's lenient parser.",
        compiled=lambda case, violation: violation.rule == "syntax" and bool(re.search(rb"NaN|Infinity", case.body)),
    ),
    Difference(
        "beyond-a-double",
        "A number larger than a double, such as `1e400`.",
        "open",
        "RFC 8259, 6 lets a reader limit the range. A JavaScript server reads infinity, which is no number any more, "
        "and that is what clients meet; openapi-core passes the infinity on.",
        compiled=lambda case, violation: (
            (violation.rule == "number" or "Infinity" in violation.got)
            and bool(re.search(rb"\d[eE]\+?\d|\d{300}", case.body))
        ),
    ),
    Difference(
        "utf-16",
        "JSON in UTF-16 or UTF-32 without a charset that says so.",
        "compiled",
        "RFC 8259, 8.1: JSON between systems is UTF-8. Python's parser guesses from the first bytes.",
        compiled=lambda case, violation: violation.rule == "syntax" and b"\x00" in case.body,
    ),
    Difference(
        "charset",
        "JSON with a `charset` other than a Unicode one.",
        "open",
        "RFC 8259, 11 defines no such parameter, so it says nothing. Servers that read it refuse what they can't "
        "decode (body-parser: 415), and the journal had better say why; openapi-core ignores it.",
        compiled=lambda case, violation: violation.rule == "charset",
    ),
    Difference(
        "charset-unicode",
        "JSON with a `charset` of another Unicode encoding, and in it.",
        "open",
        "As above, the other way round: who reads the charset can read the body.",
        reference=lambda case, violation: (
            violation.rule == "syntax" and "charset=utf" in case.header("content-type").lower()
        ),
    ),
    Difference(
        "content-encoding",
        "A body with `Content-Encoding`.",
        "compiled",
        "The media type is that of the decoded body (RFC 9110, 8.4); openapi-core reads the bytes as they came.",
        compiled=lambda case, violation: violation.rule == "encoding" and bool(case.header("content-encoding")),
        reference=lambda case, violation: (
            violation.rule in ("syntax", "type") and bool(case.header("content-encoding"))
        ),
    ),
    Difference(
        "too-large",
        "A body larger than the provider reads.",
        "open",
        "The document gives no limit. What was not read could not be checked, so it is not called good.",
        compiled=lambda case, violation: violation.rule == "size",
    ),
    Difference(
        "nesting",
        "JSON nested deeper than 500 levels.",
        "open",
        "RFC 8259, 9 lets a parser limit the depth.",
        compiled=lambda case, violation: violation.rule == "syntax" and "nested deeper" in violation.got,
    ),
    Difference(
        "empty-text-body",
        "A reply of a text type whose text is empty.",
        "compiled",
        "The empty text is a text; openapi-core takes no bytes for no body.",
        reference=lambda case, violation: (
            violation.rule == "body" and case.reply is not None and case.media.startswith("text/")
        ),
    ),
    Difference(
        "form-bytes",
        "A form with bytes that are not UTF-8.",
        "compiled",
        "Such bytes are decoded with replacement (URL Standard, 5.1); openapi-core refuses the whole form.",
        reference=lambda case, violation: (
            violation.rule == "syntax" and case.media == FORM_MEDIA and not case.body.isascii()
        ),
    ),
    Difference(
        "json-ranges",
        "A JSON body whose media type the document gives as a range with a suffix, `application/*+json`.",
        "compiled",
        "RFC 6839: whatever ends in `+json` is JSON; openapi-core looks for a reader of the range and hands on bytes.",
        reference=lambda case, violation: violation.place == "body" and is_json(case.media) and "*" in _contents(case),
    ),
    Difference(
        "boolean-schemas",
        "A body whose schema is `true` or `false`.",
        "compiled",
        "Both are schemas of JSON Schema 2020-12; openapi-core raises TypeError when one stands at the top.",
        reference=lambda case, violation: is_crash(violation, "TypeError") and "'schema': True" in _contents(case),
    ),
    Difference(
        "media-parameters",
        "A `Content-Type` with a parameter that is none (`application/json; utf-8`).",
        "compiled",
        "Parameters do not choose the entry; openapi-core raises ValueError.",
        reference=lambda case, violation: is_crash(violation, "ValueError") and ";" in case.header("content-type"),
    ),
    Difference(
        "unknown-formats",
        "Formats openapi-core does not check: " + ", ".join(sorted(_UNKNOWN_FORMATS)) + ".",
        "compiled",
        "They are formats of JSON Schema 2020-12, and formats are checked here.",
        compiled=lambda case, violation: _formats(violation, _UNKNOWN_FORMATS),
    ),
    Difference(
        "email",
        "`format: email` for a text with an `@` that is no address.",
        "compiled",
        "RFC 5321, 4.1.2; openapi-core looks for the `@`.",
        compiled=lambda case, violation: _formats(violation, frozenset(("email",))),
    ),
    Difference(
        "time",
        "`format: time`.",
        "compiled",
        "RFC 3339 full-time has an offset; openapi-core wants `HH:MM:SS` without one.",
        compiled=lambda case, violation: _formats(violation, frozenset(("time",))),
        reference=lambda case, violation: violation.rule == "format" and violation.expected == "format: 'time'",
    ),
    Difference(
        "leap-second",
        "`format: date-time` with second 60.",
        "compiled",
        "RFC 3339, 5.6 and 5.7 allow leap seconds; openapi-core asks Python's datetime, which has none.",
        reference=lambda case, violation: violation.rule == "format" and ":60" in case.body.decode(errors="replace"),
    ),
    Difference(
        "number-ranges",
        "`format: int32`, `int64`, `float`, `double` for a number outside of the range.",
        "compiled",
        "The OpenAPI format registry; openapi-core looks at Python integers only, not at `1e20`, nor at float's range.",
        compiled=lambda case, violation: _formats(violation, _RANGED),
    ),
    Difference(
        "discriminator",
        "Alternatives with a `discriminator`.",
        "compiled",
        "OpenAPI 3.1.1, 4.8.25: it does not change what is valid; openapi-core checks the mapped schema alone.",
        compiled=lambda case, violation: _discriminated(case) and not case.fits_undiscriminated(),
        reference=lambda case, violation: _discriminated(case) and case.fits_undiscriminated(),
    ),
    Difference(
        "marks",
        "readOnly in requests and writeOnly in replies, in 3.1.",
        "compiled",
        "The marked property may not travel that way and is not required there (OpenAPI 3.1, 4.8.24; 3.0 says the same "
        "in so many words); openapi-core checks marks in 3.0 only.",
        compiled=lambda case, violation: violation.place == "body" and case.fits_unmarked(),
        reference=lambda case, violation: violation.place == "body" and not case.fits_unmarked(),
    ),
)
