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


def texts(words: Sequence[str]) -> dict[str, str]:
    """`name=text` words as an object of texts. Raises UsageError."""
    found: dict[str, str] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or not name:
            raise UsageError(f'"{word}" is no NAME=OPTION such as usage-limit=402')
        found[name] = value
    return found


def values(words: Sequence[str]) -> Json:
    """An object: one word of JSON, or `name=value` words. Raises UsageError."""
    if len(words) == 1 and (words[0] == "-" or words[0].lstrip().startswith("{")):
        return document(words[0])
    return pairs(words)


def number_or_text(text: str | None) -> Json:
    """Milliseconds are a number, words stay words."""
    return int(text) if text is not None and text.isascii() and text.isdecimal() else text


def pace(text: str | None) -> Json:
    """A number, or `inf`. Raises UsageError."""
    if text is None or text == "inf":
        return text
    try:
        return float(text)
    except ValueError:
        raise UsageError(f"a pace is a number or inf, not {text!r}") from None


def text_or_json(word: str) -> Json:
    """What a file or standard input says: JSON if it is, else its text. Raises UsageError."""
    text = _read(word)
    try:
        return json.loads(text)
    except ValueError:
        return text


def faults(word: str) -> list[Json]:
    """Faults from JSON or YAML, in the word itself or in a file: one, a list, or a plan. Raises UsageError."""
    said = document(word) if word.lstrip()[:1] in ("{", "[") else text_or_json(word)
    if isinstance(said, str):
        from mockserver.contract.yaml_text import load_yaml
        from mockserver.errors import DocumentError

        try:
            said = load_yaml(said, word).value
        except DocumentError as error:
            raise UsageError(str(error)) from None
    if isinstance(said, dict) and isinstance(said.get("faults"), list):
        said = said["faults"]
    return said if isinstance(said, list) else [said]


def document(word: str) -> Json:
    """JSON from the word itself, from the file it names, or for `-` from standard input. Raises UsageError."""
    here = word.lstrip()[:1] in ("{", "[", '"')
    text = word if here else _read(word)
    try:
        return json.loads(text)
    except ValueError as error:
        where = "the body" if here else "standard input" if word == "-" else word
        raise UsageError(f"{where}: not JSON: {error}") from None


def _read(word: str) -> str:
    """The text of a file, or for `-` of standard input."""
    try:
        return sys.stdin.read() if word == "-" else Path(word).read_text("utf-8")
    except OSError as error:
        raise UsageError(f"{word}: can't be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise UsageError(f"{word}: is not UTF-8") from None
