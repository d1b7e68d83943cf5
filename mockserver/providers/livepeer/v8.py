"""What V8's `JSON.parse` says of a text it refuses, in the words of Node 18, 20 or 22.

Node 20's texts were recorded and compared with that runtime; Node 18's and 22's follow from V8's message templates.
Positions count UTF-16 code units, as JavaScript does.
"""

from __future__ import annotations

from array import array
from typing import Final, NamedTuple

_SPACE: Final = " \t\n\r"
_DIGITS: Final = "0123456789"
_HEX: Final = frozenset("0123456789abcdefABCDEF")
_LITERALS: Final = {"t": "true", "f": "false", "n": "null"}
_CONTEXT: Final = 10

_EOS: Final = "Unexpected end of JSON input"
# Where V8 knows what it expected; the others are told by the character that stands there.
_PROPERTY: Final = "Expected property name or '}'"
_NEXT_PROPERTY: Final = "Expected double-quoted property name"
_COLON: Final = "Expected ':' after property name"
_AFTER_VALUE: Final = "Expected ',' or '}' after property value"
_AFTER_ELEMENT: Final = "Expected ',' or ']' after array element"
_UNTERMINATED: Final = "Unterminated string"
_CONTROL: Final = "Bad control character in string literal"
_ESCAPE: Final = "Bad escaped character"
_UNICODE: Final = "Bad Unicode escape"
_MINUS: Final = "No number after minus sign"
_FRACTION: Final = "Unterminated fractional number"
_EXPONENT: Final = "Exponent part is missing a number"
_AFTER: Final = "Unexpected non-whitespace character after JSON"


class Complaint(NamedTuple):
    """Where a text stops being JSON; `expected` is "" where V8 just calls what it found unexpected."""

    position: int
    expected: str = ""


class _Stop(Exception):
    def __init__(self, position: int, expected: str = "") -> None:
        super().__init__(expected)
        self.complaint = Complaint(position, expected)


def message(text: str, node: str) -> str | None:
    """The message of the SyntaxError for a text, None for one that is JSON."""
    units = _utf16(text)
    found = complaint(units)
    if found is None:
        return None
    if node == "18":
        return _plainly(units, found.position)
    if found.expected:
        joint = "" if found.expected is _AFTER else " in JSON"
        return f"{found.expected}{joint} at position {found.position}{_place(units, found.position, node)}"
    return _with_context(units, found.position, node)


def complaint(text: str) -> Complaint | None:
    """The first thing that is wrong with a text, None if it is JSON. Depth costs no stack."""
    try:
        _Scanner(text).scan()
    except _Stop as stop:
        return stop.complaint
    return None


def _utf16(text: str) -> str:
    units = array("H", text.encode("utf-16-le", "surrogatepass"))
    return text if len(units) == len(text) else "".join(map(chr, units))


def _plainly(text: str, at: int) -> str:
    if at >= len(text):
        return _EOS
    found = text[at]
    if found == '"':
        return f"Unexpected string in JSON at position {at}"
    if found in _DIGITS or found == "-":
        return f"Unexpected number in JSON at position {at}"
    return f"Unexpected token {found} in JSON at position {at}"


def _with_context(text: str, at: int, node: str) -> str:
    if at >= len(text):
        return _EOS
    found = text[at]
    if found == '"' or found in _DIGITS or found == "-":
        return _plainly(text, at) + _place(text, at, node)
    before = after = ""
    shown = text
    if len(text) > 2 * _CONTEXT:
        start, end = 0, len(text)
        if at >= _CONTEXT:
            start, before = at - _CONTEXT, "..."
        if at < len(text) - _CONTEXT:
            end, after = at + _CONTEXT, "..."
        shown = text[start:end]
    return f"Unexpected token '{found}', {before}\"{shown}\"{after} is not valid JSON"


