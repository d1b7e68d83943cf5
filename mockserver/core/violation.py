"""A violation: one broken rule of a contract, and everything a person needs to mend it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from mockserver.core.text import Json

Party = Literal["client", "server"]
Place = Literal["route", "path", "query", "header", "cookie", "body", "media-type", "security", "status"]


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken rule.

    `code` is stable and told apart by `mockserver explain CODE`. `pointer` is a JSON Pointer into the body, or the name
    of the parameter or header. `rule` is the JSON Schema keyword (`type`, `required`, ...) or ours (`security`, ...).
    `document` is the JSON Pointer of that rule in the effective document. `detail` holds the rule's own particulars:
    `{"missing": name}` for required, `{"unexpected": [names in body order]}` for additionalProperties,
    `{"allowed": [values]}` for enum and const, `{"type": [names]}` for type, `{"limit": n}` for bounds and patterns,
    `{"branch": i, "document": pointer, "because": [sentences]}` for oneOf and anyOf that nothing fits (the nearest
    branch), `{"matched": [i, ...]}` for a oneOf that several fit. A rule of a schema also has `schema`, its place from
    the root of the component or body schema (`#/properties/startTime/type`), and in a parameter's value `at`, the
    JSON Pointer into that.
    """

    code: str
    party: Party
    operation: str | None
    place: Place
    pointer: str
    rule: str
    document: str
    expected: str
    got: str
    remedy: str = ""
    detail: Mapping[str, Json] = field(default_factory=dict)

    @property
    def where(self) -> str:
        """The place in words: `body /profiles/0/fps`, `query limit`, `status`."""
        return f"{self.place} {self.pointer}".rstrip() if self.pointer else self.place

    def __str__(self) -> str:
        who = "the request" if self.party == "client" else "the reply"
        operation = f"{self.operation}: " if self.operation else ""
        remedy = f" {self.remedy}" if self.remedy else ""
        return (
            f"{self.code} {operation}{who} breaks `{self.rule}` at {self.where}: "
            f"expected {self.expected}, got {self.got} ({self.document}).{remedy}"
        )
