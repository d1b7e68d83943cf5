"""`routes`, `readings`, `outcomes` and `edges`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

import pytest

from mockserver.cli import main
from mockserver.cli.show import table
from mockserver.contract.document import effective
from mockserver.contract.readings import load_readings
from mockserver.contract.routes import read_routes
from mockserver.contract.spot import Spot
from mockserver.core.provider import Provider
from mockserver.core.text import Json
from mockserver.engine.edge_cards import edges
from mockserver.providers import registry

Capture = pytest.CaptureFixture[str]
PROVIDERS = ["livepeer", "restream"]


def listed(capsys: Capture, *words: str) -> Json:
    assert main([*words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def lines(capsys: Capture, *words: str) -> Sequence[str]:
    assert main(words) == 0
    return capsys.readouterr().out.splitlines()


def operations(provider: str) -> Iterator[str]:
    for route in read_routes(Spot.of(effective(provider).value)):
        yield route.operation.id


def provider(name: str) -> Provider:
    (found,) = registry.find([name])
    return found


@pytest.mark.parametrize("name", PROVIDERS)
def test_routes_lists_every_operation_of_the_document(name: str, capsys: Capture) -> None:
    assert [row["operation"] for row in listed(capsys, "routes", name)] == list(operations(name))


@pytest.mark.parametrize("name", PROVIDERS)
def test_every_operation_is_simulated_or_named_as_not(name: str) -> None:
    faked = provider(name)
    assert faked.simulated.isdisjoint(faked.not_simulated)
    assert set(operations(name)) == faked.simulated | set(faked.not_simulated)


def test_routes_without_a_name_lists_all_providers(capsys: Capture) -> None:
    assert {row["provider"] for row in listed(capsys, "routes")} == set(PROVIDERS)


def test_a_list_in_a_pipe_is_plain_and_whole(capsys: Capture) -> None:
    heading, first, *_ = lines(capsys, "routes", "restream")
    assert heading.split() == ["OPERATION", "METHOD", "PATH", "PROVIDER", "SUMMARY"]
    assert first.split()[:4] == ["listClipProjects", "GET", "/v2/user/clips/projects", "restream"]


@pytest.mark.parametrize("name", PROVIDERS)
def test_readings_lists_every_reading_with_its_options(name: str, capsys: Capture) -> None:
    shown = {row["reading"]: list(row["options"]) for row in listed(capsys, "readings", name)}
    assert shown == {reading.full_name: list(reading.options) for reading in load_readings(name)}


@pytest.mark.parametrize("name", PROVIDERS)
def test_outcomes_cover_every_simulated_operation(name: str, capsys: Capture) -> None:
    assert {row["operation"] for row in listed(capsys, "outcomes", name)} == provider(name).simulated


@pytest.mark.parametrize("name", PROVIDERS)
def test_each_outcome_of_a_provider_has_a_name_of_its_own(name: str, capsys: Capture) -> None:
    names = [row["outcome"] for row in listed(capsys, "outcomes", name)]
    assert sorted(set(names)) == sorted(names)


def test_an_outcome_is_shown_as_what_to_send(capsys: Capture) -> None:
    rows = {row["outcome"]: row for row in listed(capsys, "outcomes", "restream")}
    assert rows["insufficient-scope"]["key"] == "test_me+read-only"
    assert rows["file-unknown"]["send"] == "GET /v2/user/storage/files/00000404-0000-4000-8000-000000000000"
    assert rows["refresh-unknown"]["curl"] == (
        "curl http://127.0.0.1:4080/oauth/token -H 'Content-Type: application/x-www-form-urlencoded'"
        " --data-raw 'grant_type=refresh_token&refresh_token=nonsense&client_id=example-app&client_secret=any'"
    )


class Terminal:
    """As much of standard output as a table asks for."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> int:
        self.text += text
        return len(text)

    def flush(self) -> None:
        """Nothing is held back."""

    def isatty(self) -> bool:
        return True


def test_a_narrow_terminal_folds_what_is_long_and_goes_without_the_spare(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stdout", terminal)
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("TERM", "xterm")
    table(["name", "key", "meaning"], [["a", "k", "x" * 60]], {"key"})
    grid = re.sub(r"\x1b\[[0-9;]*m", "", terminal.text).partition("mockserver explain")[0]
    assert grid.split()[:2] == ["NAME", "MEANING"]
    assert grid.count("x") == 60
    assert all(len(line) <= 40 for line in grid.splitlines())


@pytest.mark.parametrize("name", PROVIDERS)
def test_edges_lists_those_of_a_provider_with_a_script_for_each(name: str, capsys: Capture) -> None:
    rows = listed(capsys, "edges", name)
    assert [row["edge"] for row in rows] == [
        card.name for cards in edges().values() for card in cards if card.provider == name
    ]
    assert all("curl -sS http://127.0.0.1:4080/__admin/worlds " in row["script"][0] for row in rows)


def test_an_edge_is_explained_by_its_script(capsys: Capture) -> None:
    head, _, why, _, *script = lines(capsys, "explain", "task-waiting-running")
    assert head == "task-waiting-running  a task of livepeer, from waiting to running"
    assert why == "The runner picks it up after two seconds."
    assert script[2] == 'task=$(jq -r .task.id <<< "$reply")'
