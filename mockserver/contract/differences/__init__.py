"""Every kind of difference between the compiled contract and openapi-core, which of them is right, and why.

A difference explains single violations: those one of the two complains of while the other is content. What no entry
explains is a bug of ours, or a new kind to understand and list. A test shows of each that it still exists.
"""

from __future__ import annotations

from typing import Final

from mockserver.contract.differences import bodies, parameters, routes
from mockserver.contract.differences.case import Case, Difference, RouteDifference

__all__ = ["DIFFERENCES", "ROUTE_DIFFERENCES", "Case", "Difference", "RouteDifference"]

# The first that explains a violation is named; those that explain much stand last.
DIFFERENCES: Final[tuple[Difference, ...]] = parameters.DIFFERENCES + bodies.DIFFERENCES
ROUTE_DIFFERENCES: Final[tuple[RouteDifference, ...]] = routes.DIFFERENCES
