"""Every sort of defect: its stable code, how bad it is, why it matters and what to do. The text of `explain L201`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class LintCode:
    """An `error` breaks the specification or itself, a `warning` is most likely a slip, a `note` may well be meant."""

    code: str
    severity: Severity
    title: str
    why: str
    remedy: str


def _of(severity: Severity) -> Callable[[str, str, str, str], LintCode]:
    return lambda code, title, why, remedy: LintCode(code, severity, title, why, remedy)


_error, _warning, _note = _of("error"), _of("warning"), _of("note")

_CODES: Final = (
    _error(
        "L001",
        "The text can't be read",
        "It is no YAML or JSON, holds something JSON has not, or nests or unfolds beyond every reasonable measure.",
        "Everything else can be checked only then.",
    ),
    _error(
        "L002",
        "A key stands twice in one mapping",
        "Of two values under one key one is lost, and tools differ in which.",
        "Remove or rename one of the two.",
    ),
    _error(
        "L003",
        "Not an OpenAPI document of version 3.0 or 3.1",
        "Without `openapi: 3.x.y` no tool knows which rules hold; Swagger 2.0 has others.",
        "Begin the document with `openapi: 3.1.0`, or convert it.",
    ),
    _error(
        "L004",
        "A part every document must have is missing",
        "`info` with a title and a version, and `paths` (or in 3.1 at least `components` or `webhooks`), are required.",
        "Add it.",
    ),
    _error(
        "L101",
        "A reference points at nothing",
        "Tools stop here, or take whatever they like for what should stand at the other end.",
        "Correct the reference, or add what it names under `components`.",
    ),
    _error(
        "L102",
        "A reference is not text",
        "The value of `$ref` is a URI reference such as `#/components/schemas/error`.",
        "Write it as text.",
    ),
    _error(
        "L103",
        "A reference points at another kind of thing",
        "Where a schema is wanted there must be a schema at the other end, where a response a response.",
        "Point it at something of the kind wanted here.",
    ),
    _error(
        "L104",
        "References go round in a circle",
        "Each only names the next, so there is nothing at the end of them.",
        "Replace one of them by what is meant.",
    ),
    _error(
        "L105",
        "The file a reference names is not there",
        "Prism and others stop with ENOENT at such a reference. A UUID or a name without extension is most likely "
        "the remains of a proper reference that some tool replaced by an ID.",
        "Restore the reference the publisher had, or correct the file's name.",
    ),
    _note(
        "L106",
        "A reference leads out of this document",
        "What is behind it was not looked at.",
        "Bundle the document into one file to have all of it checked.",
    ),
    _error(
        "L201",
        "Something that is no schema stands where a schema must",
        "A schema is a mapping, or true or false. A UUID here is what is left of a `$ref` when a tool replaces it by "
        "an ID. Tools crash on it, or drop the property without a word.",
        "Put the schema, or the reference to it, in its place.",
    ),
    _error(
        "L202",
        "`$ref` stands among the names of properties",
        "Below `properties` every key is a property's name, so this declares a property called `$ref` whose schema "
        "is text. Some tools merge the properties the reference means, others show a property that does not exist.",
        "Write out the properties it means as siblings, or use `allOf`.",
    ),
    _error(
        "L203",
        "An unknown type",
        "JSON has string, number, integer, boolean, array, object and null; lists of types and null only since 3.1.",
        "Take one of these. In 3.0 write `nullable: true` instead of null.",
    ),
    _error(
        "L204",
        "A keyword has a value it can't have",
        "A keyword with a value of the wrong kind makes the schema invalid, and tools ignore it or stop.",
        "Give it a value of the kind named.",
    ),
    _error(
        "L205",
        "An enumeration nothing can fulfil",
        "`enum` is a list of at least one value; an empty one refuses everything.",
        "List the values allowed, or remove the keyword.",
    ),
    _error(
        "L206",
        "A pattern that is no regular expression",
        "It can match nothing, and most validators refuse the whole schema.",
        "Correct the expression (ECMA-262).",
    ),
    _error(
        "L207",
        "Bounds that exclude each other",
        "The lower bound is above the upper one, so no value is valid.",
        "Correct or swap the bounds.",
    ),
    _error(
        "L208",
        "A required property that is not allowed",
        "`required` names a property that `additionalProperties: false` forbids, so no object is valid.",
        "Declare the property, or no longer require it.",
    ),
    _note(
        "L209",
        "An unknown format",
        "Nobody will check it; validators pass over formats they don't know.",
        "Take one of the known ones, or add a `pattern`.",
    ),
    _note(
        "L210",
        "An unknown keyword in a schema",
        "Validators pass over it, so a misspelt keyword does nothing.",
        "Correct the spelling, or begin its name with `x-`.",
    ),
    _warning(
        "L211",
        "An enumeration with values that can't be",
        "A value of `enum` is listed twice, or is not of the type the schema asks for.",
        "Remove it, or widen the type.",
    ),
    _error(
        "L301",
        "An example contradicts its own schema",
        "Mock servers answer with examples and readers copy them; this one would be refused.",
        "Correct the example, or the schema if the example is right.",
    ),
    _error(
        "L302",
        "A default contradicts its own schema",
        "Whoever leaves the value out would get one that is not allowed.",
        "Correct the default, or the schema.",
    ),
    _error(
        "L401",
        "A malformed path",
        "A path begins with a slash, and every parameter in it is a name in braces, each name once.",
        "Correct it.",
    ),
    _error(
        "L402",
        "Two paths that match the same requests",
        "Templates that differ in their parameters' names only can't be told apart.",
        "Merge the two.",
    ),
    _error(
        "L403",
        "A path parameter that is not declared",
        "The template names it, but no parameter `in: path` describes it.",
        "Declare it in the path item or in every operation.",
    ),
    _error(
        "L404",
        "A declared path parameter that is not in the path",
        "Nothing can ever give it a value.",
        "Put it into the template in braces, or remove it.",
    ),
    _error(
        "L405",
        "A path parameter that is not required",
        "A path can't go without its parameters; the specification wants `required: true`.",
        "Add `required: true`.",
    ),
    _error(
        "L406",
        "A parameter declared twice",
        "Name and place of a parameter must be unique in a list.",
        "Remove one of them.",
    ),
    _warning(
        "L407",
        "An operation without operationId",
        "Clients, links and this server refer to operations by it.",
        "Give it one, unique in the document.",
    ),
    _error(
        "L408",
        "An operationId given twice",
        "It must be unique; of two operations under one name tools keep one.",
        "Rename one of them.",
    ),
    _error(
        "L409",
        "An operation without responses",
        "It says nothing of what comes back; 3.0 requires `responses`, and in no version may they be empty.",
        "Describe at least one response.",
    ),
    _error(
        "L410",
        "A response under something that is no status",
        "Responses stand under a status of three digits, a range such as 4XX, or `default`.",
        "Correct the key, in quotes.",
    ),
    _error(
        "L411",
        "A malformed media type",
        "It has the form `type/subtype`, with parameters if need be.",
        "Correct it.",
    ),
    _error(
        "L412",
        "Something without what it must have",
        "The specification requires this field here.",
        "Add it.",
    ),
    _error(
        "L413",
        "A link that leads nowhere",
        "A link names an operation of this document by `operationId`, or points at one by `operationRef`.",
        "Correct the name.",
    ),
    _warning(
        "L414",
        "A link that fills a parameter its operation has not",
        "Nothing would be done with the value.",
        "Use a name the operation declares.",
    ),
    _error(
        "L415",
        "A server URL with a variable nobody declares",
        "The URL can't be written out.",
        "Declare it under `variables`, with a default.",
    ),
    _error(
        "L501",
        "A security scheme that is not defined",
        "Many tools let everything pass then.",
        "Define it under `components/securitySchemes`, or correct the name.",
    ),
    _error(
        "L502",
        "A malformed security scheme",
        "What it must say depends on its type: apiKey a name and place, http a scheme, oauth2 flows, openIdConnect a "
        "URL.",
        "Complete it.",
    ),
    _warning(
        "L503",
        "A scope that no flow offers",
        "Nobody can be granted it.",
        "Add it to the flow's scopes, or correct the name.",
    ),
    _error(
        "L601",
        "A value of the wrong kind",
        "Something else than a mapping or a list stands where the specification wants one.",
        "Put the right thing in its place.",
    ),
    _warning(
        "L602",
        "An unknown key",
        "The specification knows no such field here, so it does nothing.",
        "Correct the spelling, or begin its name with `x-`.",
    ),
    _note(
        "L603",
        "A tag that is not described",
        "It is used by an operation and missing in the root's `tags`.",
        "Describe it there, or correct the name.",
    ),
)

LINT_CODES: Final[Mapping[str, LintCode]] = {code.code: code for code in _CODES}
