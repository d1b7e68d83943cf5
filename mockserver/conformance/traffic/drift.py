"""How the replies of one recording differ from those of an older one, and what a client would suffer from it.

error    what a client read before it can't read now: a field has another type, a body another media type
warning  what it may not be ready for: a status or word it has not met, null, a field or header that always came
note     what it can pass over: new fields and headers, statuses that were not met again
What the contract itself forbids is a broken rule besides, and fails the run there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from mockserver.conformance.finding import Finding, Level, Place, Step
from mockserver.conformance.traffic.shapes import Node, Shape, Shapes, spelled
from mockserver.conformance.traffic.tally import Tally
from mockserver.contract.check import CompiledContract
from mockserver.contract.spot import Spot

FINDS: Final = {
    "drift-status-new": "a status that the older recording does not have",
    "drift-status-gone": "a status of the older recording that was not met again",
    "drift-field-gone": "a field that every older reply had and none has now",
    "drift-field-new": "a field that no older reply had",
    "drift-field-sometimes": "a field that every older reply had and only some have now",
    "drift-type": "a field of another type",
    "drift-null": "null where there was none",
    "drift-value-new": "a word that the older recording does not have",
    "drift-header-gone": "a header that every older reply had and none has now",
    "drift-header-new": "a header that no older reply had and all have now",
    "drift-media-type": "a body of another media type",
}
# A list of words is known when so many of them were met.
_ENOUGH: Final = 8


def drift(old: Shapes, new: Shapes, contract: CompiledContract, tally: Tally) -> Iterator[Finding]:
    """Every difference in what both recordings called, in the document's order."""
    for name in contract.operations:
        before, after = old.statuses(name), new.statuses(name)
        if not before or not after:
            continue
        yield from _statuses(before, after, contract, tally)
        for status in sorted(set(before) & set(after)):
            yield from _Comparison(before[status], after[status], contract, tally).findings()


def _statuses(
    before: dict[int, Shape], after: dict[int, Shape], contract: CompiledContract, tally: Tally
) -> Iterator[Finding]:
    for status in sorted(set(after) - set(before)):
        shape = after[status]
        met = ", ".join(map(str, sorted(before)))
        yield replace(
            _about(shape, "drift-status-new", "warning", f"answers {status}", contract, tally),
            evidence=f"{status} came {_times(shape.count)}; the older recording has {met}",
            count=shape.count,
        )
    for status in sorted(set(before) - set(after)):
        shape = before[status]
        yield replace(
            _about(shape, "drift-status-gone", "note", f"{status} was not met again", contract, tally),
            evidence=f"{status} came {_times(shape.count)} in the older recording and never in this one",
        )


