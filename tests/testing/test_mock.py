from __future__ import annotations

import inspect
import re
from typing import get_type_hints

import pytest

from mockserver.core.http import Reply, Request
from mockserver.core.provider import Verb
from mockserver.core.text import Json
from mockserver.errors import RefusedError, UsageError
from mockserver.providers import registry
from mockserver.testing import ContractBroken, LivepeerMock, Mock, RestreamMock, Server
from tests.testing.conftest import FILE, STREAM, ask, clip


def test_a_world_has_a_url_and_a_key_that_work(livepeer: LivepeerMock, restream: RestreamMock) -> None:
    assert ask(livepeer, "GET", "/asset").status_code == 200
    assert ask(restream, "GET", "/user/storage/files").status_code == 200
    assert (livepeer.url, restream.url) == (f"{livepeer.origin}/api", f"{restream.origin}/v2")


def test_a_client_can_be_configured_by_its_environment(livepeer: LivepeerMock) -> None:
    assert livepeer.env() == {"LIVEPEER_API_URL": livepeer.url, "LIVEPEER_API_KEY": livepeer.key}
    assert livepeer.env(url="LP", key="TOKEN") == {"LP": livepeer.url, "TOKEN": livepeer.key}


def test_two_worlds_of_a_server_never_see_each_other(server: Server) -> None:
    with server.world("livepeer") as one, server.world("livepeer") as other:
        before = len(ask(other, "GET", "/asset").json())
        clip(one)
        assert len(ask(one, "GET", "/asset").json()) == before + 1
        assert len(ask(other, "GET", "/asset").json()) == before
        assert (len(one.calls), len(other.calls)) == (2, 2)


def test_a_world_can_start_otherwise(server: Server) -> None:
    start = {"overrides": {"accounts": {"main": {"quota": 0}}}, "readings": {"usage-limit": "402"}}
    with server.world("restream", at="2026-11-22T11:50:00Z", frozen=True, **start) as mock:  # type: ignore[call-overload]
        body = {"sourceType": "VideoStorageFile", "videoStorageFileId": "00000001-0000-4000-8000-000000000000"}
        assert ask(mock, "POST", "/user/clips/projects", body).status_code == 402
        assert (mock.clock.now, mock.clock.frozen) == (1_795_348_200_000, True)


@pytest.mark.parametrize("provider", ["livepeer", "restream"])
def test_every_verb_is_a_method_with_the_verbs_own_names(provider: str) -> None:
    kind: type[Mock] = {"livepeer": LivepeerMock, "restream": RestreamMock}[provider]
    names = {"favourite-clip": "favourite", "unfavourite-clip": "unfavourite"}
    for verb in registry.find([provider])[0].verbs.values():
        method = getattr(kind, names.get(verb.name, verb.name.replace("-", "_")))
        assert method.__doc__ is not None and method.__doc__.endswith(".")
        assert taken_by(method) == required_by(verb), verb.name


def taken_by(method: Json) -> tuple[set[str], set[str]]:
    """What a method needs, and all it takes, as the verb spells it."""
    parameters = list(inspect.signature(method).parameters.values())[1:]
    needed = {re.sub("_(.)", lambda found: found[1].upper(), each.name) for each in parameters if each.name != "said"}
    said = getattr(inspect.getmodule(method), str(method.__annotations__.get("said", ""))[7:-1], None)
    return needed, needed | set(get_type_hints(said) if said else ())


def required_by(verb: Verb) -> tuple[set[str], set[str]]:
    return set(verb.schema.get("required", ())), set(verb.schema["properties"])


def test_what_no_client_can_do_is_done_to_the_world(livepeer: LivepeerMock, restream: RestreamMock) -> None:
    stream = livepeer.add_stream(clips="fails")["stream"]["playbackId"]
    livepeer.go_live(stream)
    livepeer.clock.advance("2m")
    assert clip(livepeer, playbackId=stream).status_code == 200
    file = restream.add_file("Just uploaded.mp4", durationSeconds=900)["file"]["id"]
    assert ask(restream, "GET", f"/user/storage/files/{file}").json()["title"] == "Just uploaded.mp4"
    restream.use_up_quota()
    body = {"sourceType": "VideoStorageFile", "videoStorageFileId": file}
    assert ask(restream, "POST", "/user/clips/projects", body).status_code == 403


def test_a_verb_that_cant_be_done_says_why(livepeer: LivepeerMock) -> None:
    with pytest.raises(RefusedError, match="offair"):
        livepeer.go_idle("offair0000000000")


def test_a_snapshot_put_back_gives_the_same_replies(livepeer: LivepeerMock) -> None:
    kept = livepeer.snapshot()
    first = clip(livepeer, endTime=livepeer.clock.freeze()).json()
    livepeer.restore(kept)
    livepeer.clock.freeze()
    assert clip(livepeer, endTime=livepeer.clock.now).json()["asset"]["id"] == first["asset"]["id"]
    livepeer.reset()
    assert livepeer.calls.count() == 2


