"""What a server repeats of a secret: the token it did not know, the body it could not read."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final
from urllib.parse import quote, unquote_plus

from mockserver.core.http import Headers, Reply
from mockserver.core.secrecy import REMOVED, without_secrets
from mockserver.core.text import Json, dump
from mockserver.core.violation import Violation

Hide = Callable[[str], str]

# A shorter secret is only taken out where it stands alone; one that is shorter yet, nowhere: it could be any word.
_LONG: Final = 8
_SHORTEST: Final = 4
# Such a text is written the same in a URL, in JSON and in HTML.
_ONE_SPELLING: Final = re.compile(r"[\w.~-]*", re.ASCII)
# So many characters in a row make a quotation; in so much of a text they are looked for.
_QUOTATION: Final = 5
_LONGEST_TEXT: Final = 2_000


class Hiding:
    """Takes secrets out of texts in every spelling they may have there, and quotations of a body nobody could read.

    It is true when there is anything to look for. The keys of private worlds are no secrets: anybody may make them up.
    """

    __slots__ = ("_found", "_unread")

    def __init__(self, secrets: Iterable[str], unread: str = "") -> None:
        spelled = {each for secret in secrets if not secret.startswith("test_") for each in _spellings(secret)}
        self._found = sorted((each for each in spelled if len(each) >= _SHORTEST), key=len, reverse=True)
        self._unread = unread

    def __bool__(self) -> bool:
        return bool(self._found or self._unread)

    def __call__(self, text: str) -> str:
        for each in self._found:
            if each in text:
                text = text.replace(each, REMOVED) if len(each) >= _LONG else _alone(each).sub(REMOVED, text)
        return _without_quotations(text, self._unread) if self._unread else text

    def concerns(self, reply: Reply) -> bool:
        """Whether there can be anything of it in a reply: in next to none there is."""
        if self._unread:
            return True
        said = "\n".join([value for _, value in reply.headers])
        return any(each in said or each.encode("utf-8", "surrogatepass") in reply.body for each in self._found)


def reply_without(reply: Reply, hide: Hide) -> Reply:
    """The reply with every text in it hidden; the very same if that changes nothing."""
    headers = Headers.of((name, hide(value)) for name, value in reply.headers)
    if reply.value is not None:
        value = values_hidden(reply.value, hide)
        body = reply.body if value == reply.value else dump(value)
    else:
        value = None
        body = hide(reply.body.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
    if headers == reply.headers and body == reply.body:
        return reply
    return Reply(reply.status, headers, body, value)


def violation_without(violation: Violation, hide: Hide) -> Violation:
    """The violation, its words without secrets."""

    def clean(text: str) -> str:
        return hide(without_secrets(text))

    return replace(
        violation,
        pointer=clean(violation.pointer),
        expected=clean(violation.expected),
        got=clean(violation.got),
        remedy=clean(violation.remedy),
        detail=values_hidden(violation.detail, clean),
    )


def values_hidden(value: Json, hide: Hide) -> Json:
    """A value with every text in it hidden, the names of properties too."""
    if isinstance(value, str):
        return hide(value)
    if isinstance(value, dict):
        return {hide(name): values_hidden(item, hide) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [values_hidden(item, hide) for item in value]
    return value


def _spellings(secret: str) -> Iterable[str]:
    if _ONE_SPELLING.fullmatch(secret):
        return (secret,)
    return {each for text in (secret, unquote_plus(secret)) for each in _encoded(text)}


def _encoded(text: str) -> Iterable[str]:
    quoted = quote(text, safe="", errors="surrogatepass"), quote(text, errors="surrogatepass")
    return text, *quoted, html.escape(text), dump(text)[1:-1].decode()


def _alone(text: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![A-Za-z0-9]){re.escape(text)}(?![A-Za-z0-9])")


def _without_quotations(text: str, unread: str) -> str:
    """Parsers show where they stopped, with some of what stands around (V8: ten characters on each side)."""
    quoted = [False] * len(text)
    for start in range(min(len(text), _LONGEST_TEXT) - _QUOTATION + 1):
        piece = text[start : start + _QUOTATION]
        if not piece.isspace() and piece in unread:
            quoted[start : start + _QUOTATION] = [True] * _QUOTATION
    kept: list[str] = []
    for at, character in enumerate(text):
        if not quoted[at]:
            kept.append(character)
        elif at == 0 or not quoted[at - 1]:
            kept.append(REMOVED)
    return "".join(kept)
