"""The control API's own document: `specs/admin/openapi.yaml`, compiled once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from mockserver.contract.check import CompiledContract, compile_contract
from mockserver.contract.document import effective
from mockserver.contract.parameters import Parameter, read_parameters
from mockserver.contract.routes import read_routes
from mockserver.contract.spot import Spot
from mockserver.core.text import Json
from mockserver.engine.query import QUERY_SCHEMA

NAME: Final = "admin"


@dataclass(frozen=True, slots=True)
class Described:
    """`parameters` are those of each operation, by operationId."""

    contract: CompiledContract
    parameters: Mapping[str, tuple[Parameter, ...]]


@cache
def document() -> Json:
    """The whole document: as it is written, and the schemas that our code reads by. It is shared: don't change it."""
    written = effective(NAME).value
    parts = written["components"]
    return {**written, "components": {**parts, "schemas": {**parts["schemas"], **_READ_BY_CODE}}}


# What reads these values says more of what is wrong with them than a schema can, so it alone checks them.
_READ_BY_CODE: Final[Mapping[str, Json]] = {"Query": QUERY_SCHEMA}


@cache
def described() -> Described:
    """The document as it is written, compiled at its first use: a server nobody drives pays nothing for it."""
    value = effective(NAME).value
    parameters = {
        route.operation.id: read_parameters(route.spot, route.path_item) for route in read_routes(Spot.of(value))
    }
    return Described(compile_contract(value), parameters)
