"""The server's only time: integer Unix milliseconds that run, freeze and jump, and never go back."""

from __future__ import annotations

from collections.abc import Callable, Mapping


def _nobody() -> None:
    """Nobody waits."""


class Clock:
    """A clock over a source of real milliseconds. `at` is the instant it starts at, None for the source's own.

    `moved` is called when it jumps, stops or goes on, and a fork calls it too: who waits for an instant must know.
    """

    __slots__ = ("_offset", "_seen", "_source", "_still", "moved")

    def __init__(self, source: Callable[[], int], at: int | None = None, *, frozen: bool = False) -> None:
        self.moved: Callable[[], None] = _nobody
        self._source = source
        self._seen = source()
        self._offset = 0 if at is None else at - self._seen
        self._still: int | None = self._seen + self._offset if frozen else None

    def now(self) -> int:
        """The instant. A source that goes back holds the clock until it has caught up."""
        if self._still is not None:
            return self._still
        raw = self._source()
        if raw > self._seen:
            self._seen = raw
        return self._seen + self._offset

    def fork(self, at: int | None = None, *, frozen: bool | None = None) -> Clock:
        """Another clock that goes on from this one's now or from `at`; it stands if this one does, or as told."""
        other = Clock(self._source, self.now() if at is None else at, frozen=self.frozen if frozen is None else frozen)
        other.moved = self.moved
        return other

    def real(self) -> int:
        """The instant of the source."""
        return self._source()

    def state(self, at: int | None = None) -> Mapping[str, int]:
        """How it stands to its source: `{"still": instant}` or `{"ahead": ms}`; `at` as if it had jumped there."""
        if self._still is not None:
            return {"still": self._still if at is None else at}
        return {"ahead": self._offset if at is None else self._offset + at - self.now()}

    def resume(self, state: Mapping[str, int]) -> None:
        """Stand to its source as that clock did."""
        self._still, self._offset = state.get("still"), state.get("ahead", self._offset)

    @property
    def frozen(self) -> bool:
        return self._still is not None

    def freeze(self) -> None:
        """Stand still; only jumps move the clock from here."""
        self._still = self.now()
        self.moved()

    def run(self) -> None:
        """Go on from where it stands."""
        if self._still is not None:
            self._seen = max(self._source(), self._seen)
            self._offset = self._still - self._seen
            self._still = None
            self.moved()

    def advance(self, ms: int) -> int:
        """Jump ahead, frozen or not; the new instant. Raises ValueError for a step back."""
        if ms < 0:
            raise ValueError(f"the clock never goes back: advance by 0 ms or more, not by {ms}")
        if self._still is not None:
            self._still += ms
        else:
            self._offset += ms
        self.moved()
        return self.now()

    def reach(self, instant: int) -> int:
        """Jump to an instant unless it is over already; the instant it is then."""
        now = self.now()
        return self.advance(instant - now) if instant > now else now

    def set(self, instant: int) -> int:
        """Jump to an instant that is not over yet. Raises ValueError for one that is."""
        now = self.now()
        if instant < now:
            raise ValueError(
                f"the clock never goes back: {instant} ms is {now - instant} ms before its now ({now}); "
                "name a later instant, or start a server with `--at`"
            )
        return self.advance(instant - now)
