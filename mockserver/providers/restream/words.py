"""What the pretended AI says about a clip: a name, a score with its explanation, a transcript. All from chance."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

from mockserver.core.chance import Chance

# Each topic: what is spoken about, a claim on it, and a detail that carries the claim.
_TOPICS: Final = (
    ("the microphone", "a quiet room matters more than the price", "the cheap one behind me won the blind test"),
    ("our launch day", "we shipped with half of what we had planned", "nobody asked for the missing half"),
    ("bitrate", "steady beats high every single time", "six thousand without a drop looks better than nine with"),
    ("the first minute", "people decide before you say hello", "the graph falls off a cliff at forty seconds"),
    ("chat", "the best questions come from the shy ones", "so I read the short messages first"),
    ("lighting", "one window is worth three lamps", "turn the desk and you are nearly done"),
    ("streaming to five places", "the audience is never where you expect it", "our largest crowd was on the fifth"),
    ("burnout", "a schedule is a promise you make to yourself", "I went from six days a week to two"),
    ("the sponsor call", "say the number first and then say nothing", "the silence took eleven seconds"),
    ("the boss fight", "patience is the whole trick", "wait for the third swing and only then step in"),
    ("the recipe", "cold butter changes everything", "ten minutes in the freezer, that is all"),
    ("editing", "cut the sentence that explains the joke", "it was two minutes shorter and twice as good"),
    ("remote guests", "record both ends whatever they tell you", "the connection died and nobody noticed"),
    ("the rewrite", "deleting code was the feature", "four thousand lines gone on a Tuesday"),
    ("thumbnails", "a face that reacts beats a logo", "we changed one picture and doubled the clicks"),
    ("the long run", "slow down earlier than you think", "the last ten kilometres were the fastest"),
)
_NAMES: Final = (
    "Why {claim}",
    "What nobody tells you about {topic}",
    "{topic}: {claim}",
    "The truth about {topic} in under two minutes",
    "I was wrong about {topic}",
    "Watch this before you change {topic}",
)
_OPENINGS: Final = (
    "So let's talk about {topic}.",
    "People keep asking me about {topic}.",
    "Okay, one thing about {topic} before we move on.",
    "I didn't want to bring up {topic} today, but here we are.",
)
_TURNS: Final = (
    "What I learned is that {claim}.",
    "Here is the thing: {claim}.",
    "And it took me years to see that {claim}.",
    "I'll say it plainly, {claim}.",
)
_ENDINGS: Final = (
    "Honestly, {detail}.",
    "To give you an example, {detail}.",
    "You won't believe it, {detail}.",
    "I wrote it down that night: {detail}.",
)
_PRAISE: Final = (
    "Opens on a strong statement about {topic} and pays it off before the end.",
    "A clear opinion on {topic} with a concrete example that viewers can repeat.",
    "The turn in the middle keeps attention, and the point about {topic} stands on its own.",
    "Short, quotable and easy to follow without having seen the rest of the stream.",
)


# What is drawn for each clip: whether its score is good, three parts of that, then the place of each text.
_TEXTS: Final = (_TOPICS, _OPENINGS, _TURNS, _ENDINGS, _NAMES, _PRAISE)
_DRAWN: Final = (range(10), range(18), range(19), range(30), *(range(len(texts)) for texts in _TEXTS))


@dataclass(frozen=True, slots=True)
class Words:
    """`score` is 0 to 100, mostly 60 to 95."""

    name: str
    score: int
    explanation: str
    transcript: str


def draw_words(chance: Chance, *, silent: bool) -> Words:
    """Words for one clip; a silent video has no transcript."""
    luck, some, more, few, topic, opening, turn, ending, name, praise = chance.one_of_each(*_DRAWN)
    score = 60 + some + more if luck else 30 + few
    if silent:
        return Words("A moment without words", score, "Carried by its pictures; nothing is said in it.", "")
    openings, turns, endings, names, praise_of = _told(topic)
    transcript = f"{openings[opening]} {turns[turn]} {endings[ending]}"
    return Words(names[name], score, praise_of[praise], transcript)


@cache
def _told(topic: int) -> tuple[tuple[str, ...], ...]:
    """All that is said of a topic: there are not many sentences."""
    about, claim, detail = _TOPICS[topic]

    def said(template: str) -> str:
        text = template.format(topic=about, claim=claim, detail=detail)
        return text[0].upper() + text[1:]

    return tuple(tuple(map(said, templates)) for templates in _TEXTS[1:])
