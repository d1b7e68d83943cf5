"""What changed in objects and arrays: which properties there are, what they hold, what items are.

Nobody sends or counts on a property that its document does not name. That is why a new optional property of an object
that is open to others is no danger, though another kind of value could have stood under its name before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from mockserver.conformance.diff.changes import MAYBE, NO, YES, Change, Grade
from mockserver.conformance.diff.likeness import same_wholes
from mockserver.conformance.diff.wholes import Told, Whole
from mockserver.contract.dialect import Direction
from mockserver.contract.spot import Spot, escape

Inner = Callable[[Whole, Whole], list[Change]]


def objects(old: Whole, new: Whole, direction: Direction, inner: Inner) -> Iterator[Change]:
    for name in dict.fromkeys((*old.names, *new.names)):
        if _both(old, new, name):
            yield from (change.under(escape(name)) for change in inner(old.property(name), new.property(name)))
        yield from (change.under(escape(name)) for change in _presence(old, new, name, direction, inner))
    for name in old.required.keys() ^ new.required.keys():
        if name not in old.names and name not in new.names:
            yield _requirement(old, new, name).under(escape(name))
    if sorted(old.patterns) == sorted(new.patterns):
        for pattern in old.patterns:
            found = inner(old.pattern(pattern), new.pattern(pattern))
            yield from (change.under(escape(pattern)) for change in found)
    else:
        text = "the patterns of property names have changed"
        yield Change("pattern-properties-changed", text, MAYBE, MAYBE, old.pointer, new.pointer)
    yield from _others(old, new, inner)
    yield from _names(old, new, inner)
    yield from _dependent(old, new, inner)


def _both(old: Whole, new: Whole, name: str) -> bool:
    """Whether each of the two says something of the property, by name or by what holds of all others."""
    return all(name in each.names or not _silent(each.property(name)) for each in (old, new))


def _silent(whole: Whole) -> bool:
    """A property that is not named: nothing is said of it, or it is refused like any other."""
    return whole.open or whole.never is not None


def _presence(old: Whole, new: Whole, name: str, direction: Direction, inner: Inner) -> Iterator[Change]:
    came, went = name in new.names and name not in old.names, name in old.names and name not in new.names
    required = name in old.required, name in new.required
    before, after = old.property(name), new.property(name)
    asked = direction == "request"
    if came and _silent(before):
        if after.never is None:
            closed = before.never is not None
            widens: Grade = YES if closed else MAYBE if asked else NO
            rule = "required-property-added" if required[1] else "property-added"
            text = f"`{name}` is new, and required" if required[1] else f"`{name}` is new"
            yield Change(rule, text, YES if required[1] and not required[0] else NO, widens, old.body, after.pointer)
    elif went and _silent(after):
        if before.never is None:
            closed = after.never is not None
            narrows: Grade = YES if closed else MAYBE if asked else NO
            widens = YES if required[0] and not required[1] else NO if asked else MAYBE
            rule = "required-property-removed" if required[0] else "property-removed"
            yield Change(rule, f"`{name}` is gone", narrows, widens, before.pointer, new.body)
    elif required[0] != required[1]:
        yield _requirement(old, new, name)


def _requirement(old: Whole, new: Whole, name: str) -> Change:
    if name in new.required:
        text = f"`{name}` is required now"
        return Change("property-became-required", text, YES, NO, _property_at(old, name), new.required[name])
    text = f"`{name}` is not required any more"
    return Change("property-became-optional", text, NO, YES, old.required[name], _property_at(new, name))


def _property_at(whole: Whole, name: str) -> str | None:
    return whole.property(name).pointer or whole.body


def _others(old: Whole, new: Whole, inner: Inner) -> Iterator[Change]:
    """Of properties that are not named."""
    before, after = old.others(), new.others()
    if before.never is None and after.never is None:
        yield from (change.under("*") for change in inner(before, after))
        return
    if before.never is not None and after.never is not None:
        return
    if after.never is not None:
        grade = MAYBE if before.open else YES
        text = "properties that are not named are refused now"
        yield Change("additional-properties-forbidden", text, grade, NO, before.pointer or old.pointer, after.never)
    else:
        grade = MAYBE if after.open else YES
        text = "properties that are not named are possible now"
        yield Change("additional-properties-allowed", text, NO, grade, before.never, after.pointer or new.pointer)


def _names(old: Whole, new: Whole, inner: Inner) -> Iterator[Change]:
    before, after = old.inner("propertyNames"), new.inner("propertyNames")
    for change in inner(before, after) if before.spots or after.spots else ():
        yield Change(
            f"property-names-{change.rule}",
            f"of names: {change.text}",
            change.narrows,
            change.widens,
            change.old,
            change.new,
        )


def _dependent(old: Whole, new: Whole, inner: Inner) -> Iterator[Change]:
    before, after = (_pairs(whole.told("dependentRequired")) for whole in (old, new))
    for wanted in sorted(before.keys() ^ after.keys()):
        come = wanted in after
        text = f"`{wanted[1]}` is {'' if come else 'not '}required {'now' if come else 'any more'} beside `{wanted[0]}`"
        rule = f"dependent-required-{'added' if come else 'removed'}"
        yield Change(rule, text, YES if come else NO, NO if come else YES, before.get(wanted), after.get(wanted))
    keys = {name for whole in (old, new) for told in whole.told("dependentSchemas") for name in told.value or ()}
    for name in sorted(keys):
        pair = [Whole(_dependents(whole, name)) for whole in (old, new)]
        yield from inner(*pair)


def _pairs(listed: Iterable[Told]) -> dict[tuple[str, str], str]:
    return {
        (name, wanted): f"{told.pointer}/{name}"
        for told in listed
        if isinstance(told.value, dict)
        for name, names in told.value.items()
        for wanted in names
    }


def _dependents(whole: Whole, name: str) -> Iterator[Spot]:
    for part in whole.parts:
        listed = part.child("dependentSchemas")
        child = listed.child(name) if listed is not None else None
        if child is not None:
            yield child


def arrays(old: Whole, new: Whole, inner: Inner) -> Iterator[Change]:
    prefix = max(old.prefix, new.prefix)
    for index in range(prefix):
        yield from (change.under(str(index)) for change in inner(old.item(index), new.item(index)))
    yield from (change.under("*") for change in inner(old.item(prefix), new.item(prefix)))
    if not same_wholes(old.inner("unevaluatedItems"), new.inner("unevaluatedItems")):
        text = "what holds of items that nothing else tells of has changed"
        yield Change("unevaluated-items-changed", text, MAYBE, MAYBE, old.pointer, new.pointer)
    counts = [
        [(told.value, key) for key in ("minContains", "maxContains") for told in whole.told(key)]
        for whole in (old, new)
    ]
    if counts[0] != counts[1] or not same_wholes(old.inner("contains"), new.inner("contains")):
        text = "what items have to be among the others has changed"
        yield Change("contains-changed", text, MAYBE, MAYBE, old.pointer, new.pointer)
