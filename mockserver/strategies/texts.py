"""Texts: the edges worth meeting, what formats look like, and texts that match a pattern."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from mockserver.strategies.source import Source, ecma, least_text, text_like

# Empty, one letter, then what programs trip over: accents that combine, scripts from right to left, the astral planes,
# what looks like a value of another kind, what ends a text in C, a line or a header.
EDGES: Final = (
    "",
    "a",
    "é",
    "e\u0301",
    "日本語",
    "\U0001f600",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "مرحبا",
    "0",
    "null",
    "true",
    " a ",
    "a\nb",
    "a\tb",
    "\u2028",
    "\ufeff",
    "\x00",
    '"\\/',
    "<b>&amp;</b>",
    "%2F",
    "../..",
    "{id}",
)
_ANY: Final = st.text(st.characters(codec="utf-8"), max_size=16)
_SEEDS: Final = st.integers(0, 2**64 - 1)
_LONGEST: Final = 4_096


@dataclass(frozen=True, slots=True)
class Format:
    """Texts of one format: some to begin with, the rest, and texts that look like it and are not."""

    edges: tuple[str, ...]
    beside: SearchStrategy[str]
    wrong: tuple[str, ...] = ("", "a")


def _millis(text: str) -> str:
    return text[:23] + "Z" if "." in text else text[:19] + ".000Z"


_INSTANTS: Final = st.datetimes(min_value=datetime(1000, 1, 1)).map(lambda at: _millis(at.isoformat()))
FORMATS: Final[Mapping[str, Format]] = {
    "uuid": Format(
        ("00000000-0000-0000-0000-000000000000", "FFFFFFFF-FFFF-4FFF-BFFF-FFFFFFFFFFFF"),
        st.uuids().map(str),
        ("", "00000000000000000000000000000000", "00000000-0000-0000-0000-00000000000g"),
    ),
    "date-time": Format(
        (
            "2000-01-01T00:00:00.000Z",
            "2024-02-29T23:59:59.999Z",
            "1970-01-01T00:00:00Z",
            "2026-01-28T15:50:30.420+02:00",
        ),
        _INSTANTS,
        (
            "2000-13-01T00:00:00.000Z",
            "2023-02-29T00:00:00.000Z",
            "2000-01-01",
            "2000-01-01T00:00:00.000",
            "946684800000",
        ),
    ),
    "date": Format(("2000-01-01", "2024-02-29"), st.dates().map(str), ("2023-02-29", "01.01.2000", "")),
    "time": Format(("00:00:00Z", "23:59:59.999+01:00"), st.times().map(lambda at: f"{at.isoformat()}Z"), ("24:00", "")),
    "duration": Format(("P1D", "PT0S"), st.integers(0, 999).map(lambda n: f"PT{n}S"), ("1 day", "")),
    "uri": Format(
        ("https://example.com/", "http://a", "https://[::1]:8080/a?b=c#d", "https://example.com/%F0%9F%98%80"),
        st.text("ab/0-._~", max_size=24).map(lambda text: f"https://example.com/{text}"),
        ("/relative", "https://exa mple.com/", "a b", "https://example.com/{id}", ""),
    ),
    "uri-reference": Format(("", "/a", "https://example.com/"), st.text("ab/", max_size=9), ("a b\\", "http://[")),
    "email": Format(
        ("a@example.com", "a+b@example.com"),
        st.text("abc", min_size=1, max_size=9).map(lambda text: f"{text}@example.com"),
        ("a", "a@", "@example.com"),
    ),
    "hostname": Format(("a", "example.com"), st.text("ab", min_size=1, max_size=9), ("-a", "a b", "")),
    "ipv4": Format(("0.0.0.0", "255.255.255.255"), st.ip_addresses(v=4).map(str), ("256.0.0.0", "1.2.3")),
    "ipv6": Format(("::", "::1"), st.ip_addresses(v=6).map(str), ("1::2::3", "0.0.0.0")),
    "byte": Format(
        ("", "AA==", "+/+/"),
        st.binary(max_size=24).map(lambda data: base64.b64encode(data).decode()),
        ("A", "A-_A", "é"),
    ),
    "json-pointer": Format(("", "/a"), st.text("ab", max_size=9).map(lambda text: f"/{text}"), ("a", "/~2")),
    "regex": Format(("", "a*"), st.text("ab", max_size=9), ("(", "[")),
}


def text(source: Source, shortest: int, longest: int | None, patterns: Sequence[str], formats: Sequence[str]) -> str:
    """A text within bounds. With patterns or formats it is one of the first of them, and the others may refuse it."""
    known = next((FORMATS[name] for name in formats if name in FORMATS), None)
    if patterns:
        return source.either(*_matching(patterns[0], known))
    if known is not None:
        return source.either(known.edges, known.beside)
    return source.either(*_plain(shortest, longest))


@cache
def _matching(pattern: str, known: Format | None) -> tuple[tuple[str, ...], SearchStrategy[str]]:
    compiled = re.compile(ecma(pattern), re.ASCII)
    edges = (least_text(pattern),)
    if known is not None:
        fitting = tuple(one for one in known.edges if compiled.search(one))
        if fitting:
            return fitting, known.beside
    return edges, _SEEDS.map(lambda seed: text_like(pattern, seed))


@cache
def _plain(shortest: int, longest: int | None) -> tuple[tuple[str, ...], SearchStrategy[str]]:
    """Edges within the bounds, the two bounds among them, and texts between."""
    if shortest == 0 and longest is None:
        return EDGES, _ANY
    fill = [one for one in ("a" * shortest, "\U0001f600" * shortest) if shortest]
    top = [] if longest is None or longest > _LONGEST else ["a" * longest, "\U0001f600" * longest]
    edges = (one for one in (*fill, *EDGES, *top) if shortest <= len(one) and (longest is None or len(one) <= longest))
    most = shortest + 16 if longest is None else min(longest, shortest + 16)
    return tuple(dict.fromkeys(edges)), st.text(st.characters(codec="utf-8"), min_size=shortest, max_size=most)
