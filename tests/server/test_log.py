from __future__ import annotations

import asyncio
import io
import json
import logging

from mockserver.core.http import Reply, Request
from mockserver.core.violation import Violation
from mockserver.engine.journal import Entry
from mockserver.server.log import RequestLog, as_json, as_text, errors_as_json

VIOLATION = Violation(
    "C101", "client", "createNote", "body", "/text", "type", "/paths/~1notes", "text", "5", "Send a text."
)


def entry(path: str = "/tiny/notes", *violations: Violation, world: str = "test_me", query: str = "") -> Entry:
    return Entry(1, 5, "tiny", world, "createNote", Request("POST", path, query), Reply(201), violations, 143)


class Stream(io.StringIO):
    def __init__(self, terminal: bool) -> None:
        super().__init__()
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal


def test_a_line_has_status_request_world_and_time() -> None:
    assert as_text(entry(query="a=1")) == "201 POST /tiny/notes?a=1 tiny/test_me 143us"


def test_the_first_violation_stands_below() -> None:
    _, violation = as_text(entry("/tiny/notes", VIOLATION, VIOLATION)).split("\n")
    assert violation == f"    {VIOLATION}"


def test_what_came_without_a_world_is_named_by_its_provider() -> None:
    assert as_text(entry(world="")).endswith(" tiny 143us")


def test_control_characters_cannot_forge_a_line() -> None:
    assert as_text(entry("/a\r\x1b[2J")).startswith("201 POST /a\\x0d\\x1b[2J tiny")
    assert "\n" not in as_text(entry("/a\n200 GET /"))


def test_json_has_the_same_as_fields() -> None:
    told = json.loads(as_json(entry("/tiny/notes", VIOLATION)))
    assert told == {
        "entry": 1,
        "at": 5,
        "status": 201,
        "method": "POST",
        "path": "/tiny/notes",
        "provider": "tiny",
        "world": "test_me",
        "operation": "createNote",
        "microseconds": 143,
        "fault": None,
        "violation": {
            "code": "C101",
            "party": "client",
            "place": "body",
            "pointer": "/text",
            "text": str(VIOLATION),
        },
    }
    assert json.loads(as_json(entry()))["violation"] is None


def test_a_fault_is_named() -> None:
    slow = entry("/tiny/notes", VIOLATION)._replace(fault="slow\x1b[2J")
    assert as_text(slow).split("\n")[0] == "201 POST /tiny/notes tiny/test_me 143us fault slow\\x1b[2J"
    assert json.loads(as_json(slow))["fault"] == "slow\x1b[2J"


def test_to_a_terminal_a_line_goes_out_at_once() -> None:
    stream = Stream(terminal=True)
    RequestLog(stream, "text").write(entry())
    assert stream.getvalue() == as_text(entry()) + "\n"


def test_to_anything_else_lines_gather() -> None:
    stream = Stream(terminal=False)

    async def write() -> str:
        log = RequestLog(stream, "json")
        log.write(entry())
        log.write(entry())
        before = stream.getvalue()
        log.flush()
        return before

    assert asyncio.run(write()) == ""
    assert stream.getvalue() == (as_json(entry()) + "\n") * 2


def test_a_reader_who_left_is_no_reason_to_stop() -> None:
    stream = Stream(terminal=True)
    stream.close()
    RequestLog(stream, "text").write(entry())


def test_a_stream_that_cannot_spell_a_character_gets_it_escaped() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    log = RequestLog(stream, "text")
    log._at_once = True
    log.write(entry("/\xe9"))
    assert raw.getvalue().startswith(b"201 POST /\\xe9 ")


def test_errors_of_the_server_itself_are_lines_of_json_too() -> None:
    stream = io.StringIO()
    with errors_as_json(stream):
        try:
            raise ValueError("broken\nin two")
        except ValueError as error:
            logging.getLogger("mockserver").error("%s", error, exc_info=error)
    (line,) = stream.getvalue().splitlines()
    told = json.loads(line)
    assert (told["event"], told["level"], told["message"]) == ("log", "error", "broken\nin two")
    assert told["exception"].endswith("ValueError: broken\nin two")
