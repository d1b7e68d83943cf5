"""Files of traffic as streams of bytes: unpacked, clean UTF-8, their position known; and what form they are in."""

from __future__ import annotations

import codecs
import gzip
import io
import re
import sys
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, Final, Literal, cast, get_args

import ijson

from mockserver.core.secrecy import without_secrets
from mockserver.errors import UsageError

Format = Literal["har", "vcr", "journal", "lines"]
FORMATS: Final[tuple[str, ...]] = get_args(Format)

# Hears how many bytes of a file were read.
Told = Callable[[int], None]

STANDARD_INPUT: Final = "-"
_GZIP: Final = b"\x1f\x8b"
# So much of a file is looked at to tell its form.
_HEAD: Final = 64 * 1024
_PIECE: Final = 256 * 1024
_CASSETTE: Final = re.compile(rb"^(?:http_)?interactions\s*:", re.MULTILINE)
# What stands at the top of a JSON file tells what it is.
_TOPS: Final[dict[str, Format]] = {
    "log": "har",
    "interactions": "vcr",
    "http_interactions": "vcr",
    "requests": "journal",
    "serial": "journal",
    "reply": "journal",
    "request": "lines",
    "response": "lines",
}


class Opened:
    """The text of a file in UTF-8, read piece by piece. `read` gives what the parsers want: clean bytes.

    Raises UsageError for a file that breaks off inside its packing.
    """

    def __init__(self, name: str, stream: BinaryIO, size: int | None, told: Told | None = None) -> None:
        self.name = name
        self.size = size
        self._raw = stream
        self._told = told
        self._at = 0
        self._head = b""
        first = _peek(stream)
        self._stream = cast(BinaryIO, gzip.GzipFile(fileobj=stream)) if first == _GZIP else stream
        # Browsers write a byte order mark now and then, and bytes that are no UTF-8 end no archive.
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")(errors="replace")
        self._ended = False
        self._head = self._more(_HEAD)

    @property
    def head(self) -> bytes:
        """How it begins."""
        return self._head

    def tell(self) -> int:
        """How many bytes of its text were read."""
        return self._at

    def read(self, size: int = -1) -> bytes:
        if size == 0:
            return b""
        if self._head:
            piece, self._head = self._head, b""
        else:
            piece = self._more(_PIECE)
        if 0 < size < len(piece):
            piece, self._head = piece[:size], piece[size:]
        self._at += len(piece)
        return piece

    def lines(self) -> Iterator[bytes]:
        """Line by line, ends taken off."""
        rest = b""
        while piece := self.read():
            *whole, rest = (rest + piece).split(b"\n")
            yield from whole
        if rest:
            yield rest

    def _more(self, size: int) -> bytes:
        while not self._ended:
            try:
                piece = self._stream.read(size)
            except (EOFError, zlib.error, gzip.BadGzipFile) as error:
                raise UsageError(f"{self.name}: the packed file is damaged ({error}). Pack it again") from None
            except OSError as error:
                raise UsageError(f"{self.name}: can't be read ({error.strerror})") from None
            self._ended = not piece
            if self._told is not None and self.size:
                self._told(self._raw.tell())
            clean = self._decoder.decode(piece, final=self._ended).encode("utf-8", "replace")
            if clean:
                return clean
        return b""


def _peek(stream: BinaryIO) -> bytes:
    peek = getattr(stream, "peek", None)
    return bytes(peek(2)[:2]) if peek is not None else b""


def open_traffic(name: str, told: Told | None = None) -> Opened:
    """A file, or `-` for standard input. `told` hears how many bytes of the file were read. Raises UsageError."""
    if name == STANDARD_INPUT:
        return Opened("standard input", sys.stdin.buffer, None)
    path = Path(name)
    try:
        return Opened(name, path.open("rb"), path.stat().st_size, told)
    except FileNotFoundError:
        raise UsageError(f"{name}: there is no such file. Check the name; - is standard input") from None
    except IsADirectoryError:
        raise UsageError(f"{name}: this is a folder. Name the files in it") from None
    except OSError as error:
        raise UsageError(f"{name}: can't be read ({error.strerror})") from None


def format_of(file: Opened) -> Format:
    """The form of a file by how it begins. Raises UsageError when it is none of ours."""
    head = file.head.lstrip()
    if head[:1] in (b"{", b"["):
        found = _by_its_top(head)
        if found is not None:
            return found
    elif _CASSETTE.search(head):
        return "vcr"
    begins = without_secrets(head[:40].decode("utf-8", "replace").split("\n")[0])
    said = f"it begins `{begins}`" if head else "it is empty"
    raise UsageError(
        f"{file.name}: no traffic that can be recognised ({said}). Expected a HAR, a VCR cassette, our own journal or "
        f"lines of JSON; --format {'|'.join(FORMATS)} says which"
    )


def _by_its_top(head: bytes) -> Format | None:
    depth = 1 if head.startswith(b"[") else 0
    prefix = "item" if depth else ""
    seen: Format | None = None
    try:
        for at, event, value in ijson.parse(io.BytesIO(head), multiple_values=True):
            if event == "map_key" and at == prefix and value in _TOPS:
                found = _TOPS[value]
                if found != "lines" or value == "response":
                    return found
                seen = found  # an entry of the journal has a `request` too
            elif event == "end_map" and at == prefix and seen is not None:
                return seen
    except ijson.JSONError:
        pass
    return seen


def json_reason(error: ijson.JSONError) -> str:
    """Why a text is no JSON, in the parser's words; its second line would show the text itself, secrets and all."""
    said = error.args[0] if error.args else ""
    spoken = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return " ".join(spoken.split("\n")[0].split()) or "it ends too early"
