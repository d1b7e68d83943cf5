"""`mockserver ctl readings`: how unclear sentences are read, and otherwise in a world."""

from __future__ import annotations

import argparse

from mockserver.cli.ctl import given as words_of
from mockserver.cli.ctl.shown import rows
from mockserver.cli.show import as_json
from mockserver.errors import UsageError
from mockserver.remote import Server


def act(server: Server, given: argparse.Namespace) -> None:
    """List the readings, of the server or of a world, or switch some in a world."""
    if given.world is None:
        if given.words:
            raise UsageError("ctl readings: a running server reads otherwise only in a world; name it with --world")
        found = server.ask("GET", "readings")
        lines = [[each["reading"], each["chosen"], ", ".join(each["options"])] for each in found["readings"]]
    else:
        path = ("worlds", *words_of.world(given.world), "readings")
        wanted = {name: option or None for name, option in words_of.texts(given.words).items()}
        found = server.ask("PATCH", *path, body=wanted) if wanted else server.ask("GET", *path)
        lines = [[name, option] for name, option in found["readings"].items()]
    if given.json:
        as_json(found)
    else:
        rows(("reading", "chosen", "options")[: len(lines[0]) if lines else 2], lines, "no readings")
