"""How a fault is written in JSON or YAML, as a JSON Schema (2020-12). `fault_reader` reads the same, and says more."""

from __future__ import annotations

from typing import Final

from mockserver.core.fault import MOST_DELAY
from mockserver.core.text import Json
from mockserver.engine.fault_page import MOST_TEXT

NAME: Final = "[A-Za-z0-9][A-Za-z0-9._-]{0,63}"
STATUSES: Final = "[1-5]XX|[1-5][0-9][0-9]"
POINTER: Final = "(/([^/~]|~[01])*)*"
PATH: Final = "[/*].*"
METHOD: Final = "[A-Za-z]+"

MOST_TURN: Final = 1_000_000
MOST_RETRY_AFTER: Final = 31_536_000
MOST_LENGTH: Final = 1_000_000
MOST_DRIP: Final = 60_000
MOST_FAILURES: Final = 100
MOST_TIMES: Final = 10_000
MOST_SIGMA: Final = 10
MOST_LATE: Final = 86_400_000
MOST_COPIES: Final = 10


def _record(about: str, properties: Json, required: tuple[str, ...] = (), **more: Json) -> Json:
    said = {"type": "object", "description": about, "additionalProperties": False, "properties": properties, **more}
    return {**said, "required": list(required)} if required else said


def _whole(about: str, low: int, high: int) -> Json:
    return {"type": "integer", "minimum": low, "maximum": high, "description": about}


def _number(about: str, low: float, high: float) -> Json:
    return {"type": "number", "minimum": low, "maximum": high, "description": about}


def _one_of(about: str, *values: str) -> Json:
    return {"enum": list(values), "description": about}


def _matching(about: str, pattern: str) -> Json:
    return {"type": "string", "pattern": f"^({pattern})$", "description": about}


def _text(about: str) -> Json:
    return {"type": "string", "minLength": 1, "maxLength": MOST_TEXT, "description": about}


def _never(*names: str, **where: Json) -> Json:
    """Not all of these at once; `where` says which value one of them must have for that."""
    together: Json = {"required": list(names)}
    return {"not": {**together, "properties": where} if where else together}


_NAME: Final = _matching("What it is called in the journal.", NAME)
_ABOUT: Final[Json] = {"type": "string", "description": "What it is for."}

_CALLS: Final = _record(
    "Which calls are meant; what is left out stands for any.",
    {
        "provider": _text("The provider's name."),
        "operation": {
            "description": "An operationId, or several.",
            "anyOf": [
                {"type": "string", "minLength": 1},
                {"type": "array", "minItems": 1, "items": {"type": "string", "minLength": 1}},
            ],
        },
        "world": _text("The world's name: `default`, or the test key that owns it."),
        "method": _matching("The method; HEAD is not GET.", METHOD),
        "path": _matching("A template of the document, or a path as sent; `*` stands for anything in it.", PATH),
        "headers": {
            "type": "object",
            "description": "Values by name; the name's case does not matter.",
            "propertyNames": {"minLength": 1},
            "additionalProperties": {"type": "string"},
        },
        "body": {
            "type": "object",
            "description": "JSON pointers into the request's body, and the values there.",
            "propertyNames": {"pattern": f"^({POINTER})$"},
        },
        "status": _matching("`2XX` or `201`: wait for the reply and strike if it has this status.", STATUSES),
    },
)

_TURNS: Final = _record(
    "Which of these calls, counted from 1 in each world; all if nothing is said.",
    {
        "nth": _whole("This one alone.", 1, MOST_TURN),
        "after": _whole("Leave out so many; counting begins behind them.", 0, MOST_TURN),
        "first": _whole("So many and no more.", 1, MOST_TURN),
        "every": _whole("Each n-th.", 1, MOST_TURN),
        "chance": _number("With this probability, drawn from the server's seed.", 0, 1),
    },
    allOf=[_never("nth", name) for name in ("after", "first", "every")],
)

_MOST: Final = _whole("Never longer than this (ms).", 0, MOST_DELAY)
_DELAY: Final[Json] = {
    "description": "Real milliseconds before the reply's first byte.",
    "anyOf": [
        _whole("Always so many ms.", 0, MOST_DELAY),
        _record("Always so many.", {"ms": _whole("ms", 0, MOST_DELAY)}, ("ms",)),
        _record(
            "Drawn from a normal distribution.",
            {"mean": _number("ms", 0, MOST_DELAY), "deviation": _number("ms", 0, MOST_DELAY), "most": _MOST},
            ("mean",),
        ),
        _record(
            "Drawn from a log-normal distribution.",
            {
                "median": _number("ms", 0, MOST_DELAY),
                "sigma": _number("Deviation of the logarithm.", 0, MOST_SIGMA),
                "most": _MOST,
            },
            ("median",),
        ),
    ],
}

_CODE: Final = _whole("The status.", 200, 599)
_STATUS: Final[Json] = {
    "description": "Another status, with the provider's own body for it.",
    "anyOf": [
        _CODE,
        _record(
            "With particulars.",
            {
                "code": _CODE,
                "message": _text("The error's text, where the provider's shape has room for one."),
                "retryAfter": _whole("Seconds for the header Retry-After.", 0, MOST_RETRY_AFTER),
                "retryAfterAs": _one_of("A number of seconds, or an HTTP-date.", "seconds", "date"),
                "when": _one_of("Before the call is decided (nothing changes), or after.", "before", "after"),
            },
            ("code",),
            dependentRequired={"retryAfterAs": ["retryAfter"]},
        ),
    ],
}

