"""The calls of a finding in traffic as curl commands: to paste into a shell, with one's own key in `$KEY`."""

from __future__ import annotations

from collections.abc import Iterator
from shlex import quote
from typing import Final

from mockserver.conformance.finding import Finding, Step
from mockserver.core.bodies import opened
from mockserver.core.secrecy import REMOVED

# What curl says itself, what belongs to a connection, and what only browsers say.
_LEFT_OUT: Final = frozenset(
    [
        *("accept", "accept-encoding", "accept-language", "connection", "content-length", "host", "user-agent"),
        *("transfer-encoding", "cookie", "origin", "referer", "dnt", "pragma", "cache-control", "priority", "te"),
    ]
)
_LONGEST_BODY: Final = 4_000


def commands(finding: Finding) -> str:
    """A command a line for each call, with what it is and what came; "" without calls."""
    return "\n".join(line for step in finding.steps for line in _lines(step))


def _lines(step: Step) -> Iterator[str]:
    came = f"{step.reply.status} came" if step.reply is not None else "no reply came"
    yield f"# {step.note}: {came}" if step.note else f"# {came}"
    yield _curl(step)


def _curl(step: Step) -> str:
    request = step.request
    words = ["curl", "-sS", "-i", quote(f"{request.origin}{request.target}")]
    if request.method == "HEAD":
        words.append("--head")
    elif request.method != ("POST" if request.body else "GET"):
        words += ["-X", request.method]
    for name, value in request.headers:
        if name.lower() not in _LEFT_OUT and not name.lower().startswith("sec-"):
            words += ["-H", _with_key(f"{name}: {value}")]
    if request.body:
        said = opened(request)
        long = said is None or len(said) > _LONGEST_BODY
        words += ["--data-raw", quote("<the recorded body>") if long or said is None else quote(said)]
    return " ".join(words)


def _with_key(said: str) -> str:
    """What was removed is the reader's to fill in, from the shell."""
    if REMOVED not in said:
        return quote(said)
    before, _, after = said.partition(REMOVED)
    return f'{quote(before)}"$KEY"{quote(after) if after else ""}'
