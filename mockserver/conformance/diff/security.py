"""What changed in who may call: the ways in, the schemes and scopes each needs.

A way in that was there still works if some way now asks for no scheme and no scope more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from mockserver.conformance.diff.changes import MAYBE, NO, YES
from mockserver.conformance.diff.pairs import Place
from mockserver.conformance.diff.parts import mapping
from mockserver.conformance.diff.shift import SAME, Setting, Shift
from mockserver.conformance.diff.wholes import spelled
from mockserver.contract.spot import Spot
from mockserver.core.text import Json

# What tells schemes apart on the wire; their names in the document do not.
_IDENTITY: Final = ("type", "in", "name", "scheme")
Way = Mapping[str, frozenset[str]]


def security_shifts(old: Place, new: Place) -> Iterator[Shift]:
    """Of one operation."""
    (before, one), (after, other) = (_ways(place) for place in (old, new))
    setting = Setting("security", "security", old.name, "request", old.name)
    lost = [way for way in before if not any(_within(each, way) for each in after)]
    come = [way for way in after if not any(_within(each, way) for each in before)]
    scopes = bool(lost or come) and {frozenset(way) for way in before} == {frozenset(way) for way in after}
    what = "scope" if scopes else "way"
    if lost:
        text = f"{_told(lost)} is not enough any more; it takes {_told(after)}"
        clients = (YES, "who comes that way is refused")
        yield setting.shift(f"{what}-tightened", text, clients, SAME, one, other)
    if come:
        text = f"{_told(come)} is enough now; it took {_told(before)}"
        servers = (YES, "they refuse who comes that way")
        yield setting.shift(f"{what}-relaxed", text, SAME, servers, one, other)


def scheme_shifts(old: Spot, new: Spot) -> Iterator[Shift]:
    """Of schemes that both documents have: where tokens come from, what scopes there are."""
    before, after = (dict(spot.items()) if spot is not None else {} for spot in (_schemes(old), _schemes(new)))
    for name in (name for name in before if name in after):
        one, other = before[name], after[name]
        setting = Setting("security", "security-scheme", f"security scheme `{name}`", "request")
        if _identity(one.value) != _identity(other.value):
            text = f"it was {_identity(one.value)} and is {_identity(other.value)}"
            grave = (MAYBE, "their credentials may go elsewhere; each operation tells")
            yield setting.shift("changed", text, grave, grave, one.pointer, other.pointer)
        yield from _flows(one, other, setting)


def _flows(one: Spot, other: Spot, setting: Setting) -> Iterator[Shift]:
    before, after = (dict(spot.items()) if (spot := each.at("flows")) is not None else {} for each in (one, other))
    for name in dict.fromkeys((*before, *after)):
        old, new = before.get(name), after.get(name)
        if old is None and new is not None:
            yield setting.shift("flow-added", f"the flow {name} is new", SAME, SAME, one.pointer, new.pointer)
        elif new is None and old is not None:
            clients = (YES, "they can't get a token that way")
            yield setting.shift("flow-removed", f"the flow {name} is gone", clients, SAME, old.pointer, other.pointer)
        elif old is not None and new is not None:
            yield from _flow(old, new, name, setting)


def _flow(old: Spot, new: Spot, name: str, setting: Setting) -> Iterator[Shift]:
    for key in ("authorizationUrl", "tokenUrl", "refreshUrl"):
        was, now = old.value.get(key), new.value.get(key)
        if was != now:
            text = f"{key} of {name} was {was} and is {now}"
            clients = (YES if was is not None else NO, "they ask at the old place" if was else "they need not use it")
            pointers = (f"{old.pointer}/{key}" if was else old.pointer, f"{new.pointer}/{key}" if now else new.pointer)
            yield setting.shift("url-changed", text, clients, SAME, *pointers)
    was, now = (mapping(spot.value.get("scopes")) for spot in (old, new))
    for scope in was.keys() - now.keys():
        clients = (YES, "who asks for it is refused")
        yield setting.shift("scope-removed", f"the scope `{scope}` is gone", clients, SAME, old.pointer, new.pointer)
    for scope in now.keys() - was.keys():
        yield setting.shift("scope-added", f"the scope `{scope}` is new", SAME, SAME, old.pointer, new.pointer)


def _ways(place: Place) -> tuple[list[Way], str]:
    """The ways in, each its schemes with their scopes, and where they are told; where none is, all may come in."""
    root = Spot.of(place.spot.root)
    holder = place.spot if isinstance(place.spot.value.get("security"), list) else root
    listed = holder.value.get("security")
    pointer = f"{holder.pointer}/security" if isinstance(listed, list) else place.spot.pointer
    schemes = _schemes(root)
    ways = [_way(each, schemes) for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    return ways or [{}], pointer


def _way(requirement: Json, schemes: Spot | None) -> Way:
    found: dict[str, frozenset[str]] = {}
    for name, scopes in requirement.items():
        spot = schemes.at(name) if schemes is not None else None
        found[_identity(spot.value) if spot is not None else name] = frozenset(map(str, scopes or ()))
    return found


def _schemes(root: Spot) -> Spot | None:
    return root.at("components", "securitySchemes")


def _identity(scheme: Json) -> str:
    words = [str(scheme[key]) for key in _IDENTITY if key in scheme]
    words += [str(scheme["openIdConnectUrl"])] if "openIdConnectUrl" in scheme else []
    return " ".join(words) or spelled(scheme)


def _within(one: Way, other: Way) -> bool:
    """Whether who comes the other way may come this way, too: it asks for no more."""
    return all(name in other and scopes <= other[name] for name, scopes in one.items())


def _told(ways: list[Way]) -> str:
    return " or ".join(
        " and ".join(f"{name} ({', '.join(sorted(scopes))})" if scopes else name for name, scopes in way.items())
        or "no credential"
        for way in ways
    )