class _Comparison:
    """Two shapes of one operation and status."""

    def __init__(self, old: Shape, new: Shape, contract: CompiledContract, tally: Tally) -> None:
        self._old = old
        self._new = new
        self._contract = contract
        self._tally = tally

    def findings(self) -> Iterator[Finding]:
        old, new = self._old, self._new
        if old.media and new.media and not set(old.media) & set(new.media):
            was, now = ", ".join(sorted(old.media)), ", ".join(sorted(new.media))
            yield self._say(
                "drift-media-type", "error", f"bodies are {now or 'of no type'}", f"{was} before, {now} now"
            )
        yield from self._headers()
        if old.body.count and new.body.count:
            yield from self._nodes((), old.body, new.body)

    def _headers(self) -> Iterator[Finding]:
        old, new = self._old, self._new
        if not old.headed or not new.headed:
            return
        for name in sorted(set(old.headers) | set(new.headers)):
            if old.headers[name] == old.headed and not new.headers[name]:
                yield self._say("drift-header-gone", "warning", f"no header `{name}` any more", _of(name, old.headed))
            elif new.headers[name] == new.headed and not old.headers[name]:
                yield self._say("drift-header-new", "note", f"a new header `{name}`", _of(name, new.headed))

    def _nodes(self, parts: tuple[str, ...], old: Node, new: Node) -> Iterator[Finding]:
        yield from self._types(parts, old, new)
        yield from self._words(parts, old, new)
        before, after = old.types["object"], new.types["object"]
        if before and after:
            for name in sorted(set(old.properties) | set(new.properties)):
                yield from self._property(
                    (*parts, name), old.properties.get(name), new.properties.get(name), before, after
                )
        if old.items is not None and new.items is not None:
            yield from self._nodes((*parts, "*"), old.items, new.items)

    def _property(
        self, parts: tuple[str, ...], old: Node | None, new: Node | None, before: int, after: int
    ) -> Iterator[Finding]:
        where = spelled(parts)
        if old is None and new is not None:
            _, (place, example) = min(new.example.items())
            seen = f"{where}: {example}, in {new.count} of {after}"
            yield self._say("drift-field-new", "note", f"a new field {where}", seen, parts, place, new.count)
        elif old is not None and new is None:
            if old.count >= before:
                _, (place, example) = min(old.example.items())
                seen = f"{where}: {example} before, in all {before}; in none of {after} now"
                yield self._say("drift-field-gone", "warning", f"no field {where} any more", seen, parts, place)
        elif old is not None and new is not None:
            if old.count >= before and new.count < after:
                seen = f"{where}: in all {before} before, in {new.count} of {after} now"
                yield self._say(
                    "drift-field-sometimes", "warning", f"the field {where} is not always there", seen, parts
                )
            yield from self._nodes(parts, old, new)

    def _types(self, parts: tuple[str, ...], old: Node, new: Node) -> Iterator[Finding]:
        where = spelled(parts)
        was, now = set(old.types) - {"null"}, set(new.types) - {"null"}
        if now - was and was:
            kind = min(now - was)
            place, example = new.example[kind]
            _, before = old.example[min(was)]
            level: Level = "warning" if was & now else "error"
            seen = f"{where}: {' or '.join(sorted(was))} before ({before}), {kind} now ({example})"
            title = f"{where} is {'also ' if was & now else ''}{kind}"
            yield self._say("drift-type", level, title, seen, parts, place, new.types[kind])
        if new.types["null"] and not old.types["null"]:
            place, _ = new.example["null"]
            seen = f"{where}: never null in {old.count} before, in {new.types['null']} of {new.count} now"
            yield self._say("drift-null", "warning", f"{where} is null", seen, parts, place, new.types["null"])

    def _words(self, parts: tuple[str, ...], old: Node, new: Node) -> Iterator[Finding]:
        if not old.values or not new.values:
            return
        listed = self._schema(parts)
        known = listed is not None and isinstance(listed.value, dict) and "enum" in listed.value
        # Without a list in the document it takes many of few words to call them one: names differ, too.
        few = old.values.total() >= max(_ENOUGH, 3 * len(old.values))
        if not known and not few:
            return
        where = spelled(parts)
        for word in sorted(set(new.values) - set(old.values)):
            seen = f'{where}: "{word}" now; before {", ".join(sorted(old.values))}'
            yield self._say("drift-value-new", "warning", f'{where} is "{word}"', seen, parts, None, new.values[word])

    def _say(
        self,
        rule: str,
        level: Level,
        what: str,
        evidence: str,
        parts: tuple[str, ...] | None = None,
        place: Place | None = None,
        count: int | None = None,
    ) -> Finding:
        finding = _about(self._new, rule, level, what, self._contract, self._tally)
        spot = self._schema(parts) if parts is not None else None
        return replace(
            finding,
            evidence=evidence,
            document=spot.pointer if spot else finding.document,
            places=(place,) if place else finding.places,
            count=count or self._new.count,
        )

    def _schema(self, parts: tuple[str, ...]) -> Spot | None:
        """Where the document describes a place of the body; None if it does not."""
        spot = _response(self._new, self._contract)
        content = spot.at("content") if spot else None
        schema = next((entry.at("schema") for _, entry in content.items()), None) if content else None
        for part in parts:
            schema = _below(schema, part) if schema else None
        return schema


def _below(schema: Spot, part: str) -> Spot | None:
    found = schema.at("items") if part == "*" else schema.at("properties", part)
    if found is not None:
        return found
    for keyword in ("allOf", "oneOf", "anyOf"):
        branches = schema.at(keyword)
        for branch in branches.entries() if branches else ():
            found = _below(branch, part)
            if found is not None:
                return found
    more = schema.at("additionalProperties")
    return more if more is not None and isinstance(more.value, dict) else None


def _response(shape: Shape, contract: CompiledContract) -> Spot | None:
    responses = contract.route(shape.operation.id).spot.at("responses")
    if responses is None:
        return None
    named = {str(name).upper(): spot for name, spot in responses.items()}
    status = shape.status
    return named.get(str(status)) or named.get(f"{status // 100}XX") or named.get("DEFAULT")


def _about(shape: Shape, rule: str, level: Level, what: str, contract: CompiledContract, tally: Tally) -> Finding:
    spot = _response(shape, contract)
    step: Step = tally.step(shape.first)
    return Finding(
        rule,
        "server",
        f"{what[0].upper()}{what[1:]}" if "status" in rule else f"In replies {shape.status}: {what}",
        "",
        operation=shape.operation.id,
        level=level,
        steps=(step,),
        document=spot.pointer if spot else f"{shape.operation.pointer}/responses",
        about=FINDS[rule],
        places=(shape.first.place,),
    )


def _of(name: str, count: int) -> str:
    return f"`{name}` was in all {count} of the one recording and in none of the other"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
