"""Values that spell faults, right and wrong, for Hypothesis."""

from __future__ import annotations

from hypothesis import strategies as st

from mockserver.core.text import Json
from mockserver.engine.fault_schema import EFFECTS

WHEN = st.sampled_from(["before", "after"])
NAMES = st.sampled_from(["a", "b-1", "storm"])


def record(required: dict[str, st.SearchStrategy[Json]], optional: dict[str, st.SearchStrategy[Json]]) -> Json:
    return st.fixed_dictionaries(required, optional=optional)


STATUS = st.integers(200, 599) | record(
    {"code": st.integers(200, 599)},
    {
        "message": NAMES,
        "retryAfter": st.integers(0, 100),
        "retryAfterAs": st.sampled_from(["seconds", "date"]),
        "when": WHEN,
    },
)
DELAY = (
    st.integers(0, 600_000)
    | record({"ms": st.integers(0, 100)}, {})
    | record({"mean": st.floats(0, 100)}, {"deviation": st.integers(0, 9), "most": st.integers(0, 9)})
    | record({"median": st.integers(0, 100)}, {"sigma": st.floats(0, 10), "most": st.integers(0, 9)})
)
JOB = record(
    {},
    {
        "fail": st.integers(0, 100),
        "failures": st.integers(1, 3),
        "stuck": st.floats(0, 100),
        "times": st.floats(0, 100),
        "message": NAMES,
    },
)
SAID: dict[str, st.SearchStrategy[Json]] = {
    "delay": DELAY,
    "status": STATUS,
    "json": st.sampled_from(["malformed", "html", "empty"]),
    "truncate": st.integers(0, 9) | record({"bytes": st.integers(0, 9)}, {}) | record({"share": st.floats(0, 1)}, {}),
    "length": st.integers(-9, 9),
    "chunk": st.sampled_from(["malformed", "unfinished"]),
    "drip": record({"bytes": st.integers(1, 9), "ms": st.integers(0, 9)}, {}),
    "empty": WHEN,
    "reset": st.sampled_from(["before", "after", "middle"]),
    "hang": WHEN,
    "job": JOB,
}
CALLS = record(
    {},
    {
        "provider": NAMES,
        "operation": NAMES | st.lists(NAMES, max_size=2),
        "world": NAMES,
        "method": st.sampled_from(["GET", "post", "1"]),
        "path": st.sampled_from(["/a/*", "*", "/a/{id}", "a"]),
        "headers": st.dictionaries(st.sampled_from(["X-A", "x-b"]), NAMES, max_size=2),
        "body": st.dictionaries(st.sampled_from(["", "/a", "/a~1b", "/~", "a"]), st.integers() | st.none(), max_size=2),
        "status": st.sampled_from(["2XX", "201", "6XX", "20"]),
    },
)
TURNS = record(
    {},
    {
        "nth": st.integers(0, 3),
        "after": st.integers(0, 3),
        "first": st.integers(0, 3),
        "every": st.integers(0, 3),
        "chance": st.floats(0, 1),
    },
)
JUNK: st.SearchStrategy[Json] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-1, 600),
    st.floats(allow_nan=False),
    st.just(""),
    NAMES,
    st.just([]),
    st.just({}),
)


@st.composite
def spelled(draw: st.DrawFn) -> Json:
    """Mostly a fault; what can't stand together, or out of bounds, is among them."""
    names = draw(st.lists(st.sampled_from([*EFFECTS]), max_size=3, unique=True))
    fault = {name: draw(SAID[name]) for name in names}
    for name, part in (("name", NAMES), ("about", st.just("")), ("calls", CALLS), ("turns", TURNS)):
        if draw(st.booleans()):
            fault[name] = draw(part)
    return fault


@st.composite
def spoilt(draw: st.DrawFn) -> Json:
    """The same with something else in one place, or something more."""
    fault = draw(spelled())
    name = draw(st.sampled_from([*fault, "extra", "calls", "turns", "status", "job"]))
    inside = fault.get(name)
    if isinstance(inside, dict) and draw(st.booleans()):
        key = draw(st.sampled_from([*inside, "extra"]))
        return {**fault, name: {**inside, key: draw(JUNK)}}
    return {**fault, name: draw(JUNK)}
