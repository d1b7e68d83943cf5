"""Which function answers which operation of the control API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mockserver.control import clock, contracts, health, outcomes, readings, requests, worlds
from mockserver.control.desk import Answer

ANSWERS: Final[Mapping[str, Answer]] = {
    "getHealth": health.get_health,
    "getDocument": health.get_document,
    "getDocumentAsYaml": health.get_document_as_yaml,
    "getClock": clock.get_clock,
    "freezeClock": clock.on_server(clock.FREEZE),
    "runClock": clock.on_server(clock.RUN),
    "advanceClock": clock.on_server(clock.ADVANCE),
    "setClock": clock.on_server(clock.SET),
    "settleClock": clock.on_server(clock.SETTLE),
    "setPace": clock.set_pace,
    "listWorlds": worlds.list_worlds,
    "getWorld": worlds.get_world,
    "getWorldReadings": readings.get_world_readings,
    "changeWorldReadings": readings.change_world_readings,
    "getWorldClock": clock.get_world_clock,
    "deleteWorldClock": clock.delete_world_clock,
    "freezeWorldClock": clock.on_world(clock.FREEZE),
    "runWorldClock": clock.on_world(clock.RUN),
    "advanceWorldClock": clock.on_world(clock.ADVANCE),
    "setWorldClock": clock.on_world(clock.SET),
    "settleWorldClock": clock.on_world(clock.SETTLE),
    "setWorldPace": clock.set_world_pace,
    "listRequests": requests.list_requests,
    "getRequest": requests.get_request,
    "listViolations": requests.list_violations,
    "listContracts": contracts.list_contracts,
    "getContract": contracts.get_contract,
    "getContractAsYaml": contracts.get_contract_as_yaml,
    "listReadings": readings.list_readings,
    "listOutcomes": outcomes.list_outcomes,
}
