"""Every code a violation can carry, in one table: title, meaning, remedy and an example of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Explanation:
    """What `mockserver explain CODE` tells. `rules` are the values of `Violation.rule` that carry the code."""

    code: str
    rules: tuple[str, ...]
    title: str
    meaning: str
    remedy: str
    example: str


_TABLE: Final = (
    Explanation(
        "C101",
        ("path",),
        "no such path",
        "No path of the document fits the request's. Base paths of `servers` count: Livepeer's begin with `/api`.",
        "Compare with `mockserver routes`; the nearest path is named in the violation.",
        "`GET /api/assets` where the document has `/api/asset`",
    ),
    Explanation(
        "C102",
        ("method",),
        "no such method on this path",
        "The path is in the document, but not with this method.",
        "Use one of the methods the violation lists.",
        "`PUT /api/clip` where the document has only `POST`",
    ),
    Explanation(
        "C110",
        ("security",),
        "credential missing",
        "The operation asks for a credential and the request carries none of the kinds the document allows.",
        "Send one of the listed credentials. Only its shape counts here; the provider decides if it is valid.",
        "no `Authorization` header on `createClip`",
    ),
    Explanation(
        "C111",
        ("scheme",),
        "credential malformed",
        "A credential was sent where the document wants one, but not of that kind or not readable.",
        "Write it as the scheme wants: `Authorization: Bearer KEY`, or Basic with base64 of `user:password`.",
        "`Authorization: KEY` without a scheme",
    ),
    Explanation(
        "C120",
        ("parameter",),
        "parameter missing",
        "A parameter the document requires was not sent.",
        "Add it to the request.",
        "no `client_id` in the query of `authorize`",
    ),
    Explanation(
        "C121",
        ("style",),
        "parameter not readable",
        "The text of a parameter or header is not a spelling of any value its schema allows in its style.",
        "Spell it as the document's `style`, `explode` and `type` say: integers in digits, booleans `true` or `false`.",
        "`?limit=ten` for an integer",
    ),
    Explanation(
        "C122",
        ("allowEmptyValue",),
        "parameter empty",
        "A parameter was sent without a value, and an empty value means nothing for its type.",
        "Give it a value, or leave it out.",
        "`?limit=` for an integer",
    ),
    Explanation(
        "C123",
        ("repeated",),
        "parameter repeated",
        "A parameter that holds one value was sent several times, so nobody can know which one counts.",
        "Send it once.",
        "`?limit=1&limit=2`",
    ),
    Explanation(
        "C130",
        ("content",),
        "media type not in the document",
        "The body's media type is none the document lists for it.",
        "Send one of the listed media types in `Content-Type` (for a reply: answer with one).",
        "`Content-Type: text/plain` where the document has only `application/json`",
    ),
    Explanation(
        "C131",
        ("body",),
        "body missing",
        "The document requires a body (or gives the reply a JSON body) and there is none.",
        "Send a body.",
        "`POST /api/clip` with an empty body",
    ),
    Explanation(
        "C132",
        ("syntax",),
        "body not readable",
        "The body is not a text of its media type: not JSON as RFC 8259 has it, or not in the charset it names.",
        "Mend the text at the place named. `NaN`, `Infinity`, comments and trailing commas are not JSON.",
        '`{"startTime": NaN}`',
    ),
    Explanation(
        "C133",
        ("charset",),
        "charset not supported",
        "The body came in a charset that is not a Unicode encoding; JSON is UTF-8.",
        "Send UTF-8.",
        "`Content-Type: application/json; charset=latin1`",
    ),
    Explanation(
        "C134",
        ("encoding",),
        "content encoding not readable",
        "`Content-Encoding` names an encoding nobody reads here, or the body is not in the encoding it names.",
        "Send gzip, deflate or identity, and the bytes to match.",
        "`Content-Encoding: gzip` over plain JSON",
    ),
    Explanation(
        "C135",
        ("size",),
        "body too large",
        "The body is larger than the provider reads, so nothing in it could be checked.",
        "Send less.",
        "200 KB to Livepeer, which reads 100 KiB",
    ),
    Explanation(
        "C140",
        ("status",),
        "status not in the document",
        "The reply's status is neither listed for the operation, nor covered by a range (`4XX`) or `default`.",
        "Answer with a listed status, or describe this one in the document or its overlay.",
        "201 where the document has 200",
    ),
    Explanation(
        "C141",
        ("header",),
        "reply header missing",
        "The document requires a header in this reply and it is not there.",
        "Send the header.",
        "no `Location` in a 201 that requires it",
    ),
    Explanation(
        "C201",
        ("type",),
        "wrong type",
        "The value is of another JSON type than the schema allows. `1.0` is an integer; `null` is a type of its own.",
        "Send a value of one of the listed types.",
        '`"startTime": "10"` where the schema says number',
    ),
    Explanation(
        "C202",
        ("enum",),
        "value not among the allowed",
        "The schema lists the allowed values and this is none of them.",
        "Send one of the listed values, spelled exactly so.",
        '`"phase": "done"`',
    ),
    Explanation(
        "C203",
        ("const",),
        "value not the one allowed",
        "The schema allows exactly one value here.",
        "Send that value.",
        '`"type": "audio"` where the schema says `const: clip`',
    ),
    Explanation(
        "C204",
        ("required",),
        "property missing",
        "The object lacks a property the schema requires.",
        "Add the property.",
        "a clip request without `playbackId`",
    ),
    Explanation(
        "C205",
        ("additionalProperties", "unevaluatedProperties"),
        "property not known",
        "The object has a property the schema does not know, and the schema is closed.",
        "Remove it, or correct its spelling.",
        '`{"playbackID": ...}` where the schema has `playbackId`',
    ),
    Explanation(
        "C206",
        ("propertyNames",),
        "property name not allowed",
        "A property's name breaks the schema for names.",
        "Rename the property.",
        "a name longer than `maxLength` allows",
    ),
    Explanation(
        "C207",
        ("minProperties", "maxProperties"),
        "too few or too many properties",
        "The object has fewer or more properties than the schema allows.",
        "Add or remove properties.",
        "`{}` where the schema says `minProperties: 1`",
    ),
    Explanation(
        "C208",
        ("dependentRequired",),
        "property missing beside another",
        "A property that is present brings another one with it, and that is missing.",
        "Add the property, or leave out the one that asks for it.",
        "`card` without `billingAddress`",
    ),
    Explanation(
        "C211",
        ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
        "number out of bounds",
        "The number is below or above the schema's bound.",
        "Send a number within the bounds.",
        '`"live": 2` where the schema says `maximum: 1`',
    ),
    Explanation(
        "C212",
        ("multipleOf",),
        "number not a multiple",
        "The number is no multiple of the schema's step.",
        "Send a multiple of the step.",
        "7 where the schema says `multipleOf: 5`",
    ),
    Explanation(
        "C213",
        ("number",),
        "number no JSON text can spell",
        "NaN and infinity are not JSON (RFC 8259, section 6); a number beyond a double, such as 1e400, is read as one.",
        "Send a finite number, or leave the property out.",
        '`{"startTime": 1e400}`',
    ),
    Explanation(
        "C221",
        ("minLength", "maxLength"),
        "text too short or too long",
        "The text has fewer or more characters than the schema allows.",
        "Shorten or lengthen it.",
        '`""` where the schema says `minLength: 1`',
    ),
    Explanation(
        "C222",
        ("pattern",),
        "text does not match the pattern",
        "The schema gives a regular expression and the text does not match it.",
        "Compare the text with the pattern; it may match anywhere in the text unless anchored.",
        "`abc` where the schema says `^[0-9]+$`",
    ),
    Explanation(
        "C223",
        ("format",),
        "text or number not of the format",
        "The value is not of the named format. Formats are checked here, not only noted.",
        "Spell it as the format wants: date-time as `2026-11-22T11:50:00Z`, uuid with dashes, int32 within 32 bits.",
        "`22.11.2026` for date-time",
    ),
    Explanation(
        "C231",
        ("minItems", "maxItems"),
        "too few or too many items",
        "The array has fewer or more items than the schema allows.",
        "Add or remove items.",
        "`[]` where the schema says `minItems: 1`",
    ),
    Explanation(
        "C232",
        ("uniqueItems",),
        "items repeated",
        "The schema wants every item of the array to be different.",
        "Remove the repeated items.",
        '`["a", "a"]`',
    ),
    Explanation(
        "C233",
        ("contains", "minContains", "maxContains"),
        "items of a kind missing or too many",
        "The schema wants a certain number of items that fit a schema of their own.",
        "Add or remove such items.",
        "no item with `default: true`",
    ),
    Explanation(
        "C234",
        ("unevaluatedItems",),
        "item not known",
        "The array has an item no part of the schema speaks of, and the schema is closed.",
        "Remove the item.",
        "a third item in a pair",
    ),
    Explanation(
        "C241",
        ("oneOf", "anyOf"),
        "none of the alternatives fits",
        "The schema gives several alternatives and the value fits none. The nearest one is named, with what it lacks.",
        "Mend what the nearest alternative lacks, or build the value after another one.",
        "a creator id without `type`",
    ),
    Explanation(
        "C242",
        ("oneOf",),
        "more than one of the alternatives fits",
        "The schema wants exactly one alternative to fit (`oneOf`) and several do.",
        "Make the value fit one only; if that is impossible, the document should say `anyOf`.",
        "`{}` where both alternatives require nothing",
    ),
    Explanation(
        "C243",
        ("not",),
        "value excluded",
        "The value fits a schema the document excludes.",
        "Send something else.",
        "`null` where the schema says `not: {type: null}`",
    ),
    Explanation(
        "C244",
        ("false",),
        "nothing allowed here",
        "The schema at this place is `false`: no value is allowed.",
        "Remove the value.",
        "a third item after two `prefixItems` with `items: false`",
    ),
    Explanation(
        "C251",
        ("readOnly",),
        "read-only property sent",
        "The property is marked `readOnly`: the server makes it and a request may not carry it.",
        "Leave the property out of requests.",
        '`"id"` in the body of a create call',
    ),
    Explanation(
        "C252",
        ("writeOnly",),
        "write-only property returned",
        "The property is marked `writeOnly`: a client sends it and no reply may carry it.",
        "Leave the property out of replies, or correct the document if the server does return it.",
        "`sharedSecret` in a webhook's reply",
    ),
    Explanation(
        "C299",
        ("schema",),
        "schema broken",
        "The value breaks a rule of the schema that has no code of its own.",
        "Read the rule at the document pointer named.",
        "a keyword of a vocabulary of its own",
    ),
)

CODES: Final[Mapping[str, Explanation]] = {entry.code: entry for entry in _TABLE}

_BY_RULE: Final[Mapping[str, str]] = {rule: entry.code for entry in reversed(_TABLE) for rule in entry.rules}


def code_of(rule: str) -> str:
    """The code of a rule; C299 for a keyword without one. `oneOf` gives C241: that several fit is C242."""
    return _BY_RULE.get(rule, "C299")
