"""The wire itself: what HTTP forbids."""

from __future__ import annotations

from mockserver.core.http import Reply
from mockserver.server.app import App
from mockserver.server.connection import Outgoing
from tests.servers.defect import shelf


@shelf.wire("both", "server/wire.py: written")
class HeadHasABody(App):
    """The reply to HEAD has the body of GET."""

    def _outgoing(self, reply: Reply, method: str, close: bool) -> Outgoing:
        return super()._outgoing(reply, "GET" if method == "HEAD" else method, close)


@shelf.wire("both", "server/app.py: _outgoing")
class HeadIsMissingHeaders(App):
    """The reply to HEAD says application/octet-stream, whatever GET says."""

    def _outgoing(self, reply: Reply, method: str, close: bool) -> Outgoing:
        if method == "HEAD":
            pairs = [pair for pair in reply.headers if pair[0].lower() != "content-type"]
            reply = Reply.empty(reply.status, [*pairs, ("Content-Type", "application/octet-stream")])
        return super()._outgoing(reply, method, close)
