"""What people write after a subject: actions, worlds, `name=value` pairs, JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from mockserver.core.text import Json
from mockserver.errors import UsageError, unknown


def action(subject: str, words: Sequence[str], known: Sequence[str]) -> tuple[str, list[str]]:
    """The action, checked, and the words after it; "" without one. Raises UsageError with the nearest name."""
    if not words:
        return "", []
    if words[0] not in known:
        raise UsageError(f"ctl {subject}: {unknown('action', words[0], known)}")
    return words[0], list(words[1:])


def exactly(subject: str, words: Sequence[str], *names: str) -> list[str]:
    """The words, one for each name. Raises UsageError saying which is missing or too many."""
    if len(words) < len(names):
        raise UsageError(
            f"ctl {subject}: {names[len(words)]} is missing. See mockserver ctl {subject.split()[0]} --help"
        )
    if len(words) > len(names):
        raise UsageError(f'ctl {subject}: one word too many, "{words[len(names)]}"')
    return list(words)


def world(text: str) -> tuple[str, str]:
    """`livepeer/test_me` as its two halves. Raises UsageError."""
    provider, slash, name = text.partition("/")
    if not slash or not provider or not name:
        raise UsageError(f'"{text}" is no world; write PROVIDER/WORLD, as in livepeer/test_me')
    return provider, name


def pairs(words: Sequence[str]) -> dict[str, Json]:
    """`name=value` words as an object; a value that is JSON is that, else text. Raises UsageError."""
    found: dict[str, Json] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or not name:
            raise UsageError(f'"{word}" is no NAME=VALUE')
        try:
            found[name] = json.loads(value)
        except ValueError:
            found[name] = value
    return found


def document(word: str) -> Json:
    """JSON from the word itself, from the file it names, or for `-` from standard input. Raises UsageError."""
    text, where = word, "the body"
    if word == "-":
        text, where = sys.stdin.read(), "standard input"
    elif word.lstrip()[:1] not in ("{", "[", '"'):
        where = word
        try:
            text = Path(word).read_text("utf-8")
        except OSError as error:
            raise UsageError(f"{word}: can't be read ({error.strerror})") from None
        except UnicodeDecodeError:
            raise UsageError(f"{word}: is not UTF-8") from None
    try:
        return json.loads(text)
    except ValueError as error:
        raise UsageError(f"{where}: not JSON: {error}") from None
