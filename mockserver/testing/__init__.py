"""Fake accounts for tests: private worlds with a clock, faults and a journal, on a server in this process.

The pytest fixtures hand these out; here they are for unittest and scripts.

>>> with serve() as server, server.world("restream") as mock:
...     client = MyClient(mock.url, mock.key)
...     client.create_clips(file_id)
...     mock.clock.settle()
...     mock.calls("createClipProject").last.status
"""

from __future__ import annotations

from mockserver.core.fault import Fault
from mockserver.core.http import Reply, Request
from mockserver.core.violation import Violation
from mockserver.testing.calls import Call, Calls, Wanted
from mockserver.testing.clock import WorldClock
from mockserver.testing.faults import WorldFaults
from mockserver.testing.livepeer import LivepeerMock
from mockserver.testing.mock import Mock, Start
from mockserver.testing.outcomes import Outcome
from mockserver.testing.readings import WorldReadings
from mockserver.testing.restream import RestreamMock
from mockserver.testing.serving import Server, live, serve
from mockserver.testing.session import Mocks
from mockserver.testing.verdict import ContractBroken
from mockserver.testing.webhooks import Received, Webhooks

__all__ = [
    "Call",
    "Calls",
    "ContractBroken",
    "Fault",
    "LivepeerMock",
    "Mock",
    "Mocks",
    "Outcome",
    "Received",
    "Reply",
    "Request",
    "RestreamMock",
    "Server",
    "Start",
    "Violation",
    "Wanted",
    "Webhooks",
    "WorldClock",
    "WorldFaults",
    "WorldReadings",
    "live",
    "serve",
]
