"""One defect, one finding: what several checks found of the same is told under the first of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from mockserver.conformance.finding import Check, Finding

# What Schemathesis' checks are called among our own rules: by the beginning of their names, and whether the place in
# the document has to be the same (else the operation is enough).
_ALIKE: Final = {
    "schemathesis-response-schema-conformance": ("reply-", True),
    "schemathesis-response-headers-conformance": ("reply-", True),
    "schemathesis-content-type-conformance": ("reply-content", False),
    "schemathesis-status-code-conformance": ("reply-status", False),
    "schemathesis-not-a-server-error": ("server-error", False),
    "schemathesis-negative-data-rejection": ("accepts-", True),
    "schemathesis-positive-data-acceptance": ("refuses-valid", False),
    "schemathesis-ignored-auth": ("no-key", False),
}
# A server error, or none at all, is one defect of its operation, whatever brought it about.
_ONE_AN_OPERATION: Final = ("server-error", "no-reply")


def folded(checks: Iterable[Check]) -> tuple[Check, ...]:
    """The checks without what one before them found; one that has nothing else is said to be told there."""
    seen: list[tuple[Finding, str]] = []
    out = []
    for check in checks:
        kept = []
        told = ""
        for finding in check.findings:
            before = next((name for one, name in seen if _is_same(one, finding)), None)
            if before is None:
                kept.append(finding)
                seen.append((finding, check.name))
            else:
                told = before
        if told and not kept:
            why = f"all it found is told under {told}"
            out.append(replace(check, state="skipped", findings=(), why=why))
        else:
            out.append(replace(check, findings=tuple(kept)))
    return tuple(out)


def _is_same(one: Finding, other: Finding) -> bool:
    if one.operation != other.operation:
        return False
    if one.rule == other.rule:
        return one.document == other.document or one.rule in _ONE_AN_OPERATION
    alike, exact = _ALIKE.get(other.rule, ("", True))
    if not alike or not one.rule.startswith(alike):
        return False
    return not exact or one.document in {other.document, *(violation.document for violation in other.violations)}
