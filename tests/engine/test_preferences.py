from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.core.http import Headers, Reply, Request
from mockserver.core.text import Json
from mockserver.engine.engine import Engine
from mockserver.engine.faults import fault_from
from mockserver.engine.preferences import read_preferences, read_wish
from mockserver.server.assemble import build_engine
from mockserver.settings import Settings
from tests.engine import tiny
from tests.engine.asking import notes, opened, request, run

CLIP: Json = {"playbackId": "eaw4nk06ts2d0mzb", "startTime": 1587667174725, "endTime": 1587667184725}


@pytest.fixture
def engine() -> Engine:
    return opened(build_engine(Settings(pace=0, at=tiny.NOW)))


def prefer(engine: Engine, preference: str, method: str, path: str, body: Json = None) -> Reply:
    asked = request(method, path, "test_me", body)
    asked = replace(asked, headers=Headers.of((*asked.headers, ("Prefer", preference))))
    return run(engine.respond_as_preferred(asked))


def refused(reply: Reply) -> str:
    """The reason of a preference that can't be met."""
    assert (reply.status, reply.header("content-type")) == (400, "application/problem+json")
    assert reply.header("preference-applied") is None
    detail: str = reply.value["detail"]
    return detail


def listed(*values: str) -> list[tuple[str, str, dict[str, str]]]:
    found = read_preferences(Headers.of(("Prefer", value) for value in values))
    return [(each.name, each.value, dict(each.parameters)) for each in found]


def test_preferences_are_read_as_rfc_7240_writes_them() -> None:
    assert listed("foo; bar", 'Code=404, example="a, b; c"; x=1; y', 'q="say \\"hi\\""', ", ,", ";;", "=5") == [
        ("foo", "", {"bar": ""}),
        ("code", "404", {}),
        ("example", "a, b; c", {"x": "1", "y": ""}),
        ("q", 'say "hi"', {}),
    ]


@given(st.lists(st.text(st.sampled_from(',;="\\ \tacode')), max_size=3))
def test_no_header_breaks_the_reading(values: list[str]) -> None:
    wish, left = read_wish(Request("GET", "/", headers=Headers.of(("Prefer", value) for value in values)))
    assert (wish is None) or "prefer" not in {name for name, value in left.headers if "code=" in value}


def test_what_is_ours_leaves_the_request_and_the_rest_stays() -> None:
    headers = Headers.of([("Prefer", "return=minimal, code=404"), ("A", "b"), ("prefer", 'wait=10, fault="reset"')])
    wish, left = read_wish(Request("GET", "/", headers=headers))
    assert left.headers == (("A", "b"), ("Prefer", "return=minimal, wait=10"))
    assert wish is not None
    assert wish.applied == ("code=404", "fault=reset")


def test_a_request_that_prefers_nothing_of_us_is_left_as_it_is() -> None:
    asked = Request("GET", "/", headers=Headers.of([("Prefer", "return=minimal")]))
    assert read_wish(asked) == (None, asked)


def test_of_one_name_the_first_counts() -> None:
    wish, _ = read_wish(Request("GET", "/", headers=Headers.of([("Prefer", "code=404, code=500")])))
    assert wish is not None
    assert wish.code == 404


@pytest.mark.parametrize(
    ("method", "path", "code", "says"),
    [
        ("POST", "/api/clip", 404, {"errors": ["Content not found"]}),
        ("POST", "/api/clip", 503, {"errors": ["Service Unavailable"]}),
        ("GET", "/api/asset/x", 401, {"errors": ["request is not authenticated"]}),
    ],
)
def test_a_code_is_answered_in_the_providers_words(
    engine: Engine, method: str, path: str, code: int, says: Json
) -> None:
    reply = prefer(engine, f"code={code}", method, path)
    assert (reply.status, reply.value, reply.header("preference-applied")) == (code, says, f"code={code}")
    assert reply.header("x-powered-by") == "Express"


def test_a_code_of_restream_comes_in_its_envelope(engine: Engine) -> None:
    reply = prefer(engine, "code=409", "POST", "/v2/user/clips/projects")
    assert reply.value["error"] == {
        "statusCode": 409,
        "status": 409,
        "code": 409,
        "message": "ClipsInputAlreadyProcessed",
        "name": "clips_input_already_processed",
    }


def test_a_code_without_content_has_none(engine: Engine) -> None:
    reply = prefer(engine, "code=204", "DELETE", "/api/asset/x")
    assert (reply.status, reply.body) == (204, b"")


def test_an_example_is_found_by_name_in_any_status(engine: Engine) -> None:
    assert prefer(engine, "example=failed", "GET", "/api/asset/x").value["status"]["phase"] == "failed"
    assert prefer(engine, "example=limit", "POST", "/api/clip").status == 403
    assert prefer(engine, "code=401, example=unknown", "POST", "/api/clip").value == {"errors": ["no token nope found"]}


