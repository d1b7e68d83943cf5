"""Every edge of the providers' state machines as something to try: the calls that lead to it, take it, and look at it.

`fixtures/edges/*.yaml` lists them; livepeer.yaml there says how it is written. The tables and diagrams of the
documentation, and of `mockserver edges`, come from here. Each row is run by a test, and another compares them with what
the code can do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from mockserver import resources
from mockserver.contract.document import read_document
from mockserver.core.text import Json, Record
from mockserver.engine.edge_calls import EdgeCall

WORLD: Final = "test_me"
# What is outside of every machine.
NEW, GONE = "new", "gone"
_UNSEEN: Final[Record] = {"once": True}


@dataclass(frozen=True, slots=True)
class EdgeCard:
    """One edge of a thing's machine, in words of its provider. `step` takes it, `given` leads up to it.

    `before` and `after` read the state, where that can be done; `then` tells apart what looks the same.
    """

    provider: str
    thing: str
    start: str
    end: str
    why: str
    given: tuple[EdgeCall, ...]
    before: EdgeCall | None
    step: EdgeCall
    after: EdgeCall | None
    then: tuple[EdgeCall, ...]

    @property
    def name(self) -> str:
        """`task-waiting-running`."""
        return "-".join((*self.thing.split(), self.start, self.end))

    @property
    def calls(self) -> tuple[EdgeCall, ...]:
        """All of them, in order; the first makes the world."""
        before, after = ([each] if each else [] for each in (self.before, self.after))
        return (*self.given, *before, self.step, *after, *self.then)

    def script(self, url: str) -> list[str]:
        """The lines of a shell script that needs curl and jq; `url` is where the server is."""
        return [line for call in self.calls for line in call.script(url)]

    def to_json(self, url: str) -> dict[str, Json]:
        """`{"edge", "provider", "thing", "from", "to", "why", "step", "script"}`."""
        told = {"edge": self.name, "provider": self.provider, "thing": self.thing, "from": self.start, "to": self.end}
        return {**told, "why": self.why, "step": self.step.line, "script": self.script(url)}


@dataclass(frozen=True, slots=True)
class Machine:
    """A thing's states as its provider's API shows them to who looks.

    `look` is the path that shows one (`/api/task/$task`). `shows` are the states a look tells: the reply's `status` and
    what stands under its pointers. `edges` are (from, to) of the whole machine, states no look shows among them.
    """

    provider: str
    thing: str
    look: str
    shows: Mapping[str, Record]
    edges: tuple[tuple[str, str], ...]


@cache
def machines() -> tuple[Machine, ...]:
    """The machines whose states a GET of one's own tells; tokens, say, are none of these. Raises DocumentError."""
    found = []
    for file in sorted((resources.fixtures() / "edges").glob("*.yaml")):
        for thing, told in read_document(file).value["things"].items():
            method, _, path = told["look"].get("send", "").partition(" ")
            shows = {state: said for state, said in told["shows"].items() if not said.get("once")}
            if method == "GET" and "$" in path and "key" not in told["look"]:
                ends = dict.fromkeys((edge["from"], edge["to"]) for edge in told["edges"])
                found.append(Machine(file.stem, thing, path, shows, tuple(ends)))
    return tuple(found)


@cache
def edges() -> Mapping[str, tuple[EdgeCard, ...]]:
    """The edges of every thing that has states, by its name. Raises DocumentError."""
    files = sorted((resources.fixtures() / "edges").glob("*.yaml"))
    return {thing: cards for file in files for thing, cards in _things(file.stem, read_document(file).value)}


def diagram(cards: Iterable[EdgeCard]) -> str:
    """The machine as Mermaid draws it, what happens on each edge."""
    lines = [f"    {_state(card.start)} --> {_state(card.end)}: {card.step.event}" for card in cards]
    return "\n".join(["stateDiagram-v2", *lines])


def _state(name: str) -> str:
    return "[*]" if name in (NEW, GONE) else name


def _things(provider: str, document: Record) -> Iterator[tuple[str, tuple[EdgeCard, ...]]]:
    steps = _Steps(provider, document["steps"])
    for thing, told in document["things"].items():
        yield thing, tuple(_card(provider, thing, told, edge, steps) for edge in told["edges"])


def _card(provider: str, thing: str, told: Record, edge: Record, steps: _Steps) -> EdgeCard:
    start, end, values = edge["from"], edge["to"], edge.get("with", {})
    states: Record = told["shows"]

    def calls(said: Iterable[str | Record | None]) -> tuple[EdgeCall, ...]:
        return tuple(_filled(steps.call(each), values) for each in said if each is not None)

    (step,) = calls([edge["step"]])
    (look,) = calls([edge.get("look", told["look"])]) or (None,)
    return EdgeCard(
        provider,
        thing,
        start,
        end,
        edge["why"],
        (steps.world(edge.get("world", {})), *calls(edge.get("given", ()))),
        _looked(look, states.get(start, _UNSEEN), edge.get("before", {})),
        step,
        _looked(look, {**states.get(end, {}), "once": False}, edge.get("after", {})),
        tuple(replace(call, keep={}) for call in calls(edge.get("then", ()))),
    )


def _looked(look: EdgeCall | None, state: Record, more: Record) -> EdgeCall | None:
    """A look that shows a state, and `more`; None for one that can be looked at only `once`."""
    if look is None or state.get("once"):
        return None
    shows = {name: value for name, value in state.items() if name.startswith("/")}
    return replace(look, status=state.get("status"), shows={**shows, **more}, keep={})


class _Steps:
    """Calls as the document writes them: the name of one of its `steps`, `wait 2s`, or a mapping."""

    def __init__(self, provider: str, named: Record) -> None:
        self._provider = provider
        self._named = named

    def world(self, more: Record) -> EdgeCall:
        """The call that makes the world: its clock stands, its jobs go as in life."""
        body = {"provider": self._provider, "name": WORLD, "frozen": True, "pace": 1, "replace": True, **more}
        return EdgeCall("POST", "/__admin/worlds", "a world", body=body)

    def call(self, said: str | Record) -> EdgeCall:
        if isinstance(said, str):
            word, _, by = said.partition(" ")
            if word == "wait":
                return EdgeCall("POST", self._at("clock/advance"), "time", body={"by": by})
            return self.call(self._named[said])
        if "use" in said:
            return _changed(self.call(self._named[said["use"]]), said)
        if "verb" in said:
            call = EdgeCall("POST", self._at(f"verbs/{said['verb']}"), said["verb"])
        else:
            method, _, path = said["send"].partition(" ")
            usual = None if path.startswith("/__admin/") else WORLD
            call = EdgeCall(method, path, f"{method} {path}", said.get("key", usual))
        return _changed(call, said)

    def _at(self, what: str) -> str:
        return f"/__admin/worlds/{self._provider}/{WORLD}/{what}"


def _changed(call: EdgeCall, said: Record) -> EdgeCall:
    """The call with what is said of its body, its form and its reply."""
    if "body" in said:
        call = replace(call, body={**(call.body or {}), **said["body"]})
    named = ("form", "keep", "status", "shows", "says")
    return replace(call, **{name: said[name] for name in named if name in said})


def _filled(call: EdgeCall, values: Mapping[str, str]) -> EdgeCall:
    """The call with values that are known from the beginning."""

    def fill(said: Json) -> Json:
        if isinstance(said, dict):
            return {name: fill(each) for name, each in said.items()}
        return values.get(said[1:], said) if isinstance(said, str) and said.startswith("$") else said

    path = "/".join(fill(part) for part in call.path.split("/"))
    return replace(call, path=path, body=fill(call.body))
