"""The judge: whether a server, or recorded traffic, keeps a contract. What it says is a `Report` of findings.

It calls servers over HTTP like any client would, and knows nothing of how they are made.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mockserver.conformance.conforming import NotConforming, conforms
    from mockserver.conformance.finding import Check, Finding, Report

__all__ = ["Check", "Finding", "NotConforming", "Report", "conforms"]

_HOMES = {"conforms": "conforming", "NotConforming": "conforming"}


def __getattr__(name: str) -> object:
    """What is exported, imported when it is asked for: a diff of documents needs no Schemathesis."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES.get(name, 'finding')}"), name)
