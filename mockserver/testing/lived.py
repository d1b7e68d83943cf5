"""What a client has lived through: which documented refusals it was told, and how it saw things change.

Read from its own calls alone. A refusal is an outcome that says why, as `mockserver outcomes` lists them. An edge of a
state machine was seen when two looks at one thing, one after the other, show its ends; or when what lies between those
ends no look ever shows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import pairwise
from typing import Final

from mockserver.core.http import decode_segment
from mockserver.core.text import Json, Record, resolve
from mockserver.engine.cards import Card
from mockserver.engine.edge_cards import NEW, Machine, machines
from mockserver.engine.journal import Entry
from mockserver.testing.outcomes import known
from mockserver.testing.sent import Parts

Edge = tuple[str, str]

# A shorter word of a request stands in a sentence by chance.
_WORD: Final = 3
# Words of headers that stand in sentences on their own.
_PLAIN: Final = frozenset({"bearer", "charset", "content", "encoding", "jwt", "user"})


def refusals(parts: Parts, entries: Iterable[Entry]) -> None:
    """Count, by provider and operation, the documented refusals these exchanges ended with."""
    for entry in entries:
        if entry.operation is None or entry.reply.status < 400 or entry.fault is not None:
            continue
        said = list(_texts(entry.reply.value))
        for name, status, sentence in _refusals(entry.provider).get(entry.operation, ()):
            if status == entry.reply.status and any(sentence.fullmatch(text) for text in said):
                _count(parts, entry.provider, entry.operation, name)


def edges(parts: Parts, entries: Iterable[Entry]) -> None:
    """Count, by provider and thing, the edges (`waiting-running`) that these exchanges of one world show, in order."""
    seen: dict[tuple[str, str], str] = {}
    for entry in entries:
        if entry.request.method != "GET" or entry.fault is not None:
            continue
        for machine in _machines(entry.provider):
            look = _look(machine).fullmatch(entry.request.path)
            if look is None:
                continue
            thing = machine.thing, decode_segment(look[1])
            before = seen.get(thing, NEW)
            state, way = _next(machine, before, entry)
            if state is None or (before == NEW and entry.reply.status >= 400):
                continue
            seen[thing] = state
            for edge in way:
                _count(parts, entry.provider, machine.thing, "-".join(edge))


def joined(met: Json, told: Parts, seen: Parts) -> Json:
    """Coverage with `refused` and `neverRefused` for each operation, and by provider `machines`.

    `machines` are `{thing: {"met": {edge: count}, "never": [edges]}}`.
    """

    def operation(provider: str, each: Json) -> Json:
        found = told.get(provider, {}).get(each["operation"], {})
        names = [name for name, _, _ in _refusals(provider).get(each["operation"], ())]
        return {**each, "refused": found, "neverRefused": [name for name in names if name not in found]}

    def machine(machine: Machine) -> Json:
        found = seen.get(machine.provider, {}).get(machine.thing, {})
        names = ["-".join(edge) for edge in _visible(machine)]
        return {
            "met": {name: found[name] for name in names if name in found},
            "never": [name for name in names if name not in found],
        }

    return {
        provider: {
            **whole,
            "tried": [operation(provider, each) for each in whole["tried"]],
            "machines": {each.thing: machine(each) for each in _machines(provider)},
        }
        for provider, whole in met.items()
    }


def _count(parts: Parts, provider: str, group: str, name: str) -> None:
    found = parts.setdefault(provider, {}).setdefault(group, {})
    found[name] = found.get(name, 0) + 1


# ---- refusals


@cache
def _refusals(provider: str) -> Mapping[str, tuple[tuple[str, int, re.Pattern[str]], ...]]:
    """By operation: name, status and sentence of each refusal; of those that read alike the first."""
    found: dict[str, dict[tuple[int, str], tuple[str, int, re.Pattern[str]]]] = {}
    for card in known():
        if card.provider == provider and card.status >= 400 and card.says:
            sentence = _sentence(card)
            alike = card.status, sentence.pattern
            found.setdefault(card.operation.id, {}).setdefault(alike, (card.name, card.status, sentence))
    return {operation: tuple(sentences.values()) for operation, sentences in found.items()}


def _sentence(card: Card) -> re.Pattern[str]:
    """What the refusal says, with anything where it repeats a word of the request."""
    sentence = re.escape(card.says or "")
    for word in sorted(set(_words(card)), key=len, reverse=True):
        sentence = re.sub(rf"(?i)(?<![\w-]){re.escape(re.escape(word))}(?![\w-])", ".+", sentence)
    return re.compile(sentence, re.DOTALL)


def _words(card: Card) -> Iterator[str]:
    """What the client chose: segments of the path, values of headers and query, a token nobody knows."""
    outcome = card.outcome
    for named in (outcome.get("path", {}), outcome.get("query", {}), outcome.get("headers", {})):
        for value in named.values():
            words = re.split(r"[\s,;=]+", str(value))
            yield from (word for word in words if len(word) >= _WORD and word.lower() not in _PLAIN)
    role = card.key.rpartition("+")[2]
    if f"token {role} " in (card.says or ""):
        yield role


def _texts(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)


# ---- state machines


@cache
def _machines(provider: str) -> tuple[Machine, ...]:
    """Those of a provider whose looks tell states that go on apart."""
    return tuple(each for each in machines() if each.provider == provider and _tells_apart(each.shows))


def _tells_apart(shows: Mapping[str, Record]) -> bool:
    there = [said for said in shows.values() if said.get("status", 200) < 400]
    return all(
        any(one[name] != other[name] for name in one.keys() & other.keys())
        for at, one in enumerate(there)
        for other in there[at + 1 :]
    )


@cache
def _look_of(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\$[a-z]+", "([^/]+)", re.escape(path)))


def _look(machine: Machine) -> re.Pattern[str]:
    return _look_of(machine.look)


def _next(machine: Machine, before: str, entry: Entry) -> tuple[str | None, list[Edge]]:
    """Which state a look shows, and the edges that lead there; of states that look alike the nearest."""
    ways = {
        state: _way(machine.edges, frozenset(machine.shows), before, state)
        for state, said in machine.shows.items()
        if _is_shown(said, entry)
    }
    if not ways:
        return None, []
    state = min(ways, key=lambda state: len(ways[state]) if ways[state] or state == before else len(machine.edges))
    return state, ways[state]


def _is_shown(said: Record, entry: Entry) -> bool:
    if said.get("status", 200) != entry.reply.status:
        return False
    try:
        return all(resolve(entry.reply.value, at) == value for at, value in said.items() if at.startswith("/"))
    except KeyError:
        return False


@cache
def _way(edges: tuple[Edge, ...], shown: frozenset[str], start: str, end: str) -> list[Edge]:
    """The shortest way past states that nobody is shown; none if there is none, or several are as short."""
    ways: list[tuple[str, ...]] = [(start,)]
    passed = {start}
    while ways:
        arrived = [way for way in ways if way[-1] == end]
        if arrived:
            return list(pairwise(arrived[0])) if len(arrived) == 1 else []
        ways = [
            (*way, to)
            for way in ways
            for of, to in edges
            if of == way[-1] and to not in passed and (to == end or to not in shown)
        ]
        passed.update(way[-1] for way in ways)
    return []


@cache
def _visible_of(edges: tuple[Edge, ...], states: tuple[str, ...], gone: frozenset[str]) -> tuple[Edge, ...]:
    """What is `gone` when it is first looked for may never have been."""
    ends = [(start, end) for start in (NEW, *states) for end in states if start != NEW or end not in gone]
    seen = {edge for start, end in ends for edge in _way(edges, frozenset(states), start, end)}
    return tuple(edge for edge in edges if edge in seen)


def _visible(machine: Machine) -> tuple[Edge, ...]:
    """The edges that a client can see, in the order they are documented."""
    gone = frozenset(state for state, said in machine.shows.items() if said.get("status", 200) >= 400)
    return _visible_of(machine.edges, tuple(machine.shows), gone)
