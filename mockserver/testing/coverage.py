"""How much of the documents a test run has met: counts of several servers put together, and the words for them.

Works on values as `GET /__admin/coverage` gives them, by provider.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence

from mockserver.core.text import Json
from mockserver.engine.coverage import documented, fault_kinds

_WIDTH = 100


def merged(one: Json, other: Json) -> Json:
    """Both runs together."""
    names = list(dict.fromkeys((*one, *other)))
    return {name: _provider(one.get(name), other.get(name), 1) for name in names}


def less(later: Json, earlier: Json) -> Json:
    """What came after an earlier look at the same server."""
    return {name: _provider(told, earlier.get(name), -1) for name, told in later.items()}


def called(providers: Json) -> Json:
    """The providers that were called at all: a client of one is not told about the other."""
    return {name: told for name, told in providers.items() if told["calls"]}


def percentage(providers: Json) -> float:
    """How many of the documented replies of the providers that were called were met, in per cent; 100 for none."""
    met = sum(told["statuses"]["met"] for told in called(providers).values())
    of = sum(told["statuses"]["of"] for told in called(providers).values())
    return 100.0 * met / of if of else 100.0


def lines(providers: Json, *, missing: bool = False) -> Iterator[str]:
    """The summary; `missing` lists what is documented and was never met."""
    for name, told in called(providers).items():
        operations, statuses = told["operations"], told["statuses"]
        share = 100 * statuses["met"] / statuses["of"] if statuses["of"] else 100.0
        calls = "1 call" if told["calls"] == 1 else f"{told['calls']} calls"
        yield (
            f"{name}: {operations['called']} of {operations['of']} operations called, "
            f"{statuses['met']} of {statuses['of']} documented replies met ({share:.1f} %), {calls}"
        )
        lived = [text for text in (_refused(told), _seen(told), _struck(told)) if text]
        if lived:
            yield f"  {', '.join(lived)}"
        if missing:
            yield from _missing(told)


def _refused(told: Json) -> str:
    met = sum(len(each.get("refused", ())) for each in told["tried"])
    of = met + sum(len(each.get("neverRefused", ())) for each in told["tried"])
    return f"{met} of {of} documented refusals" if of else ""


def _seen(told: Json) -> str:
    machines = told.get("machines", {}).values()
    met = sum(len(each["met"]) for each in machines)
    of = met + sum(len(each["never"]) for each in machines)
    return f"{met} of {of} changes of state seen" if of else ""


def _struck(told: Json) -> str:
    met, never = told["faults"]["met"], told["faults"]["never"]
    return f"{len(met)} of {len(met) + len(never)} kinds of faults met"


def _missing(told: Json) -> Iterator[str]:
    tried = [each for each in told["tried"] if each["simulated"]]
    called = [each for each in tried if each["calls"]]
    yield from _table("your client has never met it", [(each["operation"], each["never"]) for each in called])
    unsent = [(each["operation"], each.get("neverSent", ())) for each in called]
    yield from _table("your client never sends it", unsent)
    refused = [(each["operation"], each.get("neverRefused", ())) for each in called]
    yield from _table("your client was never refused so", refused)
    machines = told.get("machines", {}).items()
    yield from _table("your client has never seen it happen", [(name, each["never"]) for name, each in machines])
    yield from _table("your client was never up against it", [("faults", told["faults"]["never"])])
    never = [each["operation"] for each in tried if not each["calls"]]
    if never:
        yield "  never called:"
        yield from textwrap.wrap(", ".join(never), _WIDTH, initial_indent="    ", subsequent_indent="    ")


def _table(what: str, rows: Iterable[tuple[str, Sequence[str]]]) -> Iterator[str]:
    """What is documented and missing, by operation or thing; nothing if nothing is."""
    rows = [(name, missing) for name, missing in rows if missing]
    if rows:
        yield f"  documented, and {what}:"
    width = max((len(name) for name, _ in rows), default=0)
    for name, missing in rows:
        first = f"    {name:{width}}  "
        indent = " " * len(first)
        yield from textwrap.wrap(
            ", ".join(missing), _WIDTH, initial_indent=first, subsequent_indent=indent, break_on_hyphens=False
        )


def _provider(one: Json, other: Json, sign: int) -> Json:
    if one is None or other is None:
        return one or other
    theirs = {each["operation"]: each for each in other["tried"]}
    tried = [_operation(each, theirs.get(each["operation"]), sign) for each in one["tried"]]
    answered = [each for each in tried if each["simulated"]]
    return {
        "operations": {"called": sum(each["calls"] > 0 for each in answered), "of": len(answered)},
        "statuses": {
            "met": sum(len(each["met"]) for each in answered),
            "of": sum(len(each["met"]) + len(each["never"]) for each in answered),
        },
        "calls": sum(each["calls"] for each in tried),
        "unmatched": one["unmatched"] + sign * other["unmatched"],
        "faults": fault_kinds(_counts(one["faults"]["met"], other["faults"]["met"], sign)),
        "tried": tried,
    }


def _operation(one: Json, other: Json, sign: int) -> Json:
    if other is None:
        return one
    statuses = _counts(one["statuses"], other["statuses"], sign)
    # In the order of the document, as far as two parts of a list tell it.
    known = tuple(dict.fromkeys((*one["met"], *one["never"])))
    met = {documented(int(status), known) for status in statuses}
    return {
        **one,
        "calls": sum(statuses.values()),
        "statuses": statuses,
        "met": [status for status in known if status in met],
        "never": [status for status in known if status not in met],
        "violating": one["violating"] + sign * other["violating"],
        "violations": _counts(one["violations"], other["violations"], sign),
    }


def _counts(one: Json, other: Json, sign: int) -> dict[str, int]:
    found = {name: one.get(name, 0) + sign * other.get(name, 0) for name in sorted({*one, *other})}
    return {name: count for name, count in found.items() if count > 0}
