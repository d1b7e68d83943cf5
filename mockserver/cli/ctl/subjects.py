"""What `mockserver ctl` can be about: the subjects, their words and options, and which function does what is asked."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from mockserver.cli.ctl import clock, deliveries, documents, faults, readings, requests, worlds
from mockserver.cli.words import Words
from mockserver.remote import Server


@dataclass(frozen=True, slots=True)
class Flag:
    """An option of a subject; with a `metavar` it has a value."""

    name: str
    about: str
    metavar: str | None = None
    number: bool = False
    repeatable: bool = False

    def add_to(self, parser: Words) -> None:
        if self.metavar is None:
            parser.add_argument(self.name, action="store_true", help=self.about)
        elif self.repeatable:
            parser.add_argument(self.name, metavar=self.metavar, action="append", default=[], help=self.about)
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
            "one account's whole state each: list, make, change, remember",
            worlds.act,
            "ACTION",
            "get, create, reset, delete, snapshots or verbs WORLD; snapshot WORLD [NAME]; restore WORLD SNAPSHOT; "
            "do WORLD VERB [NAME=VALUE ...]; or nothing for the list",
            (
                Flag("--from", "create it from a named world that comes with us", "NAME"),
                Flag("--document", "create it from a world document of your own", "FILE"),
                Flag("--overrides", "what is to be different in the provider's part", "JSON|FILE"),
                Flag("--reading", "read a sentence so; repeatable", "NAME=OPTION", repeatable=True),
                Flag("--at", "start a clock of its own there", "INSTANT"),
                Flag("--frozen", "let that clock stand"),
                Flag("--pace", "how much faster than life its jobs go", "N"),
                Flag("--replace", "make it anew if it is there"),
            ),
            "A WORLD is PROVIDER/NAME: livepeer/test_me. A VALUE that is JSON is that, anything else is text.",
        ),
        Subject(
            "readings",
            "how unclear sentences of the documents are read",
            readings.act,
            "NAME=OPTION",
            "read it so in the world; NAME= gives back what the server reads",
            (_WORLD,),
        ),
        Subject(
            "requests",
            "the journal: what was asked and answered",
            requests.act,
            "ACTION",
            "find or count [NAME=VALUE ...|JSON], unmatched, near-misses, export, clear; a serial for all about one; "
            "or nothing for the list",
            (
                _SINCE,
                _LIMIT,
                Flag("--violations", "only those that broke a rule"),
                Flag("--follow", "go on as they come, until Ctrl-C"),
                Flag("--har", "export as an HTTP Archive to this file", "FILE"),
                Flag("--jsonl", "export as lines of JSON to this file", "FILE"),
            ),
            "As in: mockserver ctl requests find operation=createClip status=4xx",
        ),
        Subject(
            "faults",
            "what goes wrong with which calls, on purpose",
            faults.act,
            "ACTION",
            "add FILE|JSON, rm ID ..., clear, plans, plan NAME; or nothing for those that are set",
            (),
            'As in: mockserver ctl faults add \'{"calls": {"operation": "createClip"}, "turns": {"first": 2},'
            ' "status": {"code": 503}}\'',
        ),
        Subject(
            "deliveries",
            "what went to webhooks, with every attempt",
            deliveries.act,
            "ACTION",
            "resend ID, clear; a serial or id for all about one; or nothing for the list",
            (_SINCE,),
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
        Subject(
            "coverage",
            "what of the documents was exercised so far",
            documents.coverage,
            "ACTION",
            "clear, to count anew; or nothing",
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
