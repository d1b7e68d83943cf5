"""Near misses: why a call matched no operation, and which exchanges come nearest to those nobody found.

Each in a sentence. Host and port of a call that never came here are out of its reach.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from heapq import nsmallest
from typing import Final

from mockserver.contract.words import shorten
from mockserver.core.contract import Contract, Operation
from mockserver.engine.difference import differences
from mockserver.engine.journal import Entry
from mockserver.engine.query import Query

METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE")
# Comparing texts for likeness takes long for long ones, and no path of a document is longer.
_LONGEST: Final = 200
_MOST_SEGMENTS: Final = 20
_ALIKE: Final = 0.6


@dataclass(frozen=True, slots=True)
class NearMiss:
    """An entry that is nearly one of those looked for. `differences` are clauses; `distance` is 0 for none."""

    entry: Entry
    differences: tuple[str, ...]
    distance: float

    def __str__(self) -> str:
        entry = self.entry
        what = f"{entry.request.method} {shorten(entry.request.path)}"
        return f"Entry {entry.serial}, {what} with {entry.reply.status}: {'; '.join(self.differences)}."


def near_misses(query: Query, entries: Iterable[Entry], most: int = 3) -> list[NearMiss]:
    """Of the entries that do not match, those that lack least, the nearest first and of equals the newest."""
    missed = (miss for miss in (_missed(query, entry) for entry in entries) if miss.differences)
    return nsmallest(most, missed, key=lambda miss: (miss.distance, -miss.entry.serial))


def _missed(query: Query, entry: Entry) -> NearMiss:
    found = list(differences(query, entry))
    return NearMiss(entry, tuple(clause for _, clause in found), sum(weight for weight, _ in found))


def why_unmatched(method: str, path: str, contracts: Mapping[str, Contract]) -> str:
    """One sentence why no operation of any provider's contract is there for a call, and what would be.

    `contracts` are by provider. Small slips are tried alone and together: another method, slashes, the base path, case,
    a segment's spelling.
    """
    if method == "-":
        return "What came was no HTTP request that could be read."
    path = path[:_LONGEST]
    for slips, mended in _mended(path, contracts):
        for provider, contract in contracts.items():
            found = contract.match(method, mended)
            if found is not None:
                told = f"`{method} {mended}` is {provider}'s {found.operation.id}."
                return f"{_sentence(slips)}: {told}" if slips else told
        for provider, contract in contracts.items():
            allowed = [each for each in METHODS if _has(contract, each, mended)]
            if allowed:
                where = f"{_sentence(slips)}, and {method}" if slips else method
                return f"{where} is no method of `{mended}` at {provider}, which has {' and '.join(allowed)} there."
    return _nearest(method, path, contracts)


def _has(contract: Contract, method: str, path: str) -> bool:
    """Whether the method is written there: HEAD would find GET."""
    found = contract.match(method, path)
    return found is not None and found.operation.method == method


def _sentence(slips: tuple[str, ...]) -> str:
    text = " and ".join(slips)
    return text[:1].upper() + text[1:]


def _mended(path: str, contracts: Mapping[str, Contract]) -> Iterator[tuple[tuple[str, ...], str]]:
    """The path as it came, then with slips mended, the fewer the earlier: what was wrong, and the path then."""
    tried = {path}
    ways: list[tuple[tuple[str, ...], str]] = [((), path)]
    while ways:
        yield from ways
        further = []
        for slips, text in ways:
            for slip, mended in _once_mended(text, contracts):
                if mended not in tried:
                    tried.add(mended)
                    further.append(((*slips, slip), mended))
        ways = further if len(ways[0][0]) < 3 else []


def _once_mended(path: str, contracts: Mapping[str, Contract]) -> Iterator[tuple[str, str]]:
    single = re.sub("/{2,}", "/", path)
    if single != path:
        yield "a slash is doubled", single
    if len(path) > 1 and path.endswith("/"):
        yield "the slash at the end is one too many", path.rstrip("/") or "/"
    bases = {base for contract in contracts.values() for base in _bases(contract)} - {""}
    for base in sorted(bases):
        if path.lower().startswith(f"{base}{base}/"):
            yield f"the base path `{base}` is there twice", path[len(base) :]
        elif not path.lower().startswith(f"{base}/"):
            yield f"the base path `{base}` is missing", base + path
    cased = _in_right_case(path, contracts)
    if cased is not None:
        yield "upper and lower case are not as written", cased


def _bases(contract: Contract) -> set[str]:
    """What stands before the paths of the document: of `/api/clip` written as `/clip`, `/api`."""
    found = set()
    for operation in contract.operations.values():
        parts = operation.pointer.split("/")
        written = parts[2].replace("~1", "/").replace("~0", "~") if len(parts) > 2 else ""
        if operation.path.endswith(written):
            found.add(operation.path[: len(operation.path) - len(written)])
    return found


def _in_right_case(path: str, contracts: Mapping[str, Contract]) -> str | None:
    sent = path.split("/")
    for operation in _operations(contracts):
        known = operation.path.split("/")
        if len(known) == len(sent) and all(
            "{" in one or one.lower() == other.lower() for one, other in zip(known, sent, strict=True)
        ):
            return "/".join(other if "{" in one else one for one, other in zip(known, sent, strict=True))
    return None


def _operations(contracts: Mapping[str, Contract]) -> Iterator[Operation]:
    for contract in contracts.values():
        yield from contract.operations.values()


def _nearest(method: str, path: str, contracts: Mapping[str, Contract]) -> str:
    """The operation whose segments are most like those sent."""
    best, likeness, nearest = "", 0.0, None
    for provider, contract in contracts.items():
        for operation in contract.operations.values():
            alike = _likeness(path, operation.path) + (0.05 if operation.method == method else 0)
            if alike > likeness:
                best, likeness, nearest = provider, alike, operation
    shown = f"`{method} {shorten(path)}`"
    if nearest is None or likeness < _ALIKE:
        return f"No path is like {shown}; `mockserver routes` lists those there are."
    told = f"`{nearest.method} {nearest.path}`, {best}'s {nearest.id}"
    return f"No operation is {shown}: {_odd(path, nearest.path)}the nearest is {told}."


def _likeness(path: str, template: str) -> float:
    """From 0 to 1; a parameter is like anything, a segment more or less costs what it is."""
    sent, known = path.split("/")[1:], template.split("/")[1:]
    if len(sent) > _MOST_SEGMENTS:
        return 0
    alike = sum(_alike(one, other) for one, other in zip(sent, known, strict=False))
    return alike / max(len(sent), len(known))


def _alike(sent: str, known: str) -> float:
    if "{" in known:
        return 0.8 if sent else 0
    return SequenceMatcher(None, sent.lower(), known.lower()).ratio()


def _odd(path: str, template: str) -> str:
    """What of the path is not that of the template."""
    sent, known = path.split("/")[1:], template.split("/")[1:]
    for one, other in zip(sent, known, strict=False):
        if "{" in other and not one:
            return f"`{other}` is empty; "
        if "{" not in other and one != other:
            return f"`{shorten(one)}` is no segment there, `{other}` is; "
    if len(sent) < len(known):
        return f"`{'/'.join(known[len(sent) :])}` is missing at its end; "
    return f"`{shorten('/'.join(sent[len(known) :]))}` at its end is too much; " if len(sent) > len(known) else ""
