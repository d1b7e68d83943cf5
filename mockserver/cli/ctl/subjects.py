"""What `mockserver ctl` can be about: the subjects, their words and options, and which function does what is asked."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from mockserver.cli.ctl import clock, documents, requests, worlds
from mockserver.cli.ctl.server import Server
from mockserver.cli.words import Words


@dataclass(frozen=True, slots=True)
class Flag:
    """An option of a subject; with a `metavar` it has a value."""

    name: str
    about: str
    metavar: str | None = None
    number: bool = False

    def add_to(self, parser: Words) -> None:
        if self.metavar is None:
            parser.add_argument(self.name, action="store_true", help=self.about)
        else:
            kind = int if self.number else str
            parser.add_argument(self.name, metavar=self.metavar, type=kind, help=self.about)


@dataclass(frozen=True, slots=True)
class Subject:
    """`words` names the positional words, "" for none."""

    name: str
    about: str
    act: Callable[[Server, argparse.Namespace], None]
    words: str = ""
    words_about: str = ""
    options: tuple[Flag, ...] = ()
    epilog: str | None = None


_WORLD: Final = Flag("--world", "of this world, not of the server", "PROVIDER/WORLD")
_SINCE: Final = Flag("--since", "only those later than this serial", "N", number=True)
_LIMIT: Final = Flag("--limit", "only the last so many", "N", number=True)

SUBJECTS: Final[Mapping[str, Subject]] = {
    subject.name: subject
    for subject in (
        Subject("health", "whether the server is ready", documents.health),
        Subject(
            "clock",
            "what time it is; stop it, let it run, jump",
            clock.act,
            "ACTION",
            "freeze [INSTANT], run, advance DURATION, set INSTANT, settle, pace N, or release (a world's own clock)",
            (_WORLD,),
            "A DURATION is words such as 5m or 1h30m, or milliseconds; an INSTANT 2026-11-22T11:50:00Z, or Unix ms.",
        ),
        Subject(
            "worlds",
            "one account's whole state each: list, look, change",
            worlds.act,
            "ACTION",
            "get PROVIDER/WORLD, or nothing for all of them",
        ),
        Subject(
            "readings",
            "how unclear sentences of the documents are read",
            worlds.readings,
            "NAME=OPTION",
            "read it so in the world; NAME= gives back what the server reads",
            (_WORLD,),
        ),
        Subject(
            "requests",
            "the journal: what was asked and answered",
            requests.act,
            "ACTION",
            "a serial for all about one, or nothing for the list",
            (
                _SINCE,
                _LIMIT,
                Flag("--violations", "only those that broke a rule"),
                Flag("--follow", "go on as they come, until Ctrl-C"),
            ),
        ),
        Subject(
            "violations", "the rules of the contracts that were broken", requests.violations, options=(_SINCE, _LIMIT)
        ),
        Subject(
            "contracts",
            "the documents requests and replies are checked by",
            documents.contracts,
            "PROVIDER",
            "print that provider's document",
        ),
        Subject("outcomes", "what to send to get each documented success and failure", documents.outcomes),
        Subject(
            "call",
            "any operation of the control API",
            documents.call,
            "METHOD PATH [BODY]",
            'as in: call POST /clock/advance \'{"by": "5m"}\'; - reads the body from standard input',
        ),
    )
}
