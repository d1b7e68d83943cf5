from __future__ import annotations

import jsonschema_rs
import pytest
from hypothesis import given, settings

from mockserver.core.fault import Delay, Effect, Fault, Status, Turns
from mockserver.core.text import Json
from mockserver.engine.fault_reader import FaultError, fault_from
from mockserver.engine.fault_schema import FAULT_SCHEMA
from tests.engine.faulty import JUNK, spelled, spoilt

SCHEMA = jsonschema_rs.validator_for(FAULT_SCHEMA)


def problems(value: Json) -> dict[str, str]:
    with pytest.raises(FaultError) as caught:
        fault_from(value)
    return dict(caught.value.problems)


def reads(value: Json) -> bool:
    try:
        fault_from(value)
    except FaultError:
        return False
    return True


@settings(max_examples=500)
@given(spelled())
def test_the_schema_takes_what_the_reader_takes(value: Json) -> None:
    assert SCHEMA.is_valid(value) == reads(value)


@settings(max_examples=500)
@given(spoilt() | JUNK)
def test_the_schema_refuses_what_the_reader_refuses(value: Json) -> None:
    assert SCHEMA.is_valid(value) == reads(value)


@given(spelled().filter(reads))
def test_a_fault_spelled_out_is_read_as_the_same(value: Json) -> None:
    fault = fault_from(value)
    assert fault_from(fault.to_json()) == fault


def test_a_fault_is_read() -> None:
    value = {"name": "storm", "status": {"code": 503, "retryAfter": 2}, "delay": 300, "turns": {"first": 2}}
    effect = Effect(delay=Delay(ms=300), status=Status(503, retry_after=2))
    assert fault_from(value) == Fault(effect, turns=Turns(first=2), name="storm")


def test_everything_wrong_is_told_at_once() -> None:
    said = problems({"calls": {"operaton": "a", "path": "x"}, "turns": {"nth": 0}, "resett": "before"})
    assert set(said) == {"/calls/operaton", "/calls/path", "/turns/nth", "/resett"}


def test_a_name_that_does_not_exist_is_told_with_the_nearest() -> None:
    assert 'did you mean "reset"?' in problems({"resett": "before"})["/resett"]
    assert 'did you mean "middle"?' in problems({"reset": "midle"})["/reset"]


@pytest.mark.parametrize(
    ("value", "where", "says"),
    [
        ({}, "", "nothing goes wrong here; say one of delay, status"),
        ({"delay": True}, "/delay", "expected a whole number from 0 to 600000, or a mapping, got `True`"),
        ({"delay": {}}, "/delay", "Say `ms` (fixed), `mean` (normal) or `median` (log-normal)"),
        ({"delay": {"ms": 1, "sigma": 2}}, "/delay/sigma", 'no part of a delay with `ms` "sigma"'),
        ({"length": 0}, "/length", "0 bytes more than there are is the right length"),
        ({"truncate": {}}, "/truncate", "say either `bytes` or `share`"),
        ({"drip": {"bytes": 1}}, "/drip", "`ms` is missing; add it"),
        ({"job": {}}, "/job", "what becomes of the job?"),
        ({"job": {"stuck": 5, "failures": 1}}, "/job/failures", "a job that is `stuck` never comes to fail"),
        ({"job": {"times": 2, "message": "x"}}, "/job/message", "a job has a message only if it fails"),
        ({"status": {"message": "x"}}, "/status", "`code` is missing; add it"),
        ({"status": {"code": 503, "retryAfterAs": "date"}}, "/status/retryAfterAs", "which is not there; add it"),
        ({"reset": "after", "turns": {"nth": 1, "every": 2}}, "/turns/every", "`nth` is one turn alone"),
        ({"reset": "after", "calls": {"body": {"name": 1}}}, "/calls/body/name", "a JSON pointer such as `/name`"),
        ({"reset": "after", "calls": {"headers": {"X": 1}}}, "/calls/headers/X", "the header's value as a text"),
    ],
)
def test_what_is_wrong_is_told_with_what_to_do(value: Json, where: str, says: str) -> None:
    assert says in problems(value)[where]


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (
            {"truncate": 1, "chunk": "malformed"},
            "`truncate` and `chunk` don't go together: each says how the reply ends",
        ),
        ({"hang": "after", "status": 500}, "`hang` and `status` don't go together: no byte of a reply is sent"),
        ({"status": 503, "job": {"fail": 5}}, "`status` and `job` don't go together: the call is not decided"),
        ({"reset": "before", "job": {"fail": 5}}, "`reset` and `job` don't go together"),
        ({"calls": {"status": "2XX"}, "reset": "before"}, "let it happen `after`, or leave `calls.status` out"),
        ({"calls": {"status": "2XX"}, "job": {"fail": 5}}, "leave `calls.status` out"),
    ],
)
def test_what_cannot_happen_at_once_is_refused_with_the_reason(value: Json, says: str) -> None:
    (said,) = problems(value).values()
    assert says in said


@pytest.mark.parametrize(
    "value",
    [
        {"delay": 300, "status": 503},
        {"delay": 300, "reset": "after"},
        {"status": 500, "json": "html", "drip": {"bytes": 1, "ms": 1}},
        {"status": {"code": 504, "when": "after"}, "job": {"stuck": 10}},
        {"calls": {"status": "2XX"}, "reset": "after"},
        {"reset": "middle", "drip": {"bytes": 1, "ms": 1}},
    ],
)
def test_what_can_happen_at_once_does(value: Json) -> None:
    assert reads(value)
