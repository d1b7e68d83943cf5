"""What can be in the way of a client's call, and what an honest client makes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import formatdate
from typing import Final, Literal

from hypothesis import strategies as st

from mockserver.core.fault import Effect, Truncate
from mockserver.core.http import Headers, Reply
from mockserver.core.text import Json
from mockserver.strategies.book import Page
from mockserver.strategies.broken import broken_replies
from mockserver.strategies.client import Mock
from mockserver.strategies.flow import Flow
from mockserver.strategies.laying import Draw, answer_next, strike_next
from mockserver.strategies.replies import answers, examples, replies
from mockserver.strategies.twists import Twist, twisted

Failing = Literal["never", "may", "must"]


@dataclass(frozen=True, slots=True)
class Expected:
    """What is right after a call. `fails`: whether it ends in the client's own error.

    `calls` is how often the operation may be called, `pause` how many ms have to be between two calls. `like_before`:
    a result has to be what it would be without the trouble. `limit`: whether an error has to say that a limit is
    reached, or must not.
    """

    fails: Failing = "never"
    calls: int | None = None
    pause: int = 0
    like_before: bool = True
    injected: bool = False
    limit: bool | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """A call that is about to be made: of which operation, what the server would answer (None: not known), and when."""

    mock: Mock
    flow: Flow
    page: Page
    real: Reply | None
    now: int = 0

    @property
    def operation(self) -> str:
        return self.page.operation.id

    @property
    def statuses(self) -> list[int]:
        """The statuses the document lists."""
        return [int(answer.name) for answer in answers(self.page) if answer.name.isdecimal()]

    def drawn(self, draw: Draw[Reply], status: int) -> Reply:
        return draw(replies(self.operation, status, contract=self.page.contract))

    def fault(self, effect: Effect) -> None:
        """Something goes wrong with the next call of the operation."""
        strike_next(self.mock, self.operation, effect)

    def answer(self, reply: Reply, times: int = 1) -> None:
        """The next calls of the operation are answered with this."""
        answer_next(self.mock, self.operation, reply, times)


Arm = Callable[[Scene, Draw[Json]], Expected | None]
"""Puts a trouble in the way and says what is right then; None if this call can't have it."""

# Neither is the client's fault: it may ask again.
AGAIN: Final = frozenset((401, 408, 409, 425, 429))
_NAMES: Final = ("Retry-After", "retry-after", "RETRY-AFTER")
# Who asks again more often than that is told the truth at last.
_MOST_TRIES: Final = 6
_CRASHES: Final = (500, 502, 503, 504)
_CUTS: Final = (Effect(reset="before"), Effect(truncate=Truncate(share=0.5)), Effect(json="html"))
_PAGE: Final = "<html><head><title>502 Bad Gateway</title></head><body><center>nginx</center></body></html>"


def _none(scene: Scene, draw: Draw[Json]) -> Expected | None:
    return Expected()


def _twisted(scene: Scene, draw: Draw[Json]) -> Expected | None:
    if scene.real is None or scene.real.status >= 300:
        return None
    kept = scene.flow.kept.get(scene.operation, ())
    kinds: tuple[Twist, ...] = ("drop", "null", "add", "long", "other", "spelling", "headers")
    made = draw(twisted(scene.real, scene.operation, kinds=kinds, keep=kept, contract=scene.page.contract))
    scene.answer(made)
    return Expected(injected=True)


def _refused(scene: Scene, draw: Draw[Json]) -> Expected | None:
    """An error that is the client's: it is told, and not asked again."""
    known = [status for status in scene.statuses if 400 <= status < 500 and status not in AGAIN]
    if scene.operation == scene.flow.delete:
        # What is gone is deleted, however the server tells it.
        known = [status for status in known if status not in (400, 404, 410)]
    shown = [(name, reply) for name, reply in examples(scene.page) if reply.status in known]
    if not known:
        return None
    name, made = "", None
    # What the document shows comes first, and mostly: a client goes by its words.
    if shown and draw(st.integers(0, 3)) < 3:
        name, made = draw(st.sampled_from(shown))
    scene.answer(made or scene.drawn(draw, draw(st.sampled_from(known))))
    return Expected("must", calls=1, injected=True, limit=name in scene.flow.limits if name else None)