@pytest.mark.parametrize("path", ["/api/asset/x", "/api/task", "/v2/user/clips/projects", "/v2/user/storage/files"])
def test_a_dynamic_reply_fits_the_document_and_is_the_same_for_the_same_seed(engine: Engine, path: str) -> None:
    reply = prefer(engine, "dynamic=true", "GET", path)
    service = engine._mounts.find(path)
    match = service.contract.match("GET", path)
    assert match is not None
    assert service.contract.check_reply(match.operation, reply) == ()
    assert prefer(engine, "dynamic=true", "GET", path) == reply
    other = opened(build_engine(Settings(pace=0, at=tiny.NOW, seed=5)))
    assert prefer(other, "dynamic=true", "GET", path) != reply


@pytest.mark.parametrize("preference", ["code=200", "example=accepted", "dynamic=true", "code=403", "fault=reset"])
def test_no_reply_of_the_document_changes_anything(engine: Engine, preference: str) -> None:
    before = run(engine.respond(request("GET", "/api/asset", "test_me"))).body
    prefer(engine, preference, "POST", "/api/clip", CLIP)
    assert run(engine.respond(request("GET", "/api/asset", "test_me"))).body == before


@pytest.mark.parametrize(
    ("preference", "says"),
    [
        ("code=418", "createClipProject has no reply 418; there are: 200, 201, 400"),
        ("code=banana", "a code is a status from 200 to 599"),
        ("example=documentatio", 'did you mean "documentation"?'),
        ("code=404, example=documentation", 'no example of createClipProject with status 404 "documentation"'),
        ("dynamic=maybe", "say `true` or `false`"),
        ("dynamic=true, example=documentation", "take one of them"),
        ("fault=resett", 'did you mean "reset", "status"? There are delay, status'),
        ("fault=forged", 'no fault "forged"'),
        ("fault=reset;when=never", 'no option "never"'),
        ("fault=reset;ms=1", 'no parameter "ms"'),
        ("fault=delay;mss=1", "part of a delay"),
        ("fault=delay;ms=soon", "expected a whole number"),
        ("fault=lost-success;ms=1", "takes no parameters"),
        ("fault=job", "what becomes of the job?"),
        ("code=404, fault=reset", "needs the provider's own reply"),
    ],
)
def test_what_cannot_be_met_is_a_400_that_says_what_there_is(engine: Engine, preference: str, says: str) -> None:
    assert says in refused(prefer(engine, preference, "POST", "/v2/user/clips/projects"))


def test_a_job_is_asked_for_where_one_begins(engine: Engine) -> None:
    assert "this call begins no job; createClip does" in refused(
        prefer(engine, "fault=job;fail=5", "GET", "/api/asset")
    )
    made = prefer(engine, "fault=job;stuck=36", "POST", "/api/clip", CLIP)
    assert (made.status, made.header("preference-applied")) == (200, "fault=job")
    run(engine.advance(3_600_000))
    asset = run(engine.respond(request("GET", f"/api/asset/{made.value['asset']['id']}", "test_me")))
    assert asset.value["status"]["progress"] == 0.36


@pytest.mark.parametrize(
    ("preference", "status", "changed"),
    [
        ("fault=reset", 0, False),
        ("fault=reset;when=after", 200, True),
        ("fault=lost-success", 200, True),
        ("fault=status;code=503;retry-after=2", 503, False),
        ("fault=delay;median=20;sigma=0.5", 200, True),
        ("fault=truncate;share=0.25", 200, True),
        ("fault=length;by=-3", 200, True),
    ],
)
def test_a_fault_strikes_the_call_that_asks_for_it(engine: Engine, preference: str, status: int, changed: bool) -> None:
    before = len(run(engine.respond(request("GET", "/api/task", "test_me"))).value)
    reply = prefer(engine, preference, "POST", "/api/clip", CLIP)
    *_, entry = engine.journal.since(0)
    assert (reply.status, entry.fault) == (status, f"prefer {preference.partition(';')[0]}")
    after = len(run(engine.respond(request("GET", "/api/task", "test_me"))).value)
    assert after - before == changed


def test_a_preferred_fault_and_a_standing_one_strike_together(engine: Engine) -> None:
    engine.faults.add(fault_from({"delay": 7}))
    reply = prefer(engine, "fault=truncate", "GET", "/api/asset")
    assert reply.manner is not None
    assert (reply.manner.delay, list(reply.manner.effect)) == (7, ["truncate"])


def test_a_call_that_matches_nothing_is_answered_as_ever(engine: Engine) -> None:
    reply = prefer(engine, "code=500", "GET", "/api/nowhere")
    assert (reply.status, reply.header("preference-applied")) == (404, None)


def test_neither_contract_nor_provider_sees_what_is_ours() -> None:
    seen: list[str | None] = []

    def spy(view: object, call: object, moment: object) -> object:
        seen.append(call.request.header("prefer"))  # type: ignore[attr-defined]
        return tiny.answer(view, call, moment)  # type: ignore[arg-type]

    made = opened(tiny.engine(provider=tiny.provider(answer=spy)))
    asked = request("GET", "/tiny/notes")
    asked = replace(asked, headers=Headers.of((*asked.headers, ("Prefer", "fault=delay;ms=1, return=minimal"))))
    run(made.respond_as_preferred(asked))
    assert seen == ["return=minimal"]
    assert len(notes(made)) == 2