def test_readings_are_a_mapping_of_this_world_alone(restream: RestreamMock, server: Server) -> None:
    usual = dict(restream.readings)
    restream.readings["usage-limit"] = "402"
    restream.readings.set(usage_limit="402")
    assert restream.readings["restream.usage-limit"] == "402"
    with server.world("restream") as other:
        assert dict(other.readings) == usual
    del restream.readings["usage-limit"]
    assert dict(restream.readings) == usual
    with pytest.raises(RefusedError, match="usage-limit"):
        restream.readings["usage-limt"] = "402"


def test_fresh_worlds_have_the_same_key_so_that_ids_repeat(livepeer: LivepeerMock) -> None:
    found = []
    for _ in range(2):
        with livepeer.fresh(at=1_795_348_200_000, frozen=True) as mock:
            found.append((mock.key, clip(mock).json()["asset"]["id"]))
            with livepeer.fresh() as another:
                assert another.key != mock.key
    assert found[0] == found[1]


def test_a_block_ends_with_what_the_client_did_wrong(server: Server) -> None:
    with pytest.raises(ContractBroken, match="C201 body /startTime"), server.world("livepeer") as mock:
        clip(mock, startTime="soon")
    with server.world("livepeer", allow=["C201"]) as mock:
        clip(mock, startTime="soon")
        assert [violation.code for violation in mock.violations] == ["C201"]


def test_an_error_of_the_test_itself_is_not_hidden(server: Server) -> None:
    with pytest.raises(ZeroDivisionError) as caught, server.world("livepeer") as mock:
        clip(mock, startTime="soon")
        _ = 1 / 0
    assert "C201 body /startTime" in "".join(caught.value.__notes__)


def test_what_is_gone_stays_gone(server: Server) -> None:
    mock = server.world("livepeer", "gone")
    mock.faults.add(status={"code": 503})
    clip(mock)
    mock.close()
    mock.close()
    assert server.driver.ask("GET", "faults") == {"faults": []}
    worlds = server.driver.ask("GET", "worlds", query={"provider": "livepeer"})["worlds"]
    assert mock.key not in [world["world"] for world in worlds]


def test_a_world_of_the_same_name_takes_the_place_of_the_earlier(server: Server) -> None:
    earlier = server.world("livepeer", "machine")
    clip(earlier)
    with server.world("livepeer", "machine") as mock:
        earlier.close()
        assert len(mock.calls) == 0
        assert clip(mock).status_code == 200


def test_a_provider_that_isnt_there_is_refused_with_the_nearest(server: Server) -> None:
    with pytest.raises(UsageError, match='did you mean "livepeer"'):
        server.world("livepear")


def test_a_reply_laid_ready_is_served_as_it_is_once(server: Server) -> None:
    with server.world("livepeer") as mock:
        mock.next_reply("createClip", {"task": {}, "unheard": "of"}, status=418, headers={"X-Own": "1"})
        mock.next_reply("createClip", Reply.text(200, "second"))
        got = clip(mock)
        assert (got.status_code, got.json(), got.headers["x-own"]) == (418, {"task": {}, "unheard": "of"}, "1")
        assert clip(mock).text == "second"
        assert clip(mock).json()["task"]["id"]
        assert [call.fault for call in mock.calls("createClip")] == ["next-reply", "next-reply", None]


def test_a_reply_holds_for_its_block_only(server: Server) -> None:
    with server.world("livepeer") as mock:
        with mock.replying("createClip", {"no": "clip"}):
            pass
        assert "no" not in clip(mock).json()
        with mock.replying("createClip", {"no": "clip"}), mock.replying("getTask", {}):
            assert clip(mock).json() == {"no": "clip"}


def test_a_reply_for_an_operation_there_isnt_is_refused(here: Server) -> None:
    with here.world("livepeer") as mock, pytest.raises(ValueError, match='did you mean "createClip"'):
        mock.next_reply("createClp", {})


def test_a_test_looks_into_its_world_off_the_record(restream: RestreamMock) -> None:
    look = Request("GET", f"/v2/user/storage/files/{FILE}", headers=headers(restream))
    assert restream.call(look).value["id"] == FILE
    assert len(restream.calls) == 0


def headers(mock: Mock) -> Json:
    return Request("GET", "/").headers.of(mock.headers.items())


def test_a_test_looks_past_its_faults(here: Server) -> None:
    with here.world("livepeer") as mock:
        mock.faults.add(status={"code": 503})
        look = Request("GET", "/api/asset", headers=headers(mock))
        assert mock.call(look).status == 200


def test_time_in_one_world_is_nothing_to_another(server: Server) -> None:
    with server.world("livepeer") as one, server.world("livepeer") as other:
        before = other.clock.now
        one.clock.advance("30d")
        assert other.clock.now - before < 86_400_000
        assert one.clock.now - before >= 30 * 86_400_000


def test_the_stream_of_the_examples_is_there(livepeer: LivepeerMock) -> None:
    assert clip(livepeer, playbackId=STREAM).status_code == 200


def test_a_call_on_record_can_be_asked_again_as_it_was(livepeer: LivepeerMock) -> None:
    asset = clip(livepeer).json()["asset"]["id"]
    got = ask(livepeer, "GET", f"/asset/{asset}")
    again = livepeer.call(livepeer.calls.last.request)
    assert (again.status, again.value["id"]) == (got.status_code, asset)
    assert len(livepeer.calls) == 2