def _conflict(scene: Scene, draw: Draw[Json]) -> Expected | None:
    """A 409 where nothing of the kind can be meant."""
    if scene.operation == scene.flow.create:
        return None
    said = {
        "errors": ["conflict"],
        "error": {"statusCode": 409, "status": 409, "code": 409, "message": "Conflict", "name": "conflict"},
    }
    scene.answer(Reply.json(409, said))
    return Expected("must", calls=1, injected=True)


def _other_conflict(scene: Scene, draw: Draw[Json]) -> Expected | None:
    """A 409 that does not say that it has been asked for before."""
    if not scene.flow.conflicts or scene.operation != scene.flow.create:
        return None
    said = {
        "statusCode": 409,
        "status": 409,
        "code": 409,
        "message": "StorageFileLocked",
        "name": "storage_file_locked",
    }
    scene.answer(Reply.json(409, {"error": said}))
    return Expected("must", calls=1, injected=True)


def _telling(reply: Reply, key: str) -> Reply:
    """The error with the key in its text, as some servers repeat it."""
    value, text = reply.value, f"no token {key} found"
    if isinstance(value, dict) and "errors" in value:
        return Reply.json(reply.status, {**value, "errors": [text]})
    if isinstance(value, dict) and isinstance(value.get("error"), dict):
        return Reply.json(reply.status, {**value, "error": {**value["error"], "message": text}})
    return reply


def _unauthorized(scene: Scene, draw: Draw[Json]) -> Expected | None:
    """The token is not good any more: a client may get another, once."""
    if 401 not in scene.statuses:
        return None
    scene.answer(_telling(scene.drawn(draw, 401), scene.mock.key))
    return Expected("may", calls=2, injected=True)


def _crashed(scene: Scene, draw: Draw[Json]) -> Expected | None:
    status = draw(st.sampled_from(_CRASHES))
    shapes = [Reply.text(status, _PAGE, "text/html"), Reply.empty(status), Reply.json(status, {"errors": ["x"]})]
    made = draw(st.sampled_from(shapes))
    scene.answer(made, draw(st.sampled_from((_MOST_TRIES, 1))))
    return Expected("may", injected=True)


def _busy(scene: Scene, draw: Draw[Json]) -> Expected | None:
    """Too many requests: whoever asks again waits as long as he was told."""
    seconds = draw(st.sampled_from((7, 60)))
    said = scene.drawn(draw, 429) if 429 in scene.statuses else Reply.json(429, {"errors": ["too many requests"]})
    bare = [pair for pair in said.headers if pair[0].lower() != "retry-after"]
    name = draw(st.sampled_from(_NAMES))
    # In seconds, or as a date (RFC 9110, 10.2.3), which says whole seconds only.
    at = -(-scene.now // 1000) + seconds
    as_date = draw(st.booleans())
    told = formatdate(at, usegmt=True) if as_date else str(seconds)
    made = Reply(429, Headers.of((*bare, (name, told))), said.body, said.value)
    scene.answer(made)
    return Expected("may", pause=at * 1000 - scene.now if as_date else seconds * 1000, injected=True)


def _lost(scene: Scene, draw: Draw[Json]) -> Expected | None:
    """The call is decided, and nobody hears of it."""
    scene.fault(draw(st.sampled_from((Effect(reset="after"), Effect(empty="after")))))
    return Expected("may")


def _cut(scene: Scene, draw: Draw[Json]) -> Expected | None:
    scene.fault(draw(st.sampled_from(_CUTS)))
    return Expected("may")


def _broken(scene: Scene, draw: Draw[Json]) -> Expected | None:
    """A reply that breaks the contract: told in the client's words, or not looked at so closely."""
    good = [status for status in scene.statuses if 200 <= status < 300]
    if not good:
        return None
    made = draw(broken_replies(scene.operation, status=good[0], contract=scene.page.contract))
    scene.answer(made.reply)
    return Expected("may", like_before=False, injected=True)


def _hung(scene: Scene, draw: Draw[Json]) -> Expected | None:
    scene.fault(draw(st.sampled_from((Effect(hang="after"), Effect(hang="before")))))
    return Expected("may")


TROUBLES: Final[Mapping[str, Arm]] = {
    "none": _none,
    "twisted": _twisted,
    "refused": _refused,
    "lost": _lost,
    "busy": _busy,
    "crashed": _crashed,
    "cut": _cut,
    "broken": _broken,
    "conflict": _conflict,
    "other conflict": _other_conflict,
    "unauthorized": _unauthorized,
    "hung": _hung,
}
