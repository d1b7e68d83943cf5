"""Values to text: JSON in its many spellings, parameters by style and explode, forms.

The way back is `contract.parameters` and `core.text`; what is written here they have to read as the same value.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from mockserver.contract.parameters import Parameter
from mockserver.core.text import Json, dump

# Beyond it a number written as `1e0` is a double and another number.
_EXACT: Final = 2**53
_NUMBERS: Final[tuple[Callable[[str, int], str], ...]] = (
    lambda digits, _: digits,
    lambda digits, _: f"{digits}.0",
    lambda digits, _: f"{digits}e0",
    lambda digits, _: f"{digits}0E-1" if digits != "0" else "0E-1",
    lambda digits, _: f"{digits}.000e+0",
)
_SPACES: Final = (("", ""), ("", " "), (" ", "\t"), ("\r\n", "\n"))
ESCAPES: Final = ("raw", "ascii", "all")


@dataclass(frozen=True, slots=True)
class Spelling:
    """How a JSON text is written. Each field counts from 0, the plain way."""

    numbers: int = 0
    spaces: int = 0
    escapes: int = 0
    reverse: bool = False

    @classmethod
    def nth(cls, index: int) -> Spelling:
        """One of all there are; the first is the plain one."""
        index, numbers = divmod(index, len(_NUMBERS))
        index, spaces = divmod(index, len(_SPACES))
        index, escapes = divmod(index, len(ESCAPES))
        return cls(numbers, spaces, escapes, bool(index))

    def write(self, value: Json) -> bytes:
        """The value as JSON in UTF-8."""
        if self == _PLAIN:
            return dump(value)
        before, after = _SPACES[self.spaces]
        return (before + "".join(self._parts(value, after)) + before).encode("utf-8", "surrogatepass")

    def _parts(self, value: Json, space: str) -> Iterator[str]:
        if isinstance(value, dict):
            yield "{"
            items = reversed(value.items()) if self.reverse else value.items()
            for index, (name, item) in enumerate(items):
                yield f"{',' + space if index else ''}{self._text(name)}{space and ' '}:{space}"
                yield from self._parts(item, space)
            yield "}"
        elif isinstance(value, list):
            yield "["
            for index, item in enumerate(value):
                yield f",{space}" if index else space
                yield from self._parts(item, space)
            yield "]"
        elif isinstance(value, str):
            yield self._text(value)
        elif isinstance(value, int) and not isinstance(value, bool) and abs(value) < _EXACT:
            yield _NUMBERS[self.numbers](str(value), value)
        else:
            yield dump(value).decode()

    def _text(self, text: str) -> str:
        if ESCAPES[self.escapes] == "raw":
            return dump(text).decode("utf-8", "surrogatepass")
        if ESCAPES[self.escapes] == "ascii":
            return json.dumps(text)
        units = text.encode("utf-16-be", "surrogatepass")
        return '"' + "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2)) + '"'


_PLAIN: Final = Spelling()
# How many spellings `Spelling.nth` knows.
SPELLINGS: Final = len(_NUMBERS) * len(_SPACES) * len(ESCAPES) * 2


def plain(value: Json) -> str:
    """A scalar as the text that spells it."""
    return value if isinstance(value, str) else dump(value).decode()


def parameter_texts(parameter: Parameter, value: Json) -> list[str]:
    """A value as its parameter's style spells it: for query and cookies an element for each `name=value`."""
    name, style = parameter.name, parameter.style
    text = _header_text if parameter.where == "header" else _encoded
    if parameter.content:
        spelled = dump(value).decode() if parameter.where == "header" else quote(dump(value), safe="")
        return [f"{quote(name, safe='')}={spelled}" if parameter.where in ("query", "cookie") else spelled]
    pairs = [(text(key), text(plain(one))) for key, one in value.items()] if isinstance(value, dict) else []
    listed = [text(plain(one)) for one in value] if isinstance(value, list) else []
    flat = [part for pair in pairs for part in pair] or listed or [text(plain(value))]
    if parameter.where in ("query", "cookie"):
        return _named(quote(name, safe=""), parameter, value, pairs, listed, flat)
    between = {"label": ".", "matrix": ";"}.get(style, ",") if parameter.explode else ","
    joined = between.join(f"{key}={one}" for key, one in pairs) if pairs and parameter.explode else between.join(flat)
    if style == "matrix":
        if parameter.explode and pairs:
            return [f";{joined}"]
        return [
            "".join(f";{name}={one}" for one in listed) if parameter.explode and listed else f";{name}={','.join(flat)}"
        ]
    return [f".{joined}" if style == "label" else joined]


def _named(
    name: str, parameter: Parameter, value: Json, pairs: list[tuple[str, str]], listed: list[str], flat: list[str]
) -> list[str]:
    if parameter.style == "deepObject" and isinstance(value, dict):
        return [f"{name}[{key}]={one}" for key, one in pairs]
    if parameter.explode and isinstance(value, dict):
        return [f"{key}={one}" for key, one in pairs]
    if parameter.explode and isinstance(value, list):
        return [f"{name}={one}" for one in listed]
    mark = {"spaceDelimited": "%20", "pipeDelimited": "|"}.get(parameter.style, ",")
    return [f"{name}={mark.join(flat)}"]


def _encoded(text: str) -> str:
    # A segment of dots alone would be taken for a step up or down by clients and proxies.
    return quote(text.encode("utf-8", "surrogatepass"), safe="") if text.strip(".") else text.replace(".", "%2E")


def _header_text(text: str) -> str:
    return text


def may_be_header(text: str) -> bool:
    """Whether a text can travel in a header and arrive as it was (RFC 9110, 5.5): printable ASCII, no outer spaces."""
    return re.fullmatch(r"(?:[!-~](?:[ -~]*[!-~])?)?", text) is not None


def form(value: Json) -> bytes:
    """An object as `application/x-www-form-urlencoded`."""
    pairs = [
        (name, one)
        for name, listed in (value.items() if isinstance(value, dict) else ())
        for one in (listed if isinstance(listed, list) else [listed])
    ]
    return "&".join(f"{_field(name)}={_field(plain(one))}" for name, one in pairs).encode()


def _field(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"), safe="").replace("%20", "+")
