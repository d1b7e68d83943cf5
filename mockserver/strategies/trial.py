"""What a client does with clips, and the verdict on it: against what the server saw, and against the truth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

from mockserver.core.http import Reply, Request
from mockserver.core.text import Json, parse
from mockserver.strategies.client import State
from mockserver.strategies.flow import Span
from mockserver.strategies.judging import Judging, Outcome, brief
from mockserver.strategies.laying import answer_next
from mockserver.strategies.troubles import Expected

# Two instants nearer than this are the same (s): the providers count in ms.
_SAME: Final = 0.0011
_MAY: Final = Expected("may")
# Who looks once more at what has ended, for its URL say, is no worse for it.
_MOST_AFTER_END: Final = 3
# Nobody who waits for minutes has to look more often than three times a second.
_WINDOW_MS, _MOST_LOOKS = 10_000, 30
# How a playlist begins: HLS (RFC 8216, 4.3.1.1), or an XML manifest.
_MANIFESTS: Final = (b"#EXTM3U", b"<?xml", b"<MPD")


class Trial(Judging):
    """See Judging. A method for each function of a client; `expected` is what is right after it."""

    def create(self, source: str, span: Span, expected: Expected, *, single: bool = False) -> Outcome:
        """Ask for a clip; the outcome has the handle the client gave for it, if any."""
        method = self.client.create_single if single else self.client.create
        outcome = self.judged("create", expected, method, source, *span)
        asked = outcome.of(self.flow.create)
        made = [call for call in asked if 200 <= call.reply.status < 300]
        assert len(made) <= 1, f"create: one clip was asked for and {len(made)} were made: a call was sent again"
        for call in asked:
            self._check_asked(call.request, span, single)
        told = {call.reply.status for call in asked}
        if outcome.error is not None and self.flow.conflicts and expected.fails == "never" and told == {409}:
            raise AssertionError(
                f"create: a 409 for what was asked before is no error: {outcome.error!r}"
            ) from outcome.error
        if outcome.error is not None or not expected.like_before:
            return outcome
        repeated = any(call.reply.status == 409 for call in asked)
        if made and not repeated:
            wanted = self.flow.made(made[0].reply.value)
            assert outcome.result == wanted, (
                f"create: the reply's id is {wanted!r}, and the client says {outcome.result!r}"
            )
        elif not repeated:
            raise AssertionError(f"create: nothing was made, and the client says {outcome.result!r}")
        handle = outcome.result if isinstance(outcome.result, str) and outcome.result else None
        return replace(outcome, handle=handle)

    def _check_asked(self, request: Request, span: Span, single: bool) -> None:
        body = parse(request.body)
        sent = self.flow.sent(body)
        for name in self.flow.unasked:
            wanted = single and name == self.flow.single
            assert wanted or not body.get(name), f"create: nobody asked for `{name}`, and the client sends it"
            assert not wanted or body.get(name), f"create: one clip was asked for, and the client sends no `{name}`"
        for name, asked, told in zip(("start", "end"), span, sent, strict=True):
            same = asked is told or (asked is not None and told is not None and abs(asked - told) < _SAME)
            assert same, f"create: asked for {name}={asked} s, and the server was told {told} s"

    def poll(self, handle: str, expected: Expected) -> Outcome:
        """One look at how far it is."""
        truth = self._truth(handle)
        outcome = self.judged("poll", expected, self.client.poll, handle)
        if outcome.error is None:
            # A client that waited before it asked again may have seen either.
            truth |= self._truth(handle)
            self._check_state("poll", handle, outcome.result, truth, strictly=expected.like_before)
        return outcome

    def poll_told(self, handle: str, allowed: frozenset[State], phase: Json) -> None:
        """A look at a clip when the server says a phase."""
        outcome = self.judged("poll", Expected("may", injected=True), self.client.poll, handle)
        if outcome.error is None:
            said = outcome.result
            assert said in allowed, f"poll: the server says {phase!r}, and the client takes it for {said!r}"

    def wait(self, handle: str, expected: Expected = _MAY, *, surely: bool = False) -> Outcome:
        """Wait until it ends; `surely`: it becomes ready, if only it was asked for rightly."""
        outcome = self.judged("wait", expected, self.client.wait, handle)
        self._check_end(outcome)
        self._check_pace(outcome)
        truth = self._truth(handle)
        assert not (surely and truth == {State.FAILED}), f"wait: {handle} failed: it was not asked for as it has to be"
        if outcome.error is not None:
            assert truth != {State.READY}, f"wait: {handle} is ready, and the client gave up: {outcome.error!r}"
            return outcome
        assert outcome.result is not State.WAITING, f"wait: came back although {handle} has not ended"
        self._check_state("wait", handle, outcome.result, truth, strictly=True)
        return outcome

    def _check_end(self, outcome: Outcome) -> None:
        """Who was told that it has ended does not ask for long."""
        ended = [
            call.operation
            for call in outcome.calls
            if call.reply.status == 200 and (phase := self.flow.phases.get(call.operation or "")) is not None
            if State.WAITING not in phase.of(call.reply.value)
        ]
        for operation in set(ended):
            again = ended.count(operation)
            assert again <= _MOST_AFTER_END, (
                f"wait: {operation} said {again} times that it has ended, and still it waits"
            )

    def _check_pace(self, outcome: Outcome) -> None:
        """Who waits does not ask without a pause."""
        times = [call.at for call in outcome.calls]
        for first, last in zip(times, times[_MOST_LOOKS:], strict=False):
            assert last - first >= _WINDOW_MS, f"wait: asks {_MOST_LOOKS} times within {(last - first) / 1000:g} s"

    def wait_through(self, handle: str, operation: str, status: int) -> None:
        """Wait although the server fails once on the way."""
        answer_next(self.mock, operation, Reply.json(status, {"errors": ["try again"]}))
        outcome = self.judged("wait", Expected("may", injected=True), self.client.wait, handle)
        if outcome.error is not None and self._truth(handle) != {State.FAILED}:
            assert len(outcome.calls) > 1, f"wait: one {status} on the way, and the client gave up: {outcome.error!r}"

    def delete(self, handle: str, expected: Expected) -> bool:
        """Delete it; whether it is gone."""
        return self.judged("delete", expected, self.client.delete, handle).error is None

    def delete_again(self, handle: str) -> None:
        """Delete what is gone: that is what was wanted, whatever the server says."""
        outcome = self.judged("delete", _MAY, self.client.delete, handle)
        assert outcome.error is None, f"delete: {handle} is gone already, and the client fails: {outcome.error!r}"

    def list(
        self, source: str, handles: Sequence[str], expected: Expected, plain: Outcome | None = None, cursor: str = ""
    ) -> Outcome:
        """What there is: all that was made, each once; with `plain`, all that was listed without the trouble.

        With a `cursor` it comes in two pages.
        """
        outcome = self.judged("list", expected, self.client.list, source)
        if cursor:
            asked = [call for call in outcome.calls if call.operation]
            assert len(asked) <= 2, "list: there are 2 pages, and the client asks for another"
            for call in asked[1:]:
                sent = [value for _, value in call.request.arguments()]
                assert cursor in sent, f"list: the next page is at {cursor!r}, and the client asks for {sent}"
        if outcome.error is not None or not expected.like_before:
            return outcome
        found = [*outcome.result]
        assert len(found) == len(set(found)), f"list: names something twice: {brief(found)}"
        wanted = {*handles, *(plain.result if plain is not None and plain.error is None else ())}
        lost = wanted - {*found}
        what = "the server sent 2 pages, and the client lost" if cursor else "the client does not list"
        assert not lost, f"list: {what} {brief(sorted(lost))}"
        return outcome

    def download(self, handle: str, expected: Expected) -> Outcome:
        """The files, or where they are. Before it is ready, the client may say so in an error or with nothing."""
        reply = self.mock.call(self.flow.looking(self.mock.key, handle))
        ready = reply.status == 200 and self.flow.state(reply.value) == {State.READY}
        if not ready and expected.fails == "never":
            expected = replace(expected, fails="may")
        outcome = self.judged("download", expected, self.client.download, handle)
        if outcome.error is not None:
            right = not ready or expected.fails != "never"
            assert right, f"download: {handle} is ready, and the client fails: {outcome.error!r}"
        elif expected.like_before and ready:
            self._check_files(handle, outcome.result, self.flow.pieces(reply.value))
        return outcome

    def _check_files(self, handle: str, result: Json, pieces: int) -> None:
        files = [result] if isinstance(result, bytes | str) else [*(result or ())]
        assert files, f"download: {handle} is ready, and the client has nothing of it"
        several = isinstance(result, bytes | str) or len(files) == pieces
        assert several, f"download: {handle} has {pieces} files, and the client has {len(files)}"
        for file in files:
            body = file if isinstance(file, bytes) else self._fetched("download", file)
            assert body, f"download: a file of {handle} is empty"
            assert not body.startswith(_MANIFESTS), f"download: a playlist instead of a file of {handle}"

    def play(self, handle: str, expected: Expected) -> Outcome:
        """Where a player finds what is ready."""
        outcome = self.judged("play", expected, self.client.play, handle)
        if outcome.error is None:
            body = self._fetched("play", outcome.result)
            assert body.startswith(_MANIFESTS), f"play: {outcome.result} is no manifest: a player can't begin with it"
        return outcome

    def files(self, expected: Expected) -> Outcome:
        """All videos there are."""
        outcome = self.judged("files", expected, self.client.files)
        if outcome.error is None and expected.like_before and self.flow.files is not None:
            lost = {*self.flow.files(self.mock)} - {*outcome.result}
            assert not lost, f"files: the client does not list {brief(sorted(lost))}"
        return outcome

    def _fetched(self, verb: str, url: Json) -> bytes:
        parts = urlsplit(str(url))
        reply = self.mock.call(Request("GET", parts.path, parts.query))
        assert reply.status == 200, f"{verb}: {url} answers {reply.status}"
        return reply.body

    def _truth(self, handle: str) -> frozenset[State]:
        """How far it is in truth; nothing certain if the server doesn't say."""
        reply = self.mock.call(self.flow.looking(self.mock.key, handle))
        return self.flow.state(reply.value) if reply.status == 200 else frozenset(State)

    def _check_state(self, verb: str, handle: str, said: object, truth: frozenset[State], *, strictly: bool) -> None:
        assert isinstance(said, State), f"{verb}: returned {said!r}, which is no State"
        right = said in truth or not strictly
        wanted = " or ".join(state.name for state in truth)
        assert right, f"{verb}: {handle} is {wanted}, and the client says {said.name}"
