"""`mockserver ctl health`, `contracts`, `outcomes`, `coverage` and `call`."""

from __future__ import annotations

import argparse

from mockserver.cli.ctl import given as words_of
from mockserver.cli.ctl.shown import rows
from mockserver.cli.show import as_json, say
from mockserver.errors import RefusedError, UsageError
from mockserver.remote import PREFIX, Server


def health(server: Server, given: argparse.Namespace) -> None:
    """Say whether it is ready; not being so is a refusal."""
    found = server.ask("GET", "health")
    if found["status"] != "ready":
        raise RefusedError(f"the server at {found['url']} is {found['status']}", found)
    if given.json:
        as_json(found)
    else:
        say(f"ready  {found['url']}  {', '.join(found['providers'])}  (mockserver {found['version']})")


def contracts(server: Server, given: argparse.Namespace) -> None:
    """List the documents, or print one."""
    if given.words:
        (provider,) = words_of.exactly("contracts", given.words, "PROVIDER")
        form = "json" if given.json else "yaml"
        found = server.ask("GET", "contracts", f"{provider}.{form}")
        if given.json:
            as_json(found)
        else:
            say(found.rstrip("\n"))
        return
    found = server.ask("GET", "contracts")
    if given.json:
        as_json(found)
    else:
        lines = [[each["provider"], each["version"], each["operations"], each["yaml"]] for each in found["contracts"]]
        rows(("provider", "version", "operations", "document"), lines, "no contracts")


def outcomes(server: Server, given: argparse.Namespace) -> None:
    """List what to send to get each outcome."""
    found = server.ask("GET", "outcomes")
    if given.json:
        as_json(found)
    else:
        lines = [[each["outcome"], each["operation"], each["status"], each["curl"]] for each in found["outcomes"]]
        rows(("outcome", "operation", "status", "curl"), lines, "no outcomes")


def coverage(server: Server, given: argparse.Namespace) -> None:
    """Say what of the documents was exercised, or begin anew."""
    action, rest = words_of.action("coverage", given.words, ("clear",))
    words_of.exactly("coverage", rest)
    if action == "clear":
        server.ask("DELETE", "coverage")
        if not given.json:
            say("counted anew from here")
        return
    found = server.ask("GET", "coverage")
    if given.json:
        as_json(found)
        return
    for provider, told in found["providers"].items():
        operations, statuses = told["operations"], told["statuses"]
        say(
            f"{provider}: {operations['called']} of {operations['of']} operations, {statuses['met']} of "
            f"{statuses['of']} documented statuses, {told['calls']} calls, {told['unmatched']} unmatched"
        )
        lines = [
            [each["operation"], each["calls"], each["violating"] or "", " ".join(each["met"]), " ".join(each["never"])]
            for each in told["tried"]
            if each["simulated"]
        ]
        rows(("operation", "calls", "broken", "met", "never"), lines, "no operations")
        say("")


def call(server: Server, given: argparse.Namespace) -> None:
    """Make any call; the answer is printed as it is."""
    if len(given.words) not in (2, 3):
        raise UsageError('ctl call: expected METHOD PATH [BODY], as in: call POST /clock/advance \'{"by": "5m"}\'')
    method, path, *body = given.words
    path = path if path.startswith("/") else f"/{path}"
    target = path if path == PREFIX or path.startswith(f"{PREFIX}/") else PREFIX + path
    if not method.isalpha() or not target.isascii() or not target.isprintable() or " " in target:
        raise UsageError(f"ctl call: {method} {path} is no request; percent-encode what is not ASCII")
    found = server.call(method.upper(), target, words_of.document(body[0]) if body else None)
    if isinstance(found, str):
        say(found.rstrip("\n"))
    elif found is not None:
        as_json(found)
