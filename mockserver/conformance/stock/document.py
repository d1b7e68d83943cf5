"""The document as Schemathesis is given it: each path written from the root of the server, base path and all.

Schemathesis knows one base URL; documents have servers of an operation's own (Restream signs in elsewhere than it
answers). Knows documents, and not Schemathesis.
"""

from __future__ import annotations

from collections.abc import Callable

from mockserver.contract.check import CompiledContract
from mockserver.contract.routes import METHODS
from mockserver.contract.spot import escape
from mockserver.core.text import Json

_PATHS = "#/paths/"


def rooted(contract: CompiledContract) -> Json:
    """A copy whose `paths` begin with their operations' base paths, and whose only server is `/`."""
    document = contract.root.value
    paths: dict[str, dict[str, Json]] = {}
    moved: dict[str, str] = {}
    for name in contract.operations:
        route = contract.route(name)
        written = route.spot.pointer.rpartition("/")[0].removeprefix("/paths/")
        item = paths.setdefault(route.operation.path, _shared(route.path_item.value))
        item[route.operation.method.lower()] = {k: v for k, v in route.spot.value.items() if k != "servers"}
        moved[f"{written}/{route.operation.method.lower()}"] = escape(route.operation.path)

    def repoint(reference: str) -> str:
        path, _, rest = reference.removeprefix(_PATHS).partition("/")
        to = moved.get(f"{path}/{rest.partition('/')[0]}")
        return f"{_PATHS}{to}/{rest}" if to is not None else reference

    whole = {key: value for key, value in document.items() if key not in ("paths", "servers")}
    copied: Json = _copy({**whole, "servers": [{"url": "/"}], "paths": paths}, repoint)
    return copied


def _shared(item: Json) -> dict[str, Json]:
    """What the operations of a path have in common."""
    return {key: value for key, value in item.items() if key not in METHODS and key != "servers"}


def _copy(value: Json, repoint: Callable[[str], str]) -> Json:
    if isinstance(value, dict):
        return {key: repoint(one) if _is_reference(key, one) else _copy(one, repoint) for key, one in value.items()}
    if isinstance(value, list):
        return [_copy(one, repoint) for one in value]
    return value


def _is_reference(key: object, value: Json) -> bool:
    return key in ("$ref", "operationRef") and isinstance(value, str) and value.startswith(_PATHS)
