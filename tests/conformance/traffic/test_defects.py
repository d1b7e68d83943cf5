"""What traffic with a defective server shows, and that the same traffic with the healthy one shows nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import httpx
import pytest

from mockserver.conformance import verify
from mockserver.core.text import Json
from mockserver.settings import Settings
from tests.servers.defects import DEFECTS
from tests.servers.proofs import PROOFS
from tests.servers.proofs.probe import Probe
from tests.servers.serving import served

SHOWN: Final = {
    "never-409": "conflict-missing",
    "conflict-on-range": "conflict-spurious",
    "project-for-each-range": "two-projects",
    "accepts-number-as-text": "not-refused",
    "clip-ends-before-it-starts": "clip-without-length",
    "phase-goes-back": "phase-goes-back",
    "progress-falls": "progress-falls",
    "page-limit-ignored": "page-limit-ignored",
    "more-than-there-is": "cursor-missing",
    "required-field-dropped": "reply-required",
    "times-in-seconds": "time-in-seconds",
    "undocumented-status": "reply-status",
    "delete-does-not-delete": "delete-undone",
    "update-is-lost": "update-lost",
}


def told(response: httpx.Response) -> Json:
    """A call as a line of traffic; without its host, as if it were not on this machine."""
    response.read()
    request = response.request
    sent = {"method": request.method, "path": request.url.raw_path.decode(), "headers": request.headers.multi_items()}
    came = {"status": response.status_code, "headers": response.headers.multi_items(), "body": response.text}
    return {"request": {**sent, "body": request.read().decode()}, "response": came}


def found(name: str, folder: Path, *, healthy: bool) -> set[str]:
    """The server's faults in the traffic that proves a defect."""
    calls: list[Json] = []
    with served(None if healthy else DEFECTS[name], Settings(port=0, pace=0)) as server:
        probe = Probe(server)
        probe.client.event_hooks["response"] = [lambda response: calls.append(told(response))]
        PROOFS[name, DEFECTS[name].providers[0]](probe)
        probe.close()
    path = folder / "traffic.jsonl"
    path.write_text("".join(json.dumps(call) + "\n" for call in calls))
    reports = [verify(provider, path) for provider in DEFECTS[name].providers]
    return {finding.rule for report in reports for finding in report.findings if finding.party == "server"}


@pytest.mark.parametrize("name", SHOWN)
def test_traffic_shows_the_defect_and_nothing_of_a_healthy_server(tmp_path: Path, name: str) -> None:
    assert SHOWN[name] in found(name, tmp_path, healthy=False)
    assert found(name, tmp_path, healthy=True) == set()
