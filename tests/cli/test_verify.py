from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from mockserver.cli import main
from tests.conformance.traffic.making import KEY, asset, entry, har, line, lines, reading

GOOD = reading(asset("waiting", 1795347487803))
BAD = reading(asset("brewing", 1795347487803))


def test_traffic_that_keeps_the_contract_ends_well(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "livepeer", str(lines(tmp_path, GOOD))]) == 0
    assert "nothing wrong; 5 of 5 checks kept; 1 call" in capsys.readouterr().out


def test_a_fault_is_told_with_its_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "livepeer", str(har(tmp_path, *har_of(BAD)))]) == 1
    said = capsys.readouterr().out
    assert "1. error reply-enum  getAsset" in said and "traffic.har #1" in said


def test_a_report_has_the_commands_and_no_key(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "livepeer", str(har(tmp_path, *har_of(BAD))), "--report", "markdown=-"]) == 1
    said = capsys.readouterr().out
    assert f'"$url{BAD["request"]["path"]}"' in said and "Bearer ${MOCKSERVER_CHECK_KEY}" in said
    assert KEY["authorization"].split()[1] not in said


def har_of(*exchanges: dict[str, object]) -> list[object]:
    return [
        entry(f"https://livepeer.studio{each['request']['path']}", text=json.dumps(each["response"]["body"]))  # type: ignore[index]
        for each in exchanges
    ]


def test_whose_faults_fail_it_can_be_said(tmp_path: Path) -> None:
    assert main(["verify", "livepeer", str(lines(tmp_path, BAD)), "--whose", "client"]) == 0


def test_lines_come_from_standard_input(tmp_path: Path) -> None:
    given = lines(tmp_path, GOOD, BAD).read_text()
    done = subprocess.run(
        [sys.executable, "-m", "mockserver", "verify", "livepeer", "-"], input=given, capture_output=True, text=True
    )
    assert (done.returncode, "standard input #2" in done.stdout) == (1, True)


def test_what_can_t_be_read_ends_with_two(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = lines(tmp_path, GOOD)
    path.write_text(path.read_text() + "{broken\n")
    assert main(["verify", "livepeer", str(path)]) == 2
    assert "entry 2: line 2 is no JSON" in capsys.readouterr().err


def test_traffic_of_somewhere_else_ends_with_two_and_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = har(tmp_path, entry("https://gate.corp/x/asset", text="[]"))
    assert main(["verify", "livepeer", str(path)]) == 2
    assert "--base https://gate.corp/..." in capsys.readouterr().err
    assert main(["verify", "livepeer", str(path), "--base", "https://gate.corp/x"]) == 0


def test_a_report_is_written(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    assert main(["verify", "livepeer", str(lines(tmp_path, BAD)), "--report", f"json={report}"]) == 1
    (found,) = [each for check in json.loads(report.read_text())["checks"] for each in check["findings"]]
    assert (found["rule"], found["party"]) == ("reply-enum", "server")


def test_faults_of_the_server_are_written_to_be_run_again(tmp_path: Path) -> None:
    folder, wrong = tmp_path / "again", line("POST", "/api/clip", 422, {"errors": ["x"]}, {"playbackId": 3})
    assert main(["verify", "livepeer", str(lines(tmp_path, BAD, wrong)), "--reproductions", str(folder)]) == 1
    assert sorted(path.name for path in folder.iterdir()) == ["get_asset_reply_enum.sh", "test_get_asset_reply_enum.py"]
    assert "assert replies[0].json()['status']['phase'] in" in (folder / "test_get_asset_reply_enum.py").read_text()


def test_an_older_recording_is_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old = lines(tmp_path, reading({**asset("waiting", 1795347487803), "size": 1}), name="old.jsonl")
    assert main(["verify", "livepeer", str(lines(tmp_path, GOOD)), "--against", str(old)]) == 0
    assert "warning drift-field-gone" in capsys.readouterr().out


def test_several_names_stand_in_one_word(tmp_path: Path) -> None:
    path = lines(tmp_path, BAD, line("GET", "/api/asset", 200, {}))
    assert main(["verify", "livepeer", str(path), "--skip", "reply-enum, reply-type"]) == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["verify"], "name a provider or a document"),
        (["verify", "livepeer"], "name a provider or a document"),
        (["verify", "livepeer", "x.har", "--format", "pcap"], "invalid choice"),
        (["verify", "livepeer", "missing.har"], "there is no such file"),
        (["verify", "livepeer", "x", "--reading", "livepeer.x"], "say which"),
    ],
)
def test_what_is_not_understood_ends_with_two(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert main(words) == 2
    assert said in capsys.readouterr().err
