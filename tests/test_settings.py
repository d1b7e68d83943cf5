"""Options from file, environment and command line."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.core.text import Json
from mockserver.errors import UsageError
from mockserver.options import OPTIONS
from mockserver.settings import Settings, load


def read(arguments: Mapping[str, Json] | None = None, folder: Path = Path("/"), **environ: str) -> Settings:
    return load(arguments or {}, environ, folder)


def refusal(arguments: Mapping[str, Json] | None = None, folder: Path = Path("/"), **environ: str) -> str:
    with pytest.raises(UsageError) as caught:
        load(arguments or {}, environ, folder)
    return str(caught.value)


def file(folder: Path, text: str, name: str = "mockserver.toml") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)
    return folder


class TestSources:
    def test_nothing_said_gives_the_defaults(self, tmp_path: Path) -> None:
        assert read(folder=tmp_path) == Settings()

    def test_every_setting_has_one_option(self) -> None:
        assert sorted(option.setting for option in OPTIONS.values()) == sorted(each.name for each in fields(Settings))

    def test_the_environment_wins_over_the_file_and_the_command_line_over_both(self, tmp_path: Path) -> None:
        file(tmp_path, "port = 1\nseed = 1\npace = 1")
        settings = read({"port": "3"}, tmp_path, MOCKSERVER_PORT="2", MOCKSERVER_SEED="2")
        assert (settings.port, settings.seed, settings.pace) == (3, 2, 1.0)

    def test_readings_of_all_sources_are_merged(self, tmp_path: Path) -> None:
        file(tmp_path, '[readings]\n"p.a" = "file"\n"p.b" = "file"\n"p.c" = "file"')
        settings = read({"readings": ["p.c=line"]}, tmp_path, MOCKSERVER_READINGS="p.b=environment,p.c=environment")
        assert settings.readings == {"p.a": "file", "p.b": "environment", "p.c": "line"}

    def test_the_nearest_file_upwards_is_read_alone(self, tmp_path: Path) -> None:
        file(tmp_path, "port = 1\nseed = 1")
        settings = read(folder=file(tmp_path / "a", "port = 2") / "b" / "c")
        assert (settings.port, settings.seed) == (2, 0)

    def test_a_pyproject_without_our_table_is_passed_by(self, tmp_path: Path) -> None:
        file(tmp_path, "[tool.mockserver]\nport = 1", "pyproject.toml")
        inner = file(tmp_path / "inner", '[project]\nname = "uses-mockserver"', "pyproject.toml")
        assert read(folder=inner).port == 1

    def test_mockserver_toml_comes_before_pyproject_toml_of_the_same_folder(self, tmp_path: Path) -> None:
        file(tmp_path, "[tool.mockserver]\nport = 1", "pyproject.toml")
        assert read(folder=file(tmp_path, "port = 2")).port == 2

    def test_environment_variables_of_others_are_none_of_our_business(self) -> None:
        assert read(PORT="5", MOCK_SERVER="x") == Settings()


class TestValues:
    def test_every_option_can_stand_in_a_file(self, tmp_path: Path) -> None:
        file(
            tmp_path,
            """
            [tool.mockserver]
            providers = ["restream"]
            host = "0.0.0.0"
            port = 0
            world = "worlds/mine.yaml"
            seed = 7
            pace = inf
            at = 2026-11-22T11:50:00Z
            readings.restream.usage-limit = 402
            ready-file = "run/ready.json"
            log-format = "json"
            quiet = true
            """,
            "pyproject.toml",
        )
        assert read(folder=tmp_path / "below") == Settings(
            providers=("restream",),
            host="0.0.0.0",
            port=0,
            world=str(tmp_path / "worlds/mine.yaml"),
            seed=7,
            pace=math.inf,
            at=1_795_348_200_000,
            readings={"restream.usage-limit": "402"},
            ready_file=tmp_path / "run/ready.json",
            log_format="json",
            log=False,
        )

    @pytest.mark.parametrize(
        ("text", "instant"),
        [
            ("2026-11-22T11:50:00Z", 1_795_348_200_000),
            ("2026-11-22T12:50:00.001+01:00", 1_795_348_200_001),
            ("1795348300000", 1_795_348_300_000),
        ],
    )
    def test_an_instant_is_iso_with_an_offset_or_unix_milliseconds(self, text: str, instant: int) -> None:
        assert read({"at": text}).at == instant

    @given(st.integers(10**11, 32_503_680_000_000), st.integers(-1439, 1439))
    def test_an_instant_is_exact_to_the_millisecond(self, instant: int, minutes: int) -> None:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=instant)
        assert read({"at": moment.astimezone(timezone(timedelta(minutes=minutes))).isoformat()}).at == instant

    def test_a_named_world_stays_a_name(self) -> None:
        assert read({"world": "livepeer-recorded"}).world == "livepeer-recorded"

    @pytest.mark.parametrize(("text", "log"), [("true", False), ("0", True), ("YES", False), ("off", True)])
    def test_a_switch_in_the_environment_takes_words(self, text: str, log: bool) -> None:
        assert read(MOCKSERVER_QUIET=text).log is log

    @pytest.mark.parametrize(
        ("text", "size"),
        [("64MiB", 64 << 20), ("64m", 64 << 20), (" 2 KB", 2048), ("1G", 1 << 30), ("900", 900), ("0", 0)],
    )
    def test_a_size_takes_a_unit(self, text: str, size: int) -> None:
        assert read({"journal-bytes": text}).journal_bytes == size

    def test_a_size_in_a_file_may_be_a_number(self, tmp_path: Path) -> None:
        settings = read(folder=file(tmp_path, "journal-bytes = 900\njournal-entries = 10_000"))
        assert (settings.journal_bytes, settings.journal_entries) == (900, 10_000)

    def test_providers_named_twice_are_served_once(self) -> None:
        assert read({"providers": ["restream", "livepeer", "restream"]}).providers == ("restream", "livepeer")


class TestRefusals:
    def test_an_unknown_variable_is_refused_with_the_nearest_name(self) -> None:
        assert 'did you mean "MOCKSERVER_PORT"?' in refusal(MOCKSERVER_PROT="1")

    def test_an_unknown_key_is_refused_with_file_line_and_nearest_name(self, tmp_path: Path) -> None:
        file(tmp_path, '[tool.other]\nreadyfile = 1\n\n[tool.mockserver]\nport = 1\nreadyfile = "x"', "pyproject.toml")
        message = refusal(folder=tmp_path)
        assert message.startswith(f'{tmp_path}/pyproject.toml:6: no option "readyfile"; did you mean "ready-file"?')

    def test_a_bad_value_in_a_file_is_refused_with_its_line(self, tmp_path: Path) -> None:
        file(tmp_path, "# ours\nport = 70000")
        assert refusal(folder=tmp_path).startswith(f"{tmp_path}/mockserver.toml:2: port: expected a port from 0")

    def test_a_file_that_is_not_toml_is_refused(self, tmp_path: Path) -> None:
        file(tmp_path, "port: 1")
        assert "not TOML" in refusal(folder=tmp_path)
        assert "line 1" in refusal(folder=tmp_path)

    @pytest.mark.parametrize("text", ["x", "-1", "65536", "1.5", ""])
    def test_a_port_is_a_whole_number_to_65535(self, text: str) -> None:
        assert refusal({"port": text}).startswith("--port: expected")

    @pytest.mark.parametrize("text", ["fast", "-1", "nan", "-inf", ""])
    def test_a_pace_is_a_number_from_0_to_inf(self, text: str) -> None:
        assert refusal({"pace": text}).startswith("--pace: expected a number from 0")

    @pytest.mark.parametrize("text", ["much", "-1", "1.5MiB", "M", "", "1T"])
    def test_a_size_is_a_whole_number_of_a_unit(self, text: str) -> None:
        assert refusal({"journal-bytes": text}).startswith("--journal-bytes: expected a size such as 64MiB")

    def test_the_journal_keeps_no_less_than_nothing(self) -> None:
        assert "expected a number from 0" in refusal({"journal-entries": "-1"})

    @pytest.mark.parametrize("text", ["tomorrow", "2026-11-22T11:50:00", "2026-11-22", "-5"])
    def test_an_instant_without_an_offset_is_refused(self, text: str) -> None:
        assert refusal({"at": text}).startswith("--at: expected an instant such as")

    def test_seconds_for_milliseconds_are_refused(self) -> None:
        assert "expected Unix time in milliseconds" in refusal({"at": "1795348300"})

    @pytest.mark.parametrize("text", ["usage-limit", "=402", "restream.usage-limit=", "a=b,c"])
    def test_a_reading_is_a_name_and_an_option(self, text: str) -> None:
        assert "expected NAME=OPTION" in refusal(MOCKSERVER_READINGS=text)

    @pytest.mark.parametrize(
        "line",
        [
            "port = true",
            'providers = "a, ,b"',
            "providers = []",
            "readings = 1",
            "readings.a = 1.5",
            "quiet = 1",
            "at = 2026-11-22",
            "world = 1",
        ],
    )
    def test_a_toml_value_of_another_type_is_refused(self, tmp_path: Path, line: str) -> None:
        file(tmp_path, line)
        assert f"mockserver.toml:1: {line.split(' ')[0].split('.')[0]}: expected" in refusal(folder=tmp_path)

    @given(st.text(min_size=1, max_size=20).filter(lambda text: "\0" not in text))
    def test_no_text_ever_raises_anything_but_a_usage_error(self, text: str) -> None:
        for option in OPTIONS.values():
            try:
                read({option.name: text})
            except UsageError as error:
                assert str(error).startswith(f"{option.argument}: ")


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("hooks.example.com", [("hooks.example.com", None)]),
        ("Hooks.example.com:443,10.0.0.5:8080", [("hooks.example.com", 443), ("10.0.0.5", 8080)]),
        ("[fd00::5]:8080", [("fd00::5", 8080)]),
        ("fd00::5", [("fd00::5", None)]),
    ],
)
def test_targets_are_hosts_with_or_without_a_port(
    text: str, targets: list[tuple[str, int | None]], tmp_path: Path
) -> None:
    assert load({}, {"MOCKSERVER_ALLOW_TARGET": text}, tmp_path).allow_target == tuple(targets)
    listed = text.split(",")
    assert load({"allow-target": listed}, {}, tmp_path).allow_target == tuple(targets)
    (tmp_path / "mockserver.toml").write_text(f"allow-target = {listed!r}")
    assert load({}, {}, tmp_path).allow_target == tuple(targets)


@pytest.mark.parametrize("text", ["http://a.test/", "a.test:", "a.test:0", "a.test:65536", "*", "a b", "*.test"])
def test_what_is_no_target_is_refused_with_an_example(text: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"--allow-target: expected HOST or HOST:PORT such as 10\.0\.0\.5:8080"):
        load({"allow-target": [text]}, {}, tmp_path)


class TestControl:
    def test_a_token_comes_from_the_environment_and_a_switch_from_anywhere(self) -> None:
        assert read(MOCKSERVER_ADMIN_TOKEN="a-token-of-24-characters").admin_token == "a-token-of-24-characters"
        assert read({"no-admin": True}).admin is False
        assert read(MOCKSERVER_NO_ADMIN="yes").admin is False
        assert read().admin is True

    @pytest.mark.parametrize(
        "token", ["short", "a token with spaces", "häßlich-und-lang", "line\nbreak-line", "x" * 300, 5]
    )
    def test_a_token_that_is_none_is_refused_and_not_repeated(self, token: Json) -> None:
        said = refusal({"admin-token": token})
        assert said.startswith("--admin-token: expected 8 to 200 letters, digits")
        assert str(token) not in said.partition(": expected 8")[2]

    def test_no_repr_shows_a_token(self) -> None:
        assert "a-token-of-24" not in repr(read(MOCKSERVER_ADMIN_TOKEN="a-token-of-24-characters"))

    def test_where_ctl_finds_the_server_is_nothing_to_a_server(self) -> None:
        assert read(MOCKSERVER_URL="http://elsewhere") == read()


@pytest.mark.parametrize(
    "text",
    [
        "[tool.mockserver]\nport = 5000",
        "[ tool . 'mockserver' ]\nport = 5000",
        '["tool"."mockserver"]\nport = 5000',
        "[tool]\nother.x = 1\nmockserver.port = 5000",
        "tool.mockserver.port = 5000",
        "tool = {mockserver = {port = 5000}}",
    ],
)
def test_our_table_of_a_pyproject_is_found_however_it_is_written(text: str, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(f"{text}\n")
    assert load({}, {}, tmp_path).port == 5000


class TestStore:
    def test_a_file_is_seen_from_where_it_was_written(self, tmp_path: Path) -> None:
        (tmp_path / "mockserver.toml").write_text('store = "sqlite:worlds.db"')
        below = tmp_path / "below"
        below.mkdir()
        assert load({}, {}, below).store == f"sqlite:{tmp_path / 'worlds.db'}"
        assert load({"store": "sqlite:/var/lib/w.db?synchronous=full"}, {}, below).store.endswith(
            "w.db?synchronous=full"
        )

    @pytest.mark.parametrize(
        "text",
        [
            "memory:",
            "redis://h:1/0",
            "rediss://:secret@h/1?prefix=a.b",
            "unix:///run/redis.sock",
            "redis+sentinel://a:26379,b/mymaster/0",
            "redis+cluster://h:7000",
        ],
    )
    def test_addresses_of_redis_are_taken_as_they_are(self, text: str, tmp_path: Path) -> None:
        assert load({"store": text}, {}, tmp_path).store == text

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("mysql://h", "expected memory:, sqlite:FILE or redis://HOST:PORT/DB, got 'mysql://h'"),
            ("sqlite:", "expected sqlite:FILE"),
            ("sqlite:w.db?synchronous=off", "expected nothing or synchronous=full"),
            ("redis:h", "expected redis://HOST:PORT/DB"),
            ("redis://h/0?prefix=a:b", "as the prefix of all keys"),
            ("memory:x", "expected memory:"),
        ],
    )
    def test_what_is_no_store_is_refused(self, text: str, said: str, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="--store: ") as caught:
            load({"store": text}, {}, tmp_path)
        assert said in str(caught.value)

    def test_a_password_is_never_repeated(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError) as caught:
            load({"store": "mysql://user:secret@host"}, {}, tmp_path)
        assert "secret" not in str(caught.value)
        assert "secret" not in repr(load({"store": "redis://:secret@h/0"}, {}, tmp_path))
