"""The command `mockserver`: finds the subcommand and turns errors into a message and an exit code.

Exit codes: 0 well, 1 something is broken or a document has defects, 2 not understood, 3 can't start or reach. A
command's module is imported when it is called, so that `serve` pays for nothing it does not use.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from io import TextIOWrapper
from typing import Final

from mockserver.errors import MockserverError, UsageError, unknown

COMMANDS: Final = {
    "serve": ("serve", "start the fake APIs"),
    "ctl": ("ctl", "take the wheel of a running server: clock, worlds, faults, journal"),
    "state": ("state", "look at the worlds of a store, carry them away, bring them back, remove them"),
    "routes": ("lists", "what they answer: every operation with method and path"),
    "outcomes": ("lists", "what to send to get each documented success and failure"),
    "edges": ("lists", "how to take each edge of each state machine: tasks, assets, runs, files, tokens"),
    "readings": ("lists", "the choices the providers' documents leave open, and how to switch them"),
    "verify": ("verify", "judge recorded traffic: HAR, VCR cassettes, the journal; whose fault, and what changed"),
    "check": ("check", "judge a server: does it keep the contract?"),
    "lint": ("documents", "find the defects of an OpenAPI document"),
    "diff": ("diff", "tell what changed between two documents, and whether it breaks clients or servers"),
    "spec": ("documents", "print a provider's OpenAPI document with our repairs, for any other tool"),
    "explain": ("documents", "tell more about an operation or a code of a violation or defect"),
    "guide": ("guide", "read the guide: the tutorial, how to do this and that, and all there is in tables"),
}

_HELP: Final = """usage: mockserver COMMAND ...

Fake APIs that a client cannot tell from the real ones.

{commands}

  mockserver COMMAND --help   the options of a command
  mockserver --version
"""

_INTERRUPTED: Final = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line (`sys.argv` without the program by default) and return the exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal that can't show a character is no reason to end
    try:
        code = _run(words)
        sys.stdout.flush()
        return code
    except MockserverError as error:
        sys.stderr.write(f"mockserver: {error}\n")
        return error.exit_code
    except KeyboardInterrupt:
        # If that fell into a text that was executed (a dataclass while it is made), the interpreter takes it for one
        # that nobody caught, until the next text, and ends by the signal whatever is returned.
        exec("")
        return _INTERRUPTED
    except BrokenPipeError:
        # The reader (`| head`) has had enough. What is still buffered must not be written at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _run(words: list[str]) -> int:
    if not words:
        sys.stderr.write(_help())
        return UsageError.exit_code
    name, *rest = words
    if name in ("-h", "--help", "help"):
        sys.stdout.write(_help())
        return 0
    if name in ("-V", "--version"):
        sys.stdout.write(f"mockserver {_version()}\n")
        return 0
    if name.startswith("-"):
        raise UsageError(unknown("option", name, ("--help", "--version")))
    if name not in COMMANDS:
        raise UsageError(unknown("command", name, COMMANDS))
    module, about = COMMANDS[name]
    run = import_module(f"mockserver.cli.{module}").run
    code: int = run(name, about, rest)
    return code


def _help() -> str:
    return _HELP.format(commands="\n".join(f"  {name:<10}{about}" for name, (_, about) in COMMANDS.items()))


def _version() -> str:
    from mockserver import __version__

    return __version__
