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

NAME: Final = "admin"


@dataclass(frozen=True, slots=True)
class Described:
    """`parameters` are those of each operation, by operationId."""

    document: Json
    contract: CompiledContract
    parameters: Mapping[str, tuple[Parameter, ...]]


def document() -> Json:
    """The whole document. It is shared: don't change it."""
    return effective(NAME).value


@cache
def described() -> Described:
    """The document, compiled at its first use: a server nobody drives pays nothing for it."""
    value = document()
    parameters = {
        route.operation.id: read_parameters(route.spot, route.path_item) for route in read_routes(Spot.of(value))
    }
    return Described(value, compile_contract(value), parameters)
