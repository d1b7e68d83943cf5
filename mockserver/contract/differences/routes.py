"""Differences in finding the operation."""

from __future__ import annotations

from typing import Final

from mockserver.contract.differences.case import RouteDifference
from mockserver.contract.routes import Routing
from mockserver.contract.spot import Spot


def _both_servers(root: Spot) -> bool:
    paths = root.at("paths")
    return any(
        "servers" in item.value and any(isinstance(one, dict) and "servers" in one for one in item.value.values())
        for _, item in (paths.items() if paths else ())
    )


DIFFERENCES: Final = (
    RouteDifference(
        "routing",
        "A document with `x-mockserver-routing`.",
        "compiled",
        "The extension says how the provider compares paths; openapi-core does not know it.",
        lambda root, path, ours, theirs: Routing.of(root.value) != Routing() and theirs is None,
    ),
    RouteDifference(
        "empty-segment",
        "A path with an empty segment where the template has a parameter.",
        "compiled",
        "A path parameter is always required; openapi-core lets it be empty.",
        lambda root, path, ours, theirs: theirs is not None and "" in theirs.path.values(),
    ),
    RouteDifference(
        "template-as-path",
        "A path that has a template's own braces, `/asset/{id}`.",
        "compiled",
        "The braces are the value of the parameter (and have no place in a path, RFC 3986, 3.3); openapi-core takes "
        "the template for a path without parameters.",
        lambda root, path, ours, theirs: "{" in path and ours is not None,
    ),
    RouteDifference(
        "encoded-literals",
        "A path whose literal parts are percent-encoded (`/%63lip`).",
        "compiled",
        "Encoding an unreserved character changes nothing (RFC 3986, 6.2.2.2); openapi-core compares the text.",
        lambda root, path, ours, theirs: "%" in path and ours is not None,
    ),
    RouteDifference(
        "operation-servers",
        "An operation with `servers` of its own on a path that has some too.",
        "compiled",
        "The operation's win (OpenAPI 3.1, 4.8.10.1); openapi-core prefers the path's.",
        lambda root, path, ours, theirs: _both_servers(root),
    ),
    RouteDifference(
        "ambiguous",
        "Two templates of which neither has more parameters fit the path.",
        "open",
        "OpenAPI 3.1, 4.8.8.2 leaves it to the tool. Here a literal wins segment by segment from the left; "
        "openapi-core takes the one with fewest parameters, then the first.",
        lambda root, path, ours, theirs: ours is not None and theirs is not None and ours.operation != theirs.operation,
    ),
)
