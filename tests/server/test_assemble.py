from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path

import pytest

from mockserver import resources
from mockserver.errors import UsageError, WorldError
from mockserver.server.assemble import build_engine, log_blunder, world_document, world_path
from mockserver.settings import Settings
from tests.engine.asking import opened, request, run

BOTH = ("livepeer", "restream")


def write(folder: Path, text: str, name: str = "mine.yaml") -> str:
    path = folder / name
    path.write_text(text)
    return str(path)


def test_both_providers_share_one_engine_under_their_own_paths() -> None:
    engine = opened(build_engine(Settings()))
    assert run(engine.respond(request("GET", "/api/asset", "test_me"))).status == 200
    assert run(engine.respond(request("GET", "/v2/user/clips/projects", "test_me"))).status == 200


def test_every_operation_of_a_document_is_simulated_or_named_as_not() -> None:
    for name, service in build_engine(Settings()).services.items():
        known = set(service.provider.simulated) | set(service.provider.not_simulated)
        assert known == set(service.contract.operations), name


def test_a_provider_can_be_served_alone() -> None:
    engine = opened(build_engine(Settings(providers=("restream",))))
    assert run(engine.respond(request("GET", "/api/asset", "test_me"))).status == 404


def test_an_unknown_provider_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(UsageError, match='no provider "livepear"; did you mean "livepeer"'):
        build_engine(Settings(providers=("livepear",)))


def test_an_unknown_reading_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(UsageError, match=r'"restream.usage-limits".* did you mean "restream.usage-limit"'):
        build_engine(Settings(readings={"restream.usage-limits": "402"}))


def test_every_named_world_can_be_served() -> None:
    for path in (resources.fixtures() / "worlds").glob("*.yaml"):
        opened(build_engine(Settings(world=path.stem)))


def test_an_unknown_world_is_refused_with_the_nearest_name_and_the_way_to_a_file() -> None:
    with pytest.raises(UsageError, match=r'no world "defualt".* did you mean "default"') as caught:
        build_engine(Settings(world="defualt"))
    assert str(caught.value).endswith("A world file of your own needs its suffix: defualt.yaml")


def test_a_world_file_that_is_not_there_is_named() -> None:
    with pytest.raises(WorldError, match=r"nowhere/mine.yaml: the world file can't be read \(No such file"):
        build_engine(Settings(world="nowhere/mine.yaml"))


def test_a_world_file_is_read_again_when_it_changed(tmp_path: Path) -> None:
    path = write(tmp_path, "readings: {restream.usage-limit: '402'}")
    assert world_document(path, BOTH).readings == {"restream.usage-limit": "402"}
    write(tmp_path, "about: other")
    assert world_document(path, BOTH).readings == {}


def test_a_provider_its_world_file_leaves_out_starts_as_in_the_default_world(tmp_path: Path) -> None:
    engine = opened(build_engine(Settings(world=write(tmp_path, "about: neither of them"))))
    for path in ("/api/asset", "/v2/user/clips/projects"):
        assert run(engine.respond(request("GET", path, "test_me"))).status == 200


def test_a_start_world_is_never_mistaken_for_a_private_one(tmp_path: Path) -> None:
    path = write(tmp_path, "about: a test's own world", "test_world.yaml")
    assert world_document(path, BOTH).name == "world-test_world"


def test_the_command_lines_reading_outdoes_the_world_files(tmp_path: Path) -> None:
    path = write(tmp_path, "readings: {restream.usage-limit: '402'}")
    for chosen, expected in (({}, "402"), ({"restream.usage-limit": "429"}, "429")):
        engine = opened(build_engine(Settings(world=path, readings=chosen)))
        (home,) = (home for home in engine.worlds.homes() if home.world.provider == "restream")
        assert home.readings["usage-limit"] == expected


def test_a_world_is_a_name_or_a_path() -> None:
    assert world_path("default") == resources.fixtures() / "worlds" / "default.yaml"
    assert world_path("default.yaml") == Path("default.yaml")
    assert world_path("some/where") == Path("some/where")


def test_at_pace_0_time_stands() -> None:
    ticks = iter(range(10**6))
    engine = build_engine(Settings(pace=0, at=1_000), now=lambda: next(ticks))
    assert {engine.clock.now() for _ in range(5)} == {1_000}


def test_a_blunder_is_logged_with_its_traceback(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, "mockserver"):
        log_blunder(ZeroDivisionError("a bug"))
    (record,) = caplog.records
    assert record.exc_info is not None


def test_the_journal_keeps_as_much_as_the_settings_say() -> None:
    engine = opened(build_engine(Settings(journal_entries=2)))
    for _ in range(3):
        run(engine.respond(request("GET", "/api/asset", "test_me")))
    assert (len(engine.journal), engine.journal.first) == (2, 2)


@pytest.mark.parametrize(("admin", "leads"), [(True, "/__admin/requests/1"), (False, None)])
def test_a_reply_leads_to_its_entry_where_there_is_a_control_api(admin: bool, leads: str | None) -> None:
    engine = opened(build_engine(Settings(admin=admin)))
    reply = run(engine.respond(request("POST", "/api/clip", "test_me", {"playbackId": 5})))
    assert int(reply.header("mockserver-violations") or 0) >= 1
    assert reply.header("mockserver-entry") == leads


def test_what_a_document_calls_secret_never_stands_in_the_journal() -> None:
    engine = opened(build_engine(Settings()))
    target = {"url": "rtmp://live.example/app/hidden-key", "name": "mine"}
    body = {"name": "s", "multistream": {"targets": [{"profile": "source", "spec": target}]}}
    assert run(engine.respond(request("POST", "/api/stream", "test_me", body))).status == 201
    (entry,) = engine.journal.since(0)
    assert "hidden-key" not in repr(entry)
    assert "source" in repr(entry.request)


def test_a_server_that_is_alone_loads_nothing_of_how_several_ask_each_other() -> None:
    code = (
        "import asyncio, sys\n"
        "from mockserver.server.thread import ThreadedServer\n"
        "from mockserver.settings import Settings\n"
        "with ThreadedServer(Settings(port=0)): print(*sys.modules)"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    ours = {f"mockserver.{name}" for name in ("server.mesh", "server.peer_sockets", "server.watchdog")}
    assert not {*ours, "mockserver.stores.redis_peers", "mockserver.engine.asking", "redis", "faulthandler"} & set(
        loaded
    )