def _place(text: str, at: int, node: str) -> str:
    if node != "22":
        return ""
    lines = text[:at].replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return f" (line {len(lines)} column {len(lines[-1]) + 1})"


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def scan(self) -> None:
        closers: list[str] = []
        self.space()
        while True:
            if self.opened(closers):
                continue
            if self.closed(closers):
                return

    def opened(self, closers: list[str]) -> bool:
        """Read a value's beginning; whether the next thing is another value's."""
        found = self.peek()
        if found == "{":
            self.at += 1
            self.space()
            if self.peek() == "}":
                self.at += 1
                return False
            closers.append("}")
            self.name(_PROPERTY)
            return True
        if found == "[":
            self.at += 1
            self.space()
            if self.peek() == "]":
                self.at += 1
                return False
            closers.append("]")
            return True
        self.scalar(found)
        return False

    def closed(self, closers: list[str]) -> bool:
        """After a value: close what ends here, or go on to the next value. Whether the text is over."""
        while closers:
            self.space()
            found = self.peek()
            if found == ",":
                self.at += 1
                self.space()
                if closers[-1] == "}":
                    self.name(_NEXT_PROPERTY)
                return False
            if found != closers[-1]:
                raise _Stop(self.at, _AFTER_VALUE if closers[-1] == "}" else _AFTER_ELEMENT)
            self.at += 1
            closers.pop()
        self.space()
        if self.at < len(self.text):
            raise _Stop(self.at, _AFTER)
        return True

    def peek(self) -> str:
        return self.text[self.at] if self.at < len(self.text) else ""

    def space(self) -> None:
        while self.at < len(self.text) and self.text[self.at] in _SPACE:
            self.at += 1

    def name(self, expected: str) -> None:
        if self.peek() != '"':
            raise _Stop(self.at, expected)
        self.string()
        self.space()
        if self.peek() != ":":
            # Of an object's later properties V8 does not say that it missed a colon.
            raise _Stop(self.at, _COLON if expected is _PROPERTY else "")
        self.at += 1
        self.space()

    def scalar(self, found: str) -> None:
        if found == '"':
            self.string()
        elif found and (found in _DIGITS or found == "-"):
            self.number()
        elif found and found in _LITERALS:
            for character in _LITERALS[found]:
                if self.peek() != character:
                    raise _Stop(self.at)
                self.at += 1
        else:
            raise _Stop(self.at)

    def string(self) -> None:
        self.at += 1
        while True:
            found = self.peek()
            if not found:
                raise _Stop(self.at, _UNTERMINATED)
            if found == '"':
                self.at += 1
                return
            if found < " ":
                raise _Stop(self.at, _CONTROL)
            self.at += 1
            if found == "\\":
                self.escape()

    def escape(self) -> None:
        found = self.peek()
        if not found:
            raise _Stop(self.at)
        if found == "u":
            for _ in range(4):
                self.at += 1
                if self.peek() not in _HEX:
                    raise _Stop(self.at, _UNICODE)
        elif found not in '"\\/bfnrt':
            raise _Stop(self.at, _ESCAPE if found <= "\xff" else "")
        self.at += 1

    def number(self) -> None:
        if self.peek() == "-":
            self.at += 1
            self.digit(_MINUS)
        if self.peek() == "0":
            self.at += 1
            if self.peek() and self.peek() in _DIGITS:
                raise _Stop(self.at)
        self.digits()
        if self.peek() == ".":
            self.at += 1
            self.digit(_FRACTION)
            self.digits()
        if self.peek() and self.peek() in "eE":
            self.at += 1
            if self.peek() and self.peek() in "+-":
                self.at += 1
            self.digit(_EXPONENT)
            self.digits()

    def digit(self, expected: str) -> None:
        if not self.peek() or self.peek() not in _DIGITS:
            raise _Stop(self.at, expected)

    def digits(self) -> None:
        while self.at < len(self.text) and self.text[self.at] in _DIGITS:
            self.at += 1
