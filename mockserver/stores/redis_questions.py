"""Questions about a world as the script in Redis is asked them, its answers, and changes as it is told them."""

from __future__ import annotations

from collections.abc import Iterable, Set
from typing import Final

from mockserver.core.text import Json
from mockserver.core.world import Due, WorldId
from mockserver.stores.known import Count, Get, Known, Page, Question
from mockserver.stores.redis_scripts import Keys, field, kind_and_id, member, place_of
from mockserver.stores.rows import Step, read, written

# What was asked for by more than one batch is fetched with the first question after others have changed the world.
MOST_USUAL: Final = 48
MOST_ASKED: Final = 4 * MOST_USUAL


def asked(keys: Keys, world: WorldId, question: Question) -> tuple[bytes, ...]:
    """A question as items of the script."""
    if isinstance(question, Get):
        return b"g", field(*question)
    if isinstance(question, Count):
        return b"c", keys.index(world, question.kind, question.label, question.key)
    if isinstance(question, Page):
        kind, label, key, reverse, after, many = question
        behind = None if after is None else b"(" + member(*after)
        start, stop = (behind or b"+", b"-") if reverse else (behind or b"-", b"+")
        index = keys.index(world, kind, label, key)
        return b"z", index, kind.encode(), b"1" if reverse else b"0", start, stop, b"%d" % many
    return b"n", b""


def learn(known: Known, question: Question, answer: Json) -> None:
    """Let the script's answer be known."""
    if isinstance(question, Get):
        known.records[question.kind, question.id] = None if answer is None else read(answer)
    elif isinstance(question, Count):
        known.learn_count(*question, answer)
    elif isinstance(question, Page):
        places = [place_of(each) for each in answer[::2]]
        for (_, id), body in zip(places, answer[1::2], strict=True):
            known.records[question.kind, id] = read(body)
        known.learn_page(question, places)
    elif answer:
        kind, id = kind_and_id(answer[0])
        known.learn_due(Due(int(float(answer[1])), kind, id))
    else:
        known.learn_due(None)


def changed(keys: Keys, world: WorldId, steps: Iterable[Step], fresh: Set[tuple[str, str]]) -> Iterable[bytes]:
    """Changes as items of the script. Nobody has looked whether those that are `fresh` are there."""
    new = set(fresh)
    for step in steps:
        kind, id, record, due, gone, come = step
        where = field(kind, id)
        for label, key, order in gone:
            yield from (b"l", keys.index(world, kind, label, key), member(order, id))
        if record is None:
            yield from (b"r", where)
        else:
            what = b"a" if (kind, id) in new else b"p"
            yield from (what, where, written(record), b"" if due is None else b"%d" % due)
        new.discard((kind, id))
        for label, key, order in come:
            yield from (b"e", keys.index(world, kind, label, key), member(order, id))


class Habits:
    """What is usually asked of one world: by one batch of decisions after another."""

    __slots__ = ("_asked", "_noted", "usual")

    def __init__(self) -> None:
        self.usual: dict[Question, None] = {}
        self._asked: dict[Question, None] = {}
        self._noted: set[Question] = set()

    def begin(self) -> None:
        """Another batch begins."""
        self._noted.clear()

    def note(self, questions: Iterable[Question]) -> None:
        """The batch at hand has asked this."""
        for question in questions:
            if question in self._noted:
                continue
            self._noted.add(question)
            if question in self._asked:
                self.learn(question)
            elif question not in self.usual:
                self._asked[question] = None
                if len(self._asked) > MOST_ASKED:
                    del self._asked[next(iter(self._asked))]

    def learn(self, question: Question) -> None:
        """This is usual."""
        self.usual[question] = None
        if len(self.usual) > MOST_USUAL:
            del self.usual[next(iter(self.usual))]
