"""The control API's own document: `specs/admin/openapi.yaml`, compiled once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from mockserver.contract.check import CompiledContract, compile_contract
from mockserver.contract.document import effective
from mockserver.contract.parameters import Parameter, read_parameters
from mockserver.contract.routes import read_routes
from mockserver.contract.spot import Spot
from mockserver.control.access import PREFIX
from mockserver.core.provider import Provider
from mockserver.core.text import Json
from mockserver.engine.fault_schema import FAULT_SCHEMA
from mockserver.engine.query import QUERY_SCHEMA

NAME: Final = "admin"


@dataclass(frozen=True, slots=True)
class Described:
    """`parameters` are those of each operation, by operationId."""

    contract: CompiledContract
    parameters: Mapping[str, tuple[Parameter, ...]]


def document(providers: Iterable[Provider], origin: str | None = None) -> Json:
    """The whole document: as it is written, with the schemas that our code reads by and the verbs of these providers.

    `origin` is where the server is, if there is one.
    """
    written = effective(NAME).value
    verbs = {f"{provider.name}.{verb.name}": verb for provider in providers for verb in provider.verbs.values()}
    schemas = {**written["components"]["schemas"], **_READ_BY_CODE}
    schemas |= {name: {"description": verb.about, **verb.schema} for name, verb in verbs.items()}
    whole = {**written, "paths": {**written["paths"]}, "components": {**written["components"], "schemas": schemas}}
    if verbs:
        alternatives = {"anyOf": [{"$ref": f"#/components/schemas/{name}"} for name in verbs]}
        whole["paths"][_VERB] = _with_body(written["paths"][_VERB], alternatives)
    if origin is not None:
        whole["servers"] = [{"url": origin + PREFIX, "description": "This server."}]
    return whole


_VERB: Final = "/worlds/{provider}/{world}/verbs/{verb}"


def _with_body(path: Json, schema: Json) -> Json:
    body = {**path["post"]["requestBody"], "content": {"application/json": {"schema": schema}}}
    return {**path, "post": {**path["post"], "requestBody": body}}


# What reads these values says more of what is wrong with them than a schema can, so it alone checks them.
_READ_BY_CODE: Final[Mapping[str, Json]] = {"Fault": FAULT_SCHEMA, "Query": QUERY_SCHEMA}


@cache
def described() -> Described:
    """The document as it is written, compiled at its first use: a server nobody drives pays nothing for it."""
    value = effective(NAME).value
    parameters = {
        route.operation.id: read_parameters(route.spot, route.path_item) for route in read_routes(Spot.of(value))
    }
    return Described(compile_contract(value), parameters)
