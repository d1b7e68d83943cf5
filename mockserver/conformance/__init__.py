"""The judge: whether a server, or recorded traffic, keeps a contract. What it says is a `Report` of findings.

It calls servers over HTTP like any client would, and knows nothing of how they are made.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from mockserver.conformance.conforming import NotConforming, conforms
    from mockserver.conformance.finding import Check, Finding, Report
    from mockserver.conformance.traffic.verifying import verify

__all__ = ["Check", "Finding", "NotConforming", "Report", "conforms", "verify"]

# Each is loaded when it is asked for: who reads traffic needs nothing of what calls servers.
_HOMES: Final = {
    "Check": "finding",
    "Finding": "finding",
    "NotConforming": "conforming",
    "Report": "finding",
    "conforms": "conforming",
    "verify": "traffic.verifying",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
