"""What stock schemathesis has to be told before it can judge these APIs: its configuration, made of the document alone.

Each entry of the document's `x-mockserver-judging` says with its reason where the real server is known to differ from
what schemathesis expects of every server. Schemathesis can't tell one refusal from another, so an exclusion is broader
there than the entry it stands for: it names statuses for an operation, not texts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from mockserver.core.text import Json, Record, resolve

EXTENSION: Final = "x-mockserver-judging"
_METHODS: Final = ("get", "put", "post", "delete", "patch", "head", "options", "trace")
# What schemathesis expects without being told (schemathesis/config/_checks.py).
_EXPECTED: Final[Mapping[str, tuple[str, ...]]] = {
    "positive_data_acceptance": ("2xx", "3xx", "401", "403", "404", "409", "429", "5xx"),
    "negative_data_rejection": (*("400", "401", "403", "404", "405", "406", "409", "415", "422", "428", "429"), "5xx"),
    "not_a_server_error": ("2xx", "3xx", "4xx"),
}


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A check that is off (`statuses` empty), or that has to expect more statuses of some operations (all if none)."""

    check: str
    because: str
    operations: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()

    def __str__(self) -> str:
        where = ", ".join(self.operations) or "every operation"
        what = f"may see {', '.join(self.statuses)}" if self.statuses else "is off"
        return f"{self.check} {what} at {where}: {self.because}"


def exclusions(document: Json) -> list[Exclusion]:
    """All of a document, in its order."""
    said = document.get(EXTENSION, {})
    found = [Exclusion("unsupported_method", one["because"]) for one in said.get("undeclared-methods", ())]
    for entry in said.get("refused", ()):
        statuses = (str(entry["status"]),)
        found.append(Exclusion("positive_data_acceptance", entry["because"], _about(document, entry), statuses))
    for entry in said.get("not-enforced", ()):
        operations = _about(document, entry)
        if operations:  # else it is about bytes, and schemathesis sends none that are wrong
            found.append(Exclusion("negative_data_rejection", entry["because"], operations, ("2xx", "304")))
    for entry in said.get("failing", ()):
        if "sent" not in entry:
            operations = _about(document, entry)
            found.append(Exclusion("not_a_server_error", entry["because"], operations, (str(entry["status"]),)))
        elif entry["sent"] == "\0":
            found.append(Exclusion("generation.allow-x00", entry["because"]))
    return found


def _about(document: Json, entry: Record) -> tuple[str, ...]:
    """The operations of an entry: those it names, or those that have its parameter."""
    if "operations" in entry:
        return tuple(entry["operations"])
    names = set(entry.get("with", ()))
    reference = f"#{entry['at']}" if "at" in entry else None
    return tuple(
        operation["operationId"]
        for item, operation in operations_of(document)
        if any(
            (reference is not None and one.get("$ref") == reference) or _named(document, one) in names
            for one in (*item.get("parameters", ()), *operation.get("parameters", ()))
        )
    )


def operations_of(document: Json) -> Iterator[tuple[Record, Record]]:
    """Each operation, with the path item it stands in."""
    for item in document["paths"].values():
        for method in _METHODS:
            if method in item:
                yield item, item[method]


def _named(document: Json, parameter: Record) -> str:
    whole = resolve(document, parameter["$ref"]) if "$ref" in parameter else parameter
    return str(whole["name"])


def configuration(found: Iterable[Exclusion]) -> str:
    """A `schemathesis.toml`, each exclusion under its reason."""
    found = list(found)
    lines = ["[generation]"]
    lines += _settings(("generation.allow-x00", "allow-x00 = false"), found)
    lines += ["", "[checks]"]
    lines += _settings(("unsupported_method", "unsupported_method.enabled = false"), found)
    for name in dict.fromkeys(name for one in found for name in one.operations):
        lines += ["", "[[operations]]", f"include-operation-id = {json.dumps(name)}"]
        mine = [one for one in found if name in one.operations]
        for check in dict.fromkeys(one.check for one in mine):
            lines += [f"# {one.because}" for one in mine if one.check == check]
            statuses = [*_EXPECTED[check], *(status for one in mine if one.check == check for status in one.statuses)]
            lines.append(f"checks.{check}.expected-statuses = {json.dumps(list(dict.fromkeys(statuses)))}")
    return "\n".join(lines) + "\n"


def _settings(wanted: tuple[str, str], found: list[Exclusion]) -> list[str]:
    check, line = wanted
    because = [f"# {one.because}" for one in found if one.check == check]
    return [*because, line] if because else []