_TRUNCATE: Final[Json] = {
    "description": "The body breaks off, and the connection ends; the whole length was promised.",
    "anyOf": [
        _whole("After so many bytes.", 0, MOST_LENGTH),
        _record("After so many bytes.", {"bytes": _whole("Bytes sent.", 0, MOST_LENGTH)}, ("bytes",)),
        _record("After a share of it.", {"share": _number("0 to 1", 0, 1)}, ("share",)),
    ],
}

_PART: Final = _number("Per cent of its way.", 0, 100)
_JOB: Final = _record(
    "What becomes of the job the call begins, on the server's clock.",
    {
        "fail": {**_PART, "description": "Per cent of its way where it fails, for good."},
        "failures": _whole("Fail so many times (at `fail`, or half-way), then succeed.", 1, MOST_FAILURES),
        "stuck": {**_PART, "description": "Per cent of its way where it stays for ever."},
        "times": {**_number("So many times as long.", 0, MOST_TIMES), "exclusiveMinimum": 0},
        "message": _text("What it fails with, where the provider tells."),
    },
    minProperties=1,
    allOf=[
        _never("stuck", "fail"),
        _never("stuck", "failures"),
        {"if": {"required": ["message"]}, "then": {"anyOf": [{"required": ["fail"]}, {"required": ["failures"]}]}},
    ],
)

EFFECTS: Final[Json] = {
    "delay": _DELAY,
    "status": _STATUS,
    "json": _one_of("A body that is no JSON any more.", "malformed", "html", "empty"),
    "truncate": _TRUNCATE,
    "length": {
        "type": "integer",
        "minimum": -MOST_LENGTH,
        "maximum": MOST_LENGTH,
        "not": {"const": 0},
        "description": "How many bytes more (or fewer) than there are Content-Length promises.",
    },
    "chunk": _one_of("Chunked encoding that is broken.", "malformed", "unfinished"),
    "drip": _record(
        "The reply comes in small pieces.",
        {"bytes": _whole("Bytes of a piece.", 1, MOST_LENGTH), "ms": _whole("Real ms between two.", 0, MOST_DRIP)},
        ("bytes", "ms"),
    ),
    "empty": _one_of("The connection closes without a byte.", "before", "after"),
    "reset": _one_of("A TCP reset before or after the call is decided, or in the middle.", "before", "after", "middle"),
    "hang": _one_of("Never an answer.", "before", "after"),
    "job": _JOB,
}

_ENDS: Final = ("truncate", "length", "chunk", "empty", "reset", "hang")
_BEFORE: Final = {"const": "before"}
_SILENT: Final[Json] = {"empty": {}, "hang": {}, "reset": {"enum": ["before", "after"]}}
_STATUS_BEFORE: Final = {"not": {"type": "object", "required": ["when"], "properties": {"when": {"const": "after"}}}}
_UNDECIDED: Final[Json] = {"status": _STATUS_BEFORE, "empty": _BEFORE, "hang": _BEFORE, "reset": _BEFORE}
_OF_REPLY: Final = {"required": ["calls"], "properties": {"calls": {"type": "object", "required": ["status"]}}}
_NOT_OF_REPLY: Final = [
    {"not": {"required": ["job"]}},
    *({"not": {"required": [name], "properties": {name: value}}} for name, value in _UNDECIDED.items()),
]

_OF_CALLS: Final[Json] = _record(
    "Which calls, which turns of them, and what goes wrong.",
    {
        "name": _NAME,
        "about": _ABOUT,
        "calls": _CALLS,
        "turns": _TURNS,
        **EFFECTS,
    },
    anyOf=[{"required": [name]} for name in EFFECTS],
    allOf=[
        *(_never(first, then) for place, first in enumerate(_ENDS) for then in _ENDS[place + 1 :]),
        *(_never(end, name, **{end: value}) for end, value in _SILENT.items() for name in ("status", "json", "drip")),
        *(_never(name, "job", **{name: value}) for name, value in _UNDECIDED.items()),
        {"if": _OF_REPLY, "then": {"allOf": _NOT_OF_REPLY}},
    ],
)

MISHAPS: Final[Json] = {
    "delay": _whole("It is due so many ms of the clock later.", 0, MOST_LATE),
    "duplicate": _whole("It is sent so many times more.", 1, MOST_COPIES),
    "order": _one_of("Before or behind all the webhook is told at the same instant.", "first", "last"),
    "drop": {"const": True, "description": "It is never sent."},
    "signature": _one_of("Signed with another secret.", "wrong"),
    "stale": _whole("Dated so many ms back.", 1, MOST_LATE),
    "tamper": {"const": True, "description": "The body is altered after it was signed."},
}

_OF_DELIVERIES: Final[Json] = _record(
    "Which deliveries of webhooks, which turns of them, and what goes wrong.",
    {
        "name": _NAME,
        "about": _ABOUT,
        "deliveries": _record(
            "Which deliveries are meant; what is left out stands for any.",
            {
                "provider": _text("The provider's name."),
                "event": {
                    "description": "An event, or several.",
                    "anyOf": [
                        {"type": "string", "minLength": 1},
                        {"type": "array", "minItems": 1, "items": {"type": "string", "minLength": 1}},
                    ],
                },
                "webhook": _text("The webhook's id."),
                "world": _text("The world's name: `default`, or the test key that owns it."),
            },
        ),
        "turns": {
            **_TURNS,
            "description": "Which of these deliveries, counted from 1 in each world; all if nothing is said.",
        },
        **MISHAPS,
    },
    ("deliveries",),
    anyOf=[{"required": [name]} for name in MISHAPS],
    allOf=[_never("drop", name) for name in MISHAPS if name != "drop"],
)

FAULT_SCHEMA: Final[Json] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "if": {"type": "object", "required": ["deliveries"]},
    "then": _OF_DELIVERIES,
    "else": _OF_CALLS,
}
