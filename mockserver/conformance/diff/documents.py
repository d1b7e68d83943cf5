"""All that changed between two documents, and the report of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from mockserver.conformance.diff.changes import MAYBE, NO, YES
from mockserver.conformance.diff.guesses import guesses
from mockserver.conformance.diff.messages import message_shifts
from mockserver.conformance.diff.pairs import Pairing, Place, paired
from mockserver.conformance.diff.parts import deprecation
from mockserver.conformance.diff.security import scheme_shifts, security_shifts
from mockserver.conformance.diff.servers import server_shifts
from mockserver.conformance.diff.shift import SAME, Setting, Shift, folded
from mockserver.conformance.diff.words import word_shifts
from mockserver.conformance.finding import Check, Finding, Report, Side
from mockserver.contract.lint import lint
from mockserver.contract.places import Document
from mockserver.contract.spot import Spot
from mockserver.errors import DocumentError

AREAS: Final = {
    "operations": "what can be called",
    "parameters": "paths, queries, headers and cookies",
    "requests": "bodies that clients send",
    "replies": "statuses and bodies that servers send",
    "headers": "headers of replies",
    "security": "credentials and scopes",
    "servers": "where the API is",
    "webhooks": "what servers tell clients by themselves",
    "texts": "descriptions, examples, extensions, and other ways to write the same",
    "overlay": "our own repairs of the old document, tried on the new one",
}


# Of the linter's codes those of documents nobody can make sense of: other kinds of things stand where a part has to.
_SENSELESS: Final = frozenset(("L003", "L101", "L102", "L103", "L104", "L204", "L502", "L601"))


def document_shifts(old: Document, new: Document) -> list[Shift]:
    """Every change. Raises DocumentError for a document that is none, or is broken where it would be compared."""
    for document in (old, new):
        _refuse_senseless(document)
    before, after = Spot.of(old.value), Spot.of(new.value)
    found = folded(_shifts(before, after))
    return [*found, *word_shifts(old.value, new.value, found)]


def _refuse_senseless(document: Document) -> None:
    defects = [defect for defect in lint(document) if defect.code in _SENSELESS]
    if defects:
        more = f" And {len(defects) - 1} more: mockserver lint tells all." if len(defects) > 1 else ""
        raise DocumentError(f"{defects[0]}{more}")


def diff_report(
    old: Document, new: Document, side: Side = "clients", overlay: Sequence[Finding] | None = None
) -> Report:
    """What changed from the old document to the new one, as grave as it is for one side.

    `overlay` are findings of an overlay that was tried on the new one; None if none was. Raises DocumentError.
    """
    shifts = document_shifts(old, new)
    by_area: dict[str, list[Finding]] = {area: [] for area in AREAS}
    for shift in shifts:
        by_area[shift.area].append(shift.finding(side))
    by_area["overlay"] = list(overlay or ())
    checks = tuple(
        _check(area, findings) for area, findings in by_area.items() if area != "overlay" or overlay is not None
    )
    info = old.value.get("info")
    version = str(info.get("version", "")) if isinstance(info, dict) else ""
    notes = tuple(guesses(Spot.of(old.value), Spot.of(new.value), shifts))
    return Report("diff", new.source, old.source, version, checks, notes=notes)


def _check(area: str, findings: list[Finding]) -> Check:
    broken = any(finding.level == "error" for finding in findings)
    return Check(area, AREAS[area], "broken" if broken else "kept", tuple(findings))


def _shifts(old: Spot, new: Spot) -> Iterator[Shift]:
    pairing = paired(old.at("paths"), new.at("paths"))
    yield from _presence(pairing)
    yield from server_shifts(old, new, "the API")
    yield from scheme_shifts(old, new)
    for one, other in pairing.pairs:
        yield from _operation(one, other)
    yield from _webhooks(paired(old.at("webhooks"), new.at("webhooks")))


def _presence(pairing: Pairing) -> Iterator[Shift]:
    for place in pairing.gone:
        before = ", deprecated before" if place.spot.value.get("deprecated") is True else ""
        setting = Setting("operations", "operation", place.name, "request", place.name)
        text = f"{place.method.upper()} {place.path} is gone{before}"
        clients = (YES, "who calls it finds nothing")
        yield setting.shift("removed", text, clients, (NO, "nobody calls it"), place.spot.pointer, None)
    for place in pairing.new:
        setting = Setting("operations", "operation", place.name, "request", place.name)
        text = f"{place.method.upper()} {place.path} is new"
        servers = (YES, "they do not answer it")
        yield setting.shift("added", text, (NO, "nobody has to call it"), servers, None, place.spot.pointer)


def _operation(one: Place, other: Place) -> Iterator[Shift]:
    setting = Setting("operations", "operation", one.name, "request", one.name)
    pointers = (one.spot.pointer, other.spot.pointer)
    if one.id != other.id:
        text = f"its operationId was {one.id or 'none'} and is {other.id or 'none'}"
        grave = (MAYBE, "names in generated code come from it")
        yield setting.shift("id-changed", text, grave, grave, *pointers)
    yield from deprecation(one.spot, other.spot, setting)
    yield from message_shifts(one, other)
    yield from security_shifts(one, other)
    for level in ((one.spot, other.spot), (one.item, other.item)):
        yield from server_shifts(*level, one.name, one.name)
    yield from _callbacks(one, other)


def _webhooks(pairing: Pairing) -> Iterator[Shift]:
    for place in pairing.gone:
        setting = Setting("webhooks", "webhook", place.name, "reply", place.name)
        clients = (YES, "they are not told any more")
        yield setting.shift("removed", "the webhook is gone", clients, SAME, place.spot.pointer, None)
    for place in pairing.new:
        setting = Setting("webhooks", "webhook", place.name, "reply", place.name)
        clients = (MAYBE, "who listens to everything is told what it does not know")
        servers = (YES, "they do not tell it")
        yield setting.shift("added", "the webhook is new", clients, servers, None, place.spot.pointer)
    for one, other in pairing.pairs:
        yield from message_shifts(one, other, webhook=True)


def _callbacks(one: Place, other: Place) -> Iterator[Shift]:
    before, after = (place.spot.at("callbacks") for place in (one, other))
    names = [name for spot in (before, after) if spot is not None for name, _ in spot.items()]
    for name in dict.fromkeys(names):
        pair = [spot.at(name) if spot is not None else None for spot in (before, after)]
        yield from _webhooks(paired(*pair))
