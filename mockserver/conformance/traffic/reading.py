"""Any traffic: opens a file, tells its form, hands it to the reader of that form."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from mockserver.conformance.traffic.cassette import read_cassette
from mockserver.conformance.traffic.exchange import Read
from mockserver.conformance.traffic.har import read_har
from mockserver.conformance.traffic.lines import read_lines
from mockserver.conformance.traffic.opening import FORMATS, Format, Opened, Told, format_of, open_traffic
from mockserver.errors import UsageError, unknown

_READERS: Final[Mapping[str, Callable[[Opened], Iterator[Read]]]] = {
    "har": read_har,
    "vcr": read_cassette,
    "journal": read_lines,
    "lines": read_lines,
}


def read_traffic(name: str, format: str | Format | None = None, told: Told | None = None) -> Iterator[Read]:
    """Every entry of a file (`-` is standard input) in its order, lazily.

    `format` is one of FORMATS; by default the file's beginning tells. `told` hears how many bytes were read. Raises
    UsageError for what can't be opened or recognised.
    """
    if format is not None and format not in _READERS:
        raise UsageError(unknown("format", format, FORMATS))
    file = open_traffic(name, told)
    return _READERS[format or format_of(file)](file)
