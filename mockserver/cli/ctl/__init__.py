"""`mockserver ctl`: the control API from a shell. Finds the subject and its words; knows HTTP through `server` only.

Exit codes: 0 well, 1 the server refused, 2 not understood, 3 there is no server.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from mockserver.cli.ctl.server import Place, find
from mockserver.cli.ctl.subjects import SUBJECTS, Subject
from mockserver.cli.show import as_json
from mockserver.cli.words import Words
from mockserver.errors import RefusedError, UsageError, unknown
from mockserver.remote import Server

_HELP: Final = """usage: mockserver ctl SUBJECT ...

{about}.

{subjects}

  mockserver ctl SUBJECT --help   its actions and options

Every subject takes --json for programs, and says where the server is by --url URL or --ready-file FILE. Without them:
MOCKSERVER_URL, else the host and port of mockserver.toml and MOCKSERVER_PORT, else http://127.0.0.1:4080. A server that
wants its token gets --token TOKEN, or MOCKSERVER_ADMIN_TOKEN.
"""

# Options that have a value and may stand before the subject.
_PLACES: Final = ("--url", "--ready-file", "--token")


def run(name: str, about: str, words: Sequence[str]) -> int:
    """Do what the words say to a running server; the exit code."""
    subject, rest = _subject(list(words))
    if subject is None:
        stream = sys.stdout if rest else sys.stderr
        stream.write(_help(about))
        return 0 if rest else UsageError.exit_code
    return _do(subject, rest)


def _do(subject: Subject, words: Sequence[str]) -> int:
    parser = Words(f"ctl {subject.name}", subject.about, subject.epilog)
    if subject.words:
        parser.add_argument("words", nargs="*", metavar=subject.words, help=subject.words_about)
    for option in subject.options:
        option.add_to(parser)
    parser.add_argument("--json", action="store_true", help="the server's own answer, for a program")
    parser.add_argument("--url", metavar="URL", help="where the server is (http://127.0.0.1:4080)")
    parser.add_argument("--ready-file", metavar="FILE", help="the file `serve --ready-file` wrote")
    parser.add_argument("--token", metavar="TOKEN", help="what the server wants to be shown")
    given = parser.read(words)
    if given is None:
        return 0
    server = Server(find(Place(given.url, given.ready_file, given.token), os.environ, Path.cwd()))
    try:
        subject.act(server, given)
    except RefusedError as error:
        if given.json and error.problem is not None:
            as_json(error.problem)
            return error.exit_code
        raise
    return 0


def _subject(words: list[str]) -> tuple[Subject | None, list[str]]:
    """The subject and all other words; no subject and some words when help was asked for, none when nothing was."""
    at = 0
    while at < len(words) and words[at].startswith("-"):
        if words[at] in ("-h", "--help"):
            return None, words
        at += 2 if words[at] in _PLACES else 1
    if at >= len(words):
        return None, []
    name = words[at]
    if name not in SUBJECTS:
        raise UsageError(f"ctl: {unknown('subject', name, SUBJECTS)}")
    return SUBJECTS[name], [*words[:at], *words[at + 1 :]]


def _help(about: str) -> str:
    subjects = "\n".join(f"  {subject.name:<12}{subject.about}" for subject in SUBJECTS.values())
    return _HELP.format(about=f"{about[0].upper()}{about[1:]}", subjects=subjects)
