"""Questions about a world as the script in Redis is asked them, and its answers."""

from __future__ import annotations

from mockserver.core.text import Json
from mockserver.core.world import Due, WorldId
from mockserver.stores.known import Count, Get, Known, Page, Question
from mockserver.stores.redis_scripts import Keys, field, kind_and_id, member, place_of
from mockserver.stores.rows import read


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
