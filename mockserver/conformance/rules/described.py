"""The lists of just any document: what its paths, schemas and links say of them.

A list is a GET whose path, with one parameter more, is a GET of one of its items.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Final

from mockserver.conformance.rules.asking import Answer
from mockserver.conformance.rules.collection import Collection, Paging, Pair
from mockserver.contract.check import CompiledContract
from mockserver.contract.routes import Route
from mockserver.contract.spot import Spot
from mockserver.core.http import media_type
from mockserver.core.payload import is_json
from mockserver.core.text import Json

_BODY: Final = "$response.body#"
_SIZES: Final = ("limit", "page_size", "pageSize", "per_page", "perPage", "size", "count")
# Where a document sets no bound, a page of so many is asked for.
_MOST: Final = 100


def collections_of(contract: CompiledContract) -> tuple[Collection, ...]:
    """The lists a document has, those with paging first."""
    found = list(_collections(contract))
    return tuple(sorted(found, key=lambda one: one.paging is None))


def _collections(contract: CompiledContract) -> Iterator[Collection]:
    gets = [contract.route(name) for name, operation in contract.operations.items() if operation.method == "GET"]
    for listing in gets:
        path = listing.operation.path.rstrip("/")
        if "{" in path:
            continue
        detail = next((route for route in gets if _parameter(route.operation.path, path)), None)
        if detail is None:
            continue
        parameter = _parameter(detail.operation.path, path)
        place, items = _items(_schema(listing))
        id = next((name for name in (parameter, "id") if name in _properties(items)), None)
        if items is None or id is None:
            continue
        both = [name for name in _properties(items) if name in _properties(_schema(detail))]
        shared = [f"/{name}" for name in both if "/" not in name and "~" not in name]
        what = path.rpartition("/")[2] or "items"
        name, pairs = listing.operation.id, Pair.same(*shared, loose=True)
        yield Collection(what, name, id, place, detail.operation.id, parameter, pairs, _paging(listing, name))


def _parameter(path: str, before: str) -> str:
    """The name of the only thing that a path has behind another one; empty when it has something else."""
    rest = path.removeprefix(f"{before}/")
    whole = path.startswith(f"{before}/") and rest.startswith("{") and rest.endswith("}") and rest.count("{") == 1
    return rest[1:-1] if whole else ""


def _schema(route: Route) -> Spot | None:
    """The schema of the JSON that an operation answers with 200."""
    content = route.spot.at("responses", "200", "content")
    for media, entry in content.items() if content is not None else ():
        if is_json(media_type(media)[0]):
            return entry.at("schema")
    return None


def _items(schema: Spot | None) -> tuple[str, Spot | None]:
    """Where the list is in a page, as a JSON Pointer, and the schema of its items."""
    if schema is None:
        return "", None
    if schema.at("items") is not None:
        return "", schema.at("items")
    for name, spot in _properties(schema).items():
        items = spot.at("items")
        if items is not None and _properties(items):
            return f"/{name}", items
    return "", None


def _properties(schema: Spot | None) -> Mapping[str, Spot]:
    """The properties a schema declares, those of its `allOf` among them."""
    if schema is None:
        return {}
    found: dict[str, Spot] = {}
    parts = schema.at("allOf")
    for part in parts.entries() if parts is not None else ():
        found.update(_properties(part))
    own = schema.at("properties")
    found.update(own.items() if own is not None else ())
    return found


def _paging(route: Route, name: str) -> Paging | None:
    """What a link from a page to the next one says, where there is one."""
    links = route.spot.at("responses", "200", "links")
    for _, link in links.items() if links is not None else ():
        said = link.value if isinstance(link.value, dict) else {}
        parameters = said.get("parameters")
        if said.get("operationId") != name or not isinstance(parameters, dict) or len(parameters) != 1:
            continue
        ((cursor, expression),) = parameters.items()
        if isinstance(expression, str) and expression.startswith(_BODY):
            size, most = _size(route)
            next = partial(_text, pointer=expression.removeprefix(_BODY))
            return Paging(next, most, size=size, cursor=cursor.rpartition(".")[2])
    return None


def _text(page: Answer, pointer: str) -> str | None:
    found = page.at(pointer)
    return str(found) if isinstance(found, (str, int)) and not isinstance(found, bool) and found != "" else None


def _size(route: Route) -> tuple[str, int]:
    """The argument that sets the size of a page, and the largest it takes; an empty name when there is none."""
    listed = [*_listed(route.path_item), *_listed(route.spot)]
    for spot in listed:
        said: Json = spot.value
        if said.get("in") == "query" and said.get("name") in _SIZES:
            schema = spot.at("schema")
            most = schema.value.get("maximum") if schema is not None and isinstance(schema.value, dict) else None
            return said["name"], int(most) if isinstance(most, (int, float)) else _MOST
    return "", _MOST


def _listed(spot: Spot) -> Iterator[Spot]:
    parameters = spot.at("parameters")
    yield from (one for one in parameters.entries() if isinstance(one.value, dict)) if parameters is not None else ()
