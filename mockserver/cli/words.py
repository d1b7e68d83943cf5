"""The words of one command: argparse, but it raises UsageError with the nearest name instead of ending the process."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import NoReturn

from mockserver.errors import UsageError, unknown


class Words(argparse.ArgumentParser):
    def __init__(self, command: str, about: str, epilog: str | None = None) -> None:
        super().__init__(
            prog=f"mockserver {command}",
            description=f"{about[0].upper()}{about[1:]}.",
            epilog=epilog,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
            add_help=False,
        )
        self.command = command
        self.add_argument("-h", "--help", action="store_true", help="show this and stop")

    def read(self, words: Sequence[str]) -> argparse.Namespace | None:
        """What the words say, or None after the help was asked for and printed. Raises UsageError."""
        if not {"-h", "--help"}.isdisjoint(words):
            self.print_help()
            return None
        given, extra = self.parse_known_intermixed_args(list(words))
        for word in extra:
            if word.startswith("-"):
                name = word.partition("=")[0]
                known = [each for each in self._option_string_actions if each.startswith("--")]
                raise UsageError(f"{self.command}: {unknown('option', name, known)}")
        if extra:
            raise UsageError(f'{self.command}: one word too many, "{extra[0]}". See {self.prog} --help')
        return given

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{self.command}: {message}. See {self.prog} --help")
