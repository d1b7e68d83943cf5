"""`ctl`, through the real command against a real server."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from mockserver.cli import main
from mockserver.core.text import Json
from mockserver.server.thread import ThreadedServer
from mockserver.settings import Settings
from tests.engine import tiny
from tests.server.raw import once, said

TOKEN = "a-token-of-24-characters"
START = "2026-11-22T11:51:40.000Z"


class Done(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def value(self) -> Json:
        return json.loads(self.out)


Ctl = Callable[..., Done]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ThreadedServer]:
    """A server of tiny notes, where MOCKSERVER_URL says."""
    with ThreadedServer(Settings(port=0), engine=tiny.engine()) as server:
        monkeypatch.setenv("MOCKSERVER_URL", server.url)
        yield server


@pytest.fixture
def ctl(server: ThreadedServer, capsys: pytest.CaptureFixture[str]) -> Ctl:
    def run(*words: str) -> Done:
        code = main(["ctl", *words])
        captured = capsys.readouterr()
        return Done(code, captured.out, captured.err)

    return run


def note(server: ThreadedServer, body: bytes, key: str = "main") -> None:
    headers = f"Authorization: Bearer {key}", "Content-Type: application/json"
    once(server.url, said("POST", "/tiny/notes", body, *headers))


def test_the_time_is_told_in_a_line(ctl: Ctl) -> None:
    assert ctl("clock") == (0, f"{START}  runs  pace 1  (the server's)\n", "")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["advance", "5m"], "2026-11-22T11:56:40.000Z  runs"),
        (["advance", "90000"], "2026-11-22T11:53:10.000Z  runs"),
        (["set", "2026-11-22T12:00:00Z"], "2026-11-22T12:00:00.000Z  runs"),
        (["freeze"], f"{START}  frozen"),
        (["freeze", "2026-11-22T12:00:00Z"], "2026-11-22T12:00:00.000Z  frozen"),
        (["run"], f"{START}  runs"),
        (["settle"], "2026-11-22T11:51:43.000Z  runs"),
        (["pace", "60"], f"{START}  runs  pace 60"),
        (["pace", "inf"], f"{START}  runs  pace inf"),
    ],
)
def test_the_clock_does_what_it_is_told(ctl: Ctl, words: list[str], says: str) -> None:
    assert ctl("clock", *words).out.startswith(says)


def test_a_world_has_a_clock_of_its_own_until_it_is_released(ctl: Ctl) -> None:
    own = ctl("clock", "freeze", "--world", "tiny/test_me")
    assert own.out == f"{START}  frozen  pace 1  (the world's own)\n"
    assert ctl("clock", "release", "--world", "tiny/test_me").out == f"{START}  runs  pace 1  (the server's)\n"


def test_a_program_gets_the_servers_own_answer(ctl: Ctl) -> None:
    assert ctl("clock", "--json").value["nowIso"] == START
    assert list(ctl("worlds", "--json").value) == ["worlds"]


def test_worlds_are_a_table_and_one_is_a_few_lines(ctl: Ctl, server: ThreadedServer) -> None:
    note(server, b'{"text": "a"}', "test_me")
    heading, _, mine = ctl("worlds").out.splitlines()
    assert heading.split()[:3] == ["WORLD", "NOW", "NEXT"]
    assert mine.split()[:3] == ["tiny/test_me", START, "2026-11-22T11:51:41.000Z"]
    assert ctl("worlds", "get", "tiny/test_me").out.splitlines()[0] == "tiny/test_me"


def test_the_journal_is_a_line_for_each_request(ctl: Ctl, server: ThreadedServer) -> None:
    note(server, b'{"text": "a"}')
    note(server, b'{"text": 5}')
    first, second = ctl("requests").out.splitlines()[1:]
    assert first.split() == ["1", START, "201", "POST", "/tiny/notes", "tiny/default", "createNote"]
    assert second.split()[-1] == "1"
    assert ctl("requests", "--violations").out.splitlines()[1:] == [second]
    assert len(ctl("requests", "--since", "1", "--json").value["requests"]) == 1
    assert len(ctl("requests", "--limit", "1").out.splitlines()) == 2


def test_one_request_is_told_in_full(ctl: Ctl, server: ThreadedServer) -> None:
    note(server, b'{"text": 5}')
    told = ctl("requests", "1").out
    assert told.startswith(f"#1  {START}  tiny/default  createNote\n\nPOST /tiny/notes\n  Host: mock\n")
    assert "Authorization: Bearer [removed]" in told
    assert '    "text": 5' in told


def test_a_broken_rule_is_told_in_a_sentence(ctl: Ctl, server: ThreadedServer) -> None:
    note(server, b'{"text": 5}')
    assert "createNote: the request breaks `type` at body /text" in ctl("violations").out


def test_what_a_client_sent_moves_no_cursor(ctl: Ctl, server: ThreadedServer) -> None:
    once(server.url, said("POST", "/tiny/notes", b'"\x1b[2J"', "X: a\x1b[2Jb", "Content-Type: text/plain"))
    assert "\x1b" not in ctl("requests", "1").out + ctl("requests").out + ctl("violations").out


def test_what_nothing_happened_to_is_said(ctl: Ctl) -> None:
    assert ctl("requests").out == "no requests\n"
    assert ctl("violations").out == "no violations\n"


def test_any_operation_can_be_called(ctl: Ctl, tmp_path: Path) -> None:
    body = tmp_path / "body.json"
    body.write_text('{"by": "1m"}')
    for words in (["post", "/clock/advance", '{"by": "1m"}'], ["POST", "/__admin/clock/advance", str(body)]):
        assert ctl("call", *words).code == 0
    assert ctl("call", "GET", "clock").value["nowIso"] == "2026-11-22T11:53:40.000Z"
    assert ctl("call", "GET", "/openapi.yaml").out.startswith("openapi: 3.1.0\n")


def test_what_the_server_refuses_is_told_with_place_and_remedy(ctl: Ctl) -> None:
    code, out, err = ctl("clock", "set", "2020-01-01T00:00:00Z")
    assert (code, out) == (1, "")
    assert err.startswith("mockserver: 409 body /to: the clock never goes back")
    assert err.splitlines()[1:] == ["  at /to", "  rule clock", "  Name a later instant, or start a server with --at."]


def test_a_program_gets_the_problem(ctl: Ctl) -> None:
    done = ctl("clock", "advance", "soon", "--json")
    assert (done.code, done.value["pointer"], done.err) == (1, "/by", "")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["clok"], 'ctl: no subject "clok"; did you mean "clock"?'),
        (["clock", "forward"], 'ctl clock: no action "forward"'),
        (["clock", "advance"], "ctl clock advance: DURATION is missing"),
        (["clock", "run", "now"], 'ctl clock run: one word too many, "now"'),
        (["clock", "pace", "fast"], "a pace is a number or inf, not 'fast'"),
        (["clock", "release"], "name the world whose clock it is"),
        (["clock", "--wrold", "x"], 'no option "--wrold"; did you mean "--world"?'),
        (["clock", "--world", "tiny"], '"tiny" is no world; write PROVIDER/WORLD'),
        (["requests", "--limit", "0"], "--limit: expected 1 or more"),
        (["requests", "clear-all"], 'no action "clear-all"'),
        (["readings", "a=b"], "only in a world"),
        (["call", "GET"], "expected METHOD PATH [BODY]"),
        (["call", "GET", "/clock", "{"], "the body: not JSON"),
        (["call", "GET", "/clock", "nowhere.json"], "nowhere.json: can't be read"),
        (["--url", "nonsense", "clock"], "is no URL of a server"),
    ],
)
def test_what_is_not_understood_is_said_with_what_there_is(ctl: Ctl, words: list[str], says: str) -> None:
    done = ctl(*words)
    assert (done.code, done.out) == (2, "")
    assert says in done.err


def test_help_lists_the_subjects_and_each_its_actions(ctl: Ctl) -> None:
    assert "  clock " in ctl("--help").out
    assert "advance DURATION" in ctl("clock", "--help").out
    assert ctl().code == 2


def test_where_nobody_listens_is_said_with_what_to_do(ctl: Ctl) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        code, _, err = ctl("clock", "--url", url)
    assert code == 3
    assert err.startswith(f"mockserver: no mockserver answers at {url} (Connection refused). Start one with")


def test_a_ready_file_says_where_the_server_is(
    ctl: Ctl, server: ThreadedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MOCKSERVER_URL")
    ready = tmp_path / "ready.json"
    ready.write_text(json.dumps({"url": server.url}))
    assert ctl("--ready-file", str(ready), "clock").code == 0
    monkeypatch.setenv("MOCKSERVER_READY_FILE", str(ready))
    assert ctl("clock").code == 0
    assert ctl("clock", "--ready-file", str(tmp_path / "none")).code == 3


def test_the_settings_say_where_the_server_is(
    ctl: Ctl, server: ThreadedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MOCKSERVER_URL")
    monkeypatch.setenv("MOCKSERVER_PORT", server.url.rpartition(":")[2])
    assert ctl("health").out.startswith(f"ready  {server.url}  tiny")


def test_the_url_is_nothing_a_server_minds(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("MOCKSERVER_URL", "http://elsewhere:1")
    assert main(["serve", "--world", "no-such"]) == 2
    assert 'no world "no-such"' in capsys.readouterr().err


def test_a_token_is_shown_where_one_is_wanted(ctl: Ctl, monkeypatch: pytest.MonkeyPatch) -> None:
    with ThreadedServer(Settings(port=0, admin_token=TOKEN), engine=tiny.engine()) as locked:
        refused = ctl("clock", "--url", locked.url)
        assert (refused.code, "--admin-token" in refused.err) == (1, True)
        assert ctl("clock", "--url", locked.url, "--token", TOKEN).code == 0
        monkeypatch.setenv("MOCKSERVER_ADMIN_TOKEN", TOKEN)
        assert ctl("clock", "--url", locked.url).code == 0


def test_a_server_without_control_api_is_named(ctl: Ctl) -> None:
    with ThreadedServer(Settings(port=0, admin=False), engine=tiny.engine()) as plain:
        done = ctl("clock", "--url", plain.url)
    assert (done.code, "not started with --no-admin?" in done.err) == (1, True)


def test_following_prints_requests_as_they_come(server: ThreadedServer) -> None:
    words = [sys.executable, "-m", "mockserver", "ctl", "requests", "--follow", "--since", "0", "--url", server.url]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for text in ("a", "b"):
            note(server, json.dumps({"text": text}).encode())
            assert "POST  /tiny/notes  tiny/default  createNote" in process.stdout.readline()
        process.terminate()


@pytest.fixture(scope="module")
def both() -> Iterator[ThreadedServer]:
    """A server of the two providers that come with us."""
    with ThreadedServer(Settings(port=0)) as server:
        yield server


class TestWorlds:
    @pytest.fixture
    def on(self, both: ThreadedServer, capsys: pytest.CaptureFixture[str]) -> Ctl:
        def run(*words: str) -> Done:
            code = main(["ctl", *words, "--url", both.url])
            captured = capsys.readouterr()
            return Done(code, captured.out, captured.err)

        return run

    def test_a_world_is_made_as_it_is_wanted(self, on: Ctl, tmp_path: Path) -> None:
        wanted = ["--overrides", '{"accounts": {"*": {"quota": 0}}}', "--reading", "usage-limit=429", "--frozen"]
        told = on("worlds", "create", "restream/test_poor", *wanted).out
        assert told.splitlines()[0] == "restream/test_poor"
        assert "frozen" in told and "restream.usage-limit=429" in told
        assert on("worlds", "create", "restream/test_poor").code == 1
        assert on("worlds", "create", "restream/test_poor", "--replace").code == 0
        document = tmp_path / "world.yaml"
        document.write_text("readings: {restream.usage-limit: '402'}\nrestream: {}\n")
        assert "usage-limit=402" in on("worlds", "create", "restream/mine", "--document", str(document)).out

    def test_a_world_is_remembered_and_put_back(self, on: Ctl) -> None:
        assert on("worlds", "snapshot", "restream/test_s", "before").out.startswith("before  restream/test_s at ")
        assert on("worlds", "do", "restream/test_s", "use-up-quota").out.startswith('use-up-quota  {"account": ')
        assert on("worlds", "snapshots", "restream/test_s").out.splitlines()[1].startswith("before ")
        assert on("worlds", "restore", "restream/test_s", "before").out.splitlines()[0] == "restream/test_s"
        assert on("worlds", "reset", "restream/test_s").code == 0
        assert on("worlds", "delete", "restream/test_s").out == "restream/test_s is gone\n"

    def test_a_verb_takes_values(self, on: Ctl) -> None:
        assert "set-quota" in on("worlds", "verbs", "restream/default").out
        done = on("worlds", "do", "restream/test_v", "set-quota", "quota=3", "used=1", "--json").value
        assert done["result"]["account"]["remaining"] == 2
        assert on("worlds", "do", "restream/test_v", "set-quota", '{"quota": 5}').code == 0

    def test_what_a_verb_does_not_take_is_told(self, on: Ctl) -> None:
        done = on("worlds", "do", "restream/test_v", "set-quota", "quota=many")
        assert (done.code, "at /quota" in done.err) == (1, True)

    def test_a_reading_is_switched_in_a_world(self, on: Ctl) -> None:
        listed = on("readings", "--world", "restream/test_r", "usage-limit=402").out
        assert ["restream.usage-limit", "402"] in [line.split() for line in listed.splitlines()]

    def test_an_option_of_another_action_is_refused(self, on: Ctl) -> None:
        assert "--frozen is only for ctl worlds create" in on("worlds", "reset", "restream/test_s", "--frozen").err


def test_requests_are_found_and_counted(ctl: Ctl, server: ThreadedServer) -> None:
    note(server, b'{"text": "a"}')
    assert ctl("requests", "count", "operation=createNote", "status=2xx").out == "1\n"
    assert len(ctl("requests", "find", "operation=createNote").out.splitlines()) == 2
    assert (
        ctl("requests", "find", '{"body": {"/text": "b"}}').out.splitlines()[1].startswith("  nearest: Entry 1, POST")
    )


def test_requests_that_matched_nothing_are_explained(ctl: Ctl, server: ThreadedServer) -> None:
    assert ctl("requests", "near-misses").out == "every request matched an operation\n"
    once(server.url, said("GET", "/tiny/note", b"", "Authorization: Bearer main"))
    assert ctl("requests", "unmatched").out.splitlines()[1].split()[3:5] == ["GET", "/tiny/note"]
    assert "the nearest is `GET /tiny/notes`" in ctl("requests", "near-misses").out


def test_requests_are_exported(ctl: Ctl, server: ThreadedServer, tmp_path: Path) -> None:
    note(server, b'{"text": "a"}')
    har, lines = tmp_path / "a.har", tmp_path / "a.jsonl"
    assert ctl("requests", "export", "--har", str(har)).code == 0
    assert ctl("requests", "export", "--jsonl", str(lines)).code == 0
    assert json.loads(har.read_text())["log"]["version"] == "1.2"
    assert json.loads(lines.read_text())["operation"] == "createNote"
    assert json.loads(ctl("requests", "export", "--har", "-").out)["log"]["entries"]
    assert ctl("requests", "export").code == 2


def test_the_journal_and_the_counts_can_be_cleared(ctl: Ctl, server: ThreadedServer) -> None:
    note(server, b'{"text": "a"}')
    assert ctl("coverage").out.startswith("tiny: 1 of ")
    assert ctl("coverage", "clear").code == 0
    assert ctl("requests", "clear").out == "the journal is empty\n"
    assert ctl("requests").out == "no requests\n"
    assert ctl("coverage").out.startswith("tiny: 0 of ")


def test_deliveries_are_told(ctl: Ctl) -> None:
    assert ctl("deliveries").out == "no deliveries\n"
    assert ctl("deliveries", "7").code == 1
    assert ctl("deliveries", "resend", "7").code == 1
    assert ctl("deliveries", "clear").code == 0


FAULT = {"name": "busy", "calls": {"operation": "createNote"}, "turns": {"first": 1}, "status": {"code": 503}}


class TestFaults:
    @pytest.mark.parametrize("said", [json.dumps(FAULT), "file.json", "file.yaml", "plan.yaml"])
    def test_a_fault_is_set_from_words_or_from_a_file(
        self, ctl: Ctl, server: ThreadedServer, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        Path("file.json").write_text(json.dumps(FAULT))
        Path("file.yaml").write_text(
            "name: busy\ncalls: {operation: createNote}\nturns: {first: 1}\nstatus: {code: 503}\n"
        )
        Path("plan.yaml").write_text(f"about: mine\nfaults: [{json.dumps(FAULT)}]\n")
        assert ctl("faults", "add", said).out.startswith('busy  {"calls": {"operation": "createNote"}')
        note(server, b'{"text": "a"}')
        assert ctl("faults").out.splitlines()[1].split()[:3] == ["busy", "1", "1"]

    def test_a_fault_is_taken_away_by_its_name(self, ctl: Ctl) -> None:
        ctl("faults", "add", json.dumps(FAULT))
        assert ctl("faults", "rm", "busi").code == 1
        assert ctl("faults", "rm", "busy").out == "busy is not set any more\n"
        assert ctl("faults").out == "no faults\n"
        assert ctl("faults", "clear").code == 0

    def test_what_is_no_fault_is_told(self, ctl: Ctl) -> None:
        done = ctl("faults", "add", '{"calls": {}, "statsu": 1}')
        assert (done.code, "at /statsu" in done.err) == (1, True)

    def test_plans_are_listed_and_set(self, ctl: Ctl) -> None:
        assert "slow-network" in ctl("faults", "plans").out
        assert ctl("faults", "plan", "slow-network").code == 0
        assert ctl("faults", "plan", "slow-netwrok").code == 1
