"""What a document says of its real server that a judge has to know: `x-mockserver-judging`, each with its reason.

Rules the server does not enforce, requests it refuses though their schema allows them, server errors it is known for.
Knows documents and values, and calls nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final
from urllib.parse import quote

from mockserver.core.http import Reply, Request
from mockserver.core.text import Json, Record, dump

EXTENSION: Final = "x-mockserver-judging"
# Answers to a request that is right in itself: who asks, for what, and when, is what they are about.
CIRCUMSTANCES: Final = frozenset((401, 403, 404, 409, 410, 429))


def excused(provider: str | None) -> str:
    """What who keeps a document can do when the server is right; nothing for a provider's, which is ours to keep."""
    return "" if provider is not None else f" If the server is right, let the document say why: `{EXTENSION}`."


@dataclass(frozen=True, slots=True)
class Known:
    """The entries of one document, in its own words. All of them are empty for a document that says nothing.

    Each has `because`, a sentence. `operations` are those it is about, any when left out. `says` is a text of the
    reply's body, `sent` one of the request's, `status` the reply's; `with` are query arguments of which one was sent.
    """

    not_enforced: tuple[Record, ...] = ()
    refused: tuple[Record, ...] = ()
    failing: tuple[Record, ...] = ()
    busy: tuple[Record, ...] = ()

    @classmethod
    def of(cls, document: Json) -> Known:
        said = document.get(EXTENSION)
        if not isinstance(said, dict):
            return cls()
        return cls(*(tuple(said.get(name, ())) for name in ("not-enforced", "refused", "failing", "busy")))

    def lenient(self, operation: str, rule: str, pointer: str) -> str:
        """Why nobody minds that a request breaks a rule, by its id and pointer; empty when it should be refused.

        An entry has `at`, a pointer to the rule or to what it is in, and `rules`, patterns of ids.
        """
        for entry in self.not_enforced:
            at = entry.get("at", "")
            inside = pointer == at or pointer.startswith(f"{at}/")
            named = any(fnmatchcase(rule, pattern) for pattern in entry.get("rules", ("*",)))
            if inside and named and operation in entry.get("operations", (operation,)):
                return str(entry["because"])
        return ""

    def refusal(self, operation: str, request: Request, reply: Reply) -> str:
        """Why a request that its schema allows may be refused so; empty when it may not."""
        if reply.status in CIRCUMSTANCES:
            return f"{reply.status} is about who asks, and for what"
        return _because(self.refused, operation, request, reply)

    def failure(self, operation: str, request: Request, reply: Reply) -> str:
        """Why a server error is the known answer; empty when it is none."""
        return _because(self.failing, operation, request, reply)

    def is_busy(self, operation: str, request: Request, reply: Reply) -> bool:
        """Whether the server only says that it has too much to do for this client."""
        return bool(_because(self.busy, operation, request, reply))


def _because(entries: tuple[Record, ...], operation: str, request: Request, reply: Reply) -> str:
    names = {name for name, _ in request.arguments()}
    for entry in entries:
        if (
            operation in entry.get("operations", (operation,))
            and entry.get("status", reply.status) == reply.status
            and entry.get("says", "").encode() in reply.body
            and (not entry.get("with") or not names.isdisjoint(entry["with"]))
            and (not entry.get("sent") or _has(request, entry["sent"]))
        ):
            return str(entry["because"])
    return ""


def _has(request: Request, text: str) -> bool:
    """Whether a request has a text, in one of the ways to write it."""
    ways = (quote(text).encode(), text.encode(), dump(text)[1:-1])
    whole = request.target.encode() + request.body
    return any(way in whole for way in ways)
