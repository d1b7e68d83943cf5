"""The judge: whether a server, or recorded traffic, keeps a contract, and how two documents differ.

Speaks to servers over HTTP as any client would and never looks into one.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from mockserver.conformance.finding import Report
    from mockserver.conformance.traffic.verifying import verify

__all__ = ["Report", "verify"]

# Each is loaded when it is asked for: who reads traffic needs nothing of what calls servers.
_HOMES: Final = {"Report": "finding", "verify": "traffic.verifying"}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
