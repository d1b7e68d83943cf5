"""Which way this provider reads what Restream's documentation leaves open. The names are those of `readings.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mockserver.core.provider import Moment

# Every one of these is assumed or inferred; readings.yaml says on what grounds, and a test holds the two together.
DEFAULTS: Final[Mapping[str, str]] = {
    "usage-limit": "403",
    "usage-name": "UsageLimitReached",
    "usage-unit": "clip",
    "partial-quota": "allow",
    "quota-renewal": "calendar-month",
    "feature-not-active": "403",
    "feature-name": "FeatureNotActive",
    "file-not-found-name": "StorageFileNotFound",
    "file-not-ready": "400",
    "unready-download": "404",
    "repeat-while-running": "409",
    "force-reprocess": "append",
    "force-while-running": "queue",
    "range-while-running": "alongside",
    "same-range-twice": "append",
    "mode-is-part-of-input": "no",
    "failed-run-counts": "no",
    "empty-run-counts": "yes",
    "later-status": "201",
    "later-title": "ignored",
    "later-created-at": "original",
    "precedence-usage-conflict": "usage-first",
    "precedence-body-feature": "body-first",
    "extra-fields": "ignored",
    "null-optional": "400",
    "title-limit": "none",
    "missing-title": "file-title",
    "error-details": "none",
    "wrong-content-type": "400",
    "clip-order": "insertion",
    "single-clip-score": "value",
    "clip-thumbnails": "all",
    "last-activity": "runs-and-clips",
    "download-url-lifetime": "hour",
    "default-limit": "20",
    "list-order": "newest-first",
    "last-cursor": "null",
    "bad-list-query": "400",
    "bad-query-name": "InvalidQueryParams",
    "not-found-name": "generic",
    "malformed-id": "404",
    "id-case": "folded",
    "malformed-authorization": "400",
    "expired-token": "expired",
    "scope-names": "both",
    "granted-scopes": "documented",
    "write-implies-read": "no",
    "redirect-scope": "sent",
}


def reading(moment: Moment, name: str) -> str:
    """The option chosen for a reading."""
    return moment.readings.get(name, DEFAULTS[name])
