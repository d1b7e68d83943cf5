"""What can be wrong with a request below its schema: its JSON text, its media type and encodings, its credentials.

Each trick changes one thing in a draft. Which rule of the contract that breaks is for the check to say.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

from mockserver.contract.parameters import Parameter
from mockserver.core.payload import ABSENT
from mockserver.core.text import DEEPEST
from mockserver.strategies.book import Page
from mockserver.strategies.draft import Draft, fill
from mockserver.strategies.rules import Family
from mockserver.strategies.source import Source

Trick = Callable[[Draft, Source], None]


@dataclass(frozen=True, slots=True)
class Kind:
    """One way to be wrong, with several tricks that amount to the same. `keyword` is the check's name of it, if one."""

    id: str
    sentence: str
    tricks: tuple[Trick, ...]
    family: Family = "transport"
    keyword: str = ""


def with_body(page: Page) -> Iterator[Kind]:
    """What can be wrong with a body, for an operation that has one."""
    if page.needs_body:
        yield Kind("body:missing", "a body has to be sent", (_no_body, _no_body_at_all), "contract", "body")
    if page.entries:
        yield Kind(
            "media-type",
            "Content-Type has to be one the operation reads",
            tuple(map(_typed, _MEDIA)),
            "contract",
            "content",
        )
    if page.entries and page.entries[0].body.is_json:
        yield from _JSON_KINDS
    if page.book.provider is not None and page.entries:
        yield Kind("transport:size", "a body may not be longer than the provider reads", (_oversize,))


def with_credentials(page: Page) -> Iterator[Kind]:
    """What can be wrong with the credentials of an operation that asks for some."""
    if page.security is not None:
        yield Kind(
            "security:missing",
            "a credential has to be sent",
            (_anonymous, partial(_authorized, "")),
            "contract",
            "security",
        )
        wrong = ("Digest x", "Bearer", "Bearer ", "Basic !", "x")
        yield Kind("security:malformed", "a credential has to be written as its scheme says", tuple(
            partial(_authorized, text) for text in wrong), "contract", "scheme")  # fmt: skip


def with_parameter(number: int, parameter: Parameter) -> Iterator[Kind]:
    """What can be wrong with a parameter before its schema is asked."""
    place = f"{parameter.where} {parameter.name}"
    if parameter.required and parameter.where != "path":
        yield Kind(
            f"{place}:required",
            f"`{parameter.name}` has to be sent",
            (partial(_dropped, number),),
            "contract",
            "parameter",
        )
    texts = [f"{parameter.name}={text}" if parameter.where in ("query", "cookie") else text for text in _UNREADABLE]
    tricks = tuple(partial(_spelled, number, (text,)) for text in texts)
    yield Kind(
        f"{place}:style", f"`{parameter.name}` has to be readable as a value of its type", tricks, "contract", "style"
    )
    if parameter.where == "query":
        empty = tuple(partial(_spelled, number, (text,)) for text in (f"{parameter.name}=", parameter.name))
        yield Kind(f"{place}:empty", f"`{parameter.name}` has to have a value", empty, "contract", "allowEmptyValue")
        again = (partial(_again, number),)
        yield Kind(f"{place}:repeated", f"`{parameter.name}` may be sent only once", again, "contract", "repeated")


_UNREADABLE: Final = ("x", "1x", "0x10", "NaN", "Infinity", "--1", "01", "1e", "True", "yes", "1,2", "%20", "null")
_MEDIA: Final = (
    "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml",
    "application/octet-stream", "application/vnd.api+json", "application/jsonp", "json", None,
)  # fmt: skip


def _dropped(number: int, made: Draft, source: Source) -> None:
    made.texts.pop(number, None)


def _spelled(number: int, texts: tuple[str, ...], made: Draft, source: Source) -> None:
    made.texts[number] = list(texts)


def _again(number: int, made: Draft, source: Source) -> None:
    name = made.page.parameters[number][0].name
    texts = made.texts.get(number) or [f"{name}=1"]
    made.texts[number] = [*texts, *texts]


def _anonymous(made: Draft, source: Source) -> None:
    made.credentials = type(made.credentials)("", "")


def _authorized(text: str, made: Draft, source: Source) -> None:
    _anonymous(made, source)
    made.extra.append(("Authorization", text))


def _no_body(made: Draft, source: Source) -> None:
    made.value = ABSENT


def _no_body_at_all(made: Draft, source: Source) -> None:
    made.value, made.media = ABSENT, None


def _typed(media: str | None) -> Trick:
    def trick(made: Draft, source: Source) -> None:
        _with_text(made, source)
        made.media = media

    return trick


def _with_text(made: Draft, source: Source) -> bytes:
    """The body's bytes as they would be; from now on they stay as they are."""
    if made.value is ABSENT:
        fill(source, made, made.page.entries[0])
    made.raw = made.body()
    return made.raw


