"""What can go wrong before a request is served, each with what, where and what to do.

MockserverError
├── UsageError       a command line, environment or settings file says something we don't know (exit 2)
├── DocumentError    an OpenAPI document, overlay or readings file can't be used
├── WorldError       a world file can't be used
└── StartError       the server can't start: port taken, folder not writable
"""

from __future__ import annotations


class MockserverError(Exception):
    """`str(error)` is a whole message for a person: what is wrong, where, and what to do."""


class UsageError(MockserverError):
    pass


class DocumentError(MockserverError):
    pass


class WorldError(MockserverError):
    pass


class StartError(MockserverError):
    pass
