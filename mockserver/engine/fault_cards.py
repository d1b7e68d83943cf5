"""Every fault as something to try: how it is written, a command that shows it, and what a client sees.

The table of the documentation, and of `mockserver faults`, comes from here; each row is run by a test.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from shlex import join
from typing import Final

from mockserver.core.fault import Fault
from mockserver.core.http import Headers, Request
from mockserver.core.text import Json
from mockserver.engine.preferences import read_preferences, read_wish

_LIST: Final = ("/api/stream?limit=1", None)
_CLIP: Final[tuple[str, Json]] = (
    "/api/clip",
    {"playbackId": "eaw4nk06ts2d0mzb", "startTime": 1587667174725, "endTime": 1587667204725},
)


@dataclass(frozen=True, slots=True)
class FaultCard:
    """One fault. `prefer` is what the header says; `client` what a client sees.

    `exit` is how curl ends: 0, or the number of its error (18 partial, 28 timeout, 52 empty reply, 56 receive).
    """

    prefer: str
    client: str
    exit: int = 0
    job: bool = False

    @property
    def name(self) -> str:
        """What goes wrong, in one word: `reset`."""
        (preference,) = read_preferences(Headers.of([("Prefer", self.prefer)]))
        return preference.value if preference.name == "fault" else preference.name

    @property
    def fault(self) -> Json:
        """The same for `POST /__admin/faults`; None for what only a request can ask for."""
        wish, _ = read_wish(Request("GET", "/", headers=Headers.of([("Prefer", self.prefer)])))
        assert wish is not None and wish.problem is None, self.prefer
        return None if wish.of_document else Fault(wish.effect).to_json()

    def curl(self, url: str) -> str:
        """A command to paste; `url` is where the server is."""
        path, body = _CLIP if self.job else _LIST
        words = ["curl", "-i", "--max-time", "2", url + path, "-H", "Authorization: Bearer test_me"]
        words += ["-H", f"Prefer: {self.prefer}"]
        if body is not None:
            words += ["-H", "Content-Type: application/json", "-d", json.dumps(body)]
        return join(words)

    def to_json(self, url: str) -> dict[str, Json]:
        """`{"name", "prefer", "fault", "client", "curl"}`."""
        curl = self.curl(url)
        return {"name": self.name, "prefer": self.prefer, "fault": self.fault, "client": self.client, "curl": curl}


FAULT_CARDS: Final = (
    FaultCard("fault=delay;ms=300", "the reply, 300 ms late; the call took effect before that"),
    FaultCard("fault=delay;mean=200;deviation=50", "the reply, late by a normal distribution"),
    FaultCard("fault=delay;median=100;sigma=0.8;most=1500", "the reply, late as networks are: now and then very"),
    FaultCard("fault=status;code=503;retry-after=2", "503 in the provider's words, `Retry-After: 2`; nothing happened"),
    FaultCard("fault=status;code=429;retry-after=2;retry-after-as=date", "429, and the instant when to come again"),
    FaultCard("fault=status;code=504;when=after", "504 of a gateway that gave up, though the call took effect"),
    FaultCard("fault=json", "a JSON body that breaks off, its length right"),
    FaultCard("fault=json;as=html", "a page of HTML under a JSON Content-Type"),
    FaultCard("fault=json;as=empty", "no body under a JSON Content-Type"),
    FaultCard("fault=truncate;share=0.5", "half of the bytes that Content-Length promised, then the end", exit=18),
    FaultCard("fault=truncate;bytes=20", "20 of them", exit=18),
    FaultCard("fault=length;by=10", "a Content-Length with ten bytes that never come", exit=18),
    FaultCard("fault=length;by=-10", "a Content-Length that stops ten bytes early; the rest precedes the next reply"),
    FaultCard("fault=chunk", "chunked encoding whose second size is no number", exit=56),
    FaultCard("fault=chunk;as=unfinished", "chunked encoding without its last chunk", exit=18),
    FaultCard("fault=drip;bytes=64;ms=10", "the reply, 64 bytes every 10 ms"),
    FaultCard("fault=empty", "the connection closed without a byte; nothing happened", exit=52),
    FaultCard("fault=empty;when=after", "the same, though the call took effect", exit=52),
    FaultCard("fault=reset", "a TCP reset; nothing happened", exit=56),
    FaultCard("fault=reset;when=after", "a TCP reset, though the call took effect: a lost success", exit=56),
    FaultCard("fault=reset;when=middle", "half of the reply, then a TCP reset", exit=56),
    FaultCard("fault=hang", "nothing, until it gives up; nothing happened", exit=28),
    FaultCard("fault=hang;when=after", "nothing, though the call took effect", exit=28),
    FaultCard("fault=job;fail=80", "a job that fails at 80 %", job=True),
    FaultCard("fault=job;failures=1", "a job that fails once half-way, and succeeds when tried again", job=True),
    FaultCard("fault=job;stuck=85", "a job that stays at 85 % for ever", job=True),
    FaultCard("fault=job;times=10", "a job that takes ten times as long", job=True),
    FaultCard("code=404", "the document's 404 for this operation; the provider is not asked"),
    FaultCard("example=one", "the example of that name in the document"),
    FaultCard("dynamic=true", "a reply made up for the document's schema, the same for the same seed"),
)


@dataclass(frozen=True, slots=True)
class MishapCard:
    """One fault of deliveries. `says` is what goes wrong, as JSON has it; `receiver` what a receiver sees."""

    says: Mapping[str, Json]
    receiver: str

    @property
    def name(self) -> str:
        """What goes wrong, in one word: `duplicate`."""
        return next(iter(self.says))

    @property
    def fault(self) -> dict[str, Json]:
        """For `POST /__admin/faults`: it befalls the first word of each clip."""
        return {"deliveries": {"event": "asset.created"}, **self.says}


MISHAP_CARDS: Final = (
    MishapCard({"delay": 60_000}, "the event a minute of the clock late"),
    MishapCard({"duplicate": 2}, "the same event three times, its `id` the same"),
    MishapCard({"order": "last"}, "it behind all that the webhook is told at the same instant"),
    MishapCard({"drop": True}, "nothing; the journal of deliveries says `dropped`"),
    MishapCard({"signature": "wrong"}, "a signature by another secret, at each attempt"),
    MishapCard({"stale": 600_000}, "a good signature that is ten minutes old"),
    MishapCard({"tamper": True}, "a body that was altered after it was signed"),
)