def _text(change: Callable[[bytes], bytes]) -> Trick:
    def trick(made: Draft, source: Source) -> None:
        text = _with_text(made, source)
        if made.entry is not None and made.entry.body.is_json:
            made.media, made.raw = made.entry.media, change(text)

    return trick


def _member(spelled: bytes) -> Trick:
    """With one member more at the front, its value spelled so."""

    def change(text: bytes) -> bytes:
        opening, brace, rest = text.partition(b"{")
        comma = b"" if rest.strip() == b"}" else b", "
        return opening + brace + b'"x": ' + spelled + comma + rest

    return _text(change)


def _sent_as(charset: str) -> Trick:
    def trick(made: Draft, source: Source) -> None:
        _with_text(made, source)
        made.media = f"application/json; charset={charset}"

    return trick


def _encoded(name: str, change: Callable[[bytes], bytes]) -> Trick:
    def trick(made: Draft, source: Source) -> None:
        made.raw = change(_with_text(made, source))
        made.extra.append(("Content-Encoding", name))

    return trick


def _oversize(made: Draft, source: Source) -> None:
    text = _with_text(made, source)
    assert made.page.book.provider is not None
    made.raw = text + b" " * (made.page.book.provider.body_limit + 1 - len(text))


def _repeat(text: bytes) -> bytes:
    """The first member once more."""
    value = json.loads(text)
    if not isinstance(value, dict) or not value:
        return text
    name = next(iter(value))
    return json.dumps(value)[:-1].encode() + f", {json.dumps(name)}: {json.dumps(value[name])}}}".encode()


def _gzip(data: bytes) -> bytes:
    machine = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
    return machine.compress(data) + machine.flush()


def _in_text(odd: bytes) -> Trick:
    """With some bytes in the first text that is a value."""
    return _text(lambda text: re.sub(rb'(:\s*")', lambda found: found[1] + odd, text, count=1))


_NOT_UTF8: Final = (b"\xff", b"\xe9", b"\xed\xa0\x80")
_DEEP: Final = DEEPEST + 1
_JSON_KINDS: Final = (
    Kind(
        "transport:malformed",
        "a body has to be JSON (RFC 8259)",
        (
            _text(lambda text: text.rstrip()[:-1]),
            _text(lambda text: text.rstrip()[:-1] + b",}"),
            _text(lambda text: text + b"}"),
            _text(lambda text: text + b"x"),
            _text(lambda text: text.replace(b'"', b"'")),
            _text(lambda text: re.sub(rb'"(\w+)"(\s*:)', rb"\1\2", text)),
            _text(lambda text: b"// a comment\n" + text),
            _text(lambda text: b"{bad}"),
            _text(lambda text: b" "),
            _member(b'"\x01"'),
            _member(b'"\\x41"'),
            _member(b"undefined"),
        ),
    ),
    Kind(
        "transport:number",
        "a number has to be written as JSON has it",
        tuple(map(_member, (b"01", b"+1", b".5", b"1.", b"0x10", b"1_000", b"--1"))),
    ),
    Kind("transport:nan", "JSON has no NaN and no Infinity", tuple(map(_member, (b"NaN", b"Infinity", b"-Infinity")))),
    Kind(
        "transport:depth",
        f"a body may not nest deeper than {DEEPEST} levels",
        (_member(b"[" * _DEEP + b"]" * _DEEP), _member(b'{"a":' * _DEEP + b"0" + b"}" * _DEEP)),
    ),
    Kind(
        "transport:utf-8",
        "JSON is sent in UTF-8",
        tuple(_in_text(bytes) for bytes in _NOT_UTF8) + tuple(_member(b'"%b"' % bytes) for bytes in _NOT_UTF8),
    ),
    Kind(
        "transport:utf-16",
        "JSON is sent in UTF-8, and its Content-Type doesn't say otherwise",
        tuple(_text(lambda text, name=name: text.decode().encode(name)) for name in ("utf-16", "utf-16-le", "utf-32")),  # type: ignore[misc]
    ),
    Kind("transport:charset", "JSON is sent in a Unicode charset", tuple(map(_sent_as, ("latin1", "us-ascii", "x")))),
    Kind(
        "transport:encoding",
        "a body is sent plain, or as gzip or deflate",
        tuple(_encoded(name, lambda text: text) for name in ("br", "zstd", "compress", "gzip, br", "x")),
    ),
    Kind(
        "transport:compression",
        "a body has to be compressed as its Content-Encoding says",
        (
            _encoded("gzip", lambda text: text),
            _encoded("deflate", lambda text: text),
            _encoded("gzip", lambda text: _gzip(text)[:-9]),
            _encoded("gzip", zlib.compress),
        ),
    ),
    Kind("transport:duplicate-key", "a member's name should be there once (RFC 8259, 4)", (_text(_repeat),), "lenient"),
    Kind(
        "transport:bom",
        "a body must not begin with a byte order mark (RFC 8259, 8.1)",
        (_text(lambda text: b"\xef\xbb\xbf" + text),),
        "lenient",
    ),
)
