"""What can go wrong before a request is served, each with what, where and what to do.

MockserverError
├── UsageError       a command line, environment or settings file says something we don't know (exit 2)
├── DocumentError    an OpenAPI document, overlay or readings file can't be used (exit 1)
├── WorldError       a world document can't be used (exit 1)
│   ├── WorldMissing     there is no such world, or no such snapshot of it
│   ├── WorldExists      a world of this name, or one with these keys, is there already
│   └── WorldsFull       there are as many worlds as a server keeps, or a snapshot would be too large
├── VerbError        what is to happen to a world can't
│   └── VerbMissing      there is no such verb
├── RefusedError     a running server refused what `mockserver ctl` asked for (exit 1)
├── StartError       the server can't start: port taken, folder not writable (exit 3)
└── UnreachableError no server answers `mockserver ctl` (exit 3)
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Final

# More names than this help nobody who reads them in an error.
_MANY: Final = 24


class MockserverError(Exception):
    """`str(error)` is a whole message for a person: what is wrong, where, and what to do."""

    exit_code: ClassVar[int] = 1


class UsageError(MockserverError):
    exit_code = 2


class DocumentError(MockserverError):
    pass


class WorldError(MockserverError):
    """`problems` are pairs of a JSON Pointer into what was given and a sentence, where there is such a thing."""

    def __init__(self, message: str, problems: Iterable[tuple[str, str]] = ()) -> None:
        super().__init__(message)
        self.problems = tuple(problems)


class WorldMissing(WorldError):
    pass


class WorldExists(WorldError):
    pass


class WorldsFull(WorldError):
    pass


class VerbError(MockserverError):
    """`problems` are pairs of a JSON Pointer into the verb's body and a sentence."""

    def __init__(self, message: str, problems: Iterable[tuple[str, str]] = ()) -> None:
        super().__init__(message)
        self.problems = tuple(problems)


class VerbMissing(VerbError):
    pass


class RefusedError(MockserverError):
    """`problem` is the server's own answer (RFC 9457), if it gave one."""

    def __init__(self, text: str, problem: object = None) -> None:
        super().__init__(text)
        self.problem = problem


class UnreachableError(MockserverError):
    exit_code = 3


class StartError(MockserverError):
    exit_code = 3


def unknown(what: str, name: str, known: Iterable[str]) -> str:
    """A sentence for a name that does not exist: `no reading "x"; did you mean "y"? There are: y, z`."""
    from difflib import get_close_matches  # only ever needed on the way out

    names = sorted(set(known))
    if not names:
        return f'no {what} "{name}"; there are none'
    spelled = {each.lower(): each for each in names}
    near = [spelled[each] for each in get_close_matches(name.lower(), spelled, n=3, cutoff=0.5)]
    if len(names) > _MANY:
        meant = ", ".join(f'"{each}"' for each in near)
        return f'no {what} "{name}" among the {len(names)} there are' + (f"; did you mean {meant}?" if near else "")
    meant = f'did you mean "{near[0]}"? There are' if near else "there are"
    return f'no {what} "{name}"; {meant}: {", ".join(names)}'
