"""Each rule speaks when a server has the defect it is about: the seeded ones, and smaller ones made here."""

from __future__ import annotations

import pytest

from tests.conformance.judging import findings, holds, session_with
from tests.servers.defect import Name
from tests.servers.defects import DEFECTS

SEEDED = (
    ("never-409", "conflict", "conflict-missing"),
    ("always-409", "conflict", "conflict-spurious"),
    ("always-409", "race", "race-no-winner"),
    ("conflict-on-range", "conflict", "range-conflict"),
    ("conflict-though-forced", "conflict", "force-conflict"),
    ("project-for-each-range", "conflict", "project-split"),
    ("refused-call-changes-title", "conflict", "refused-changes"),
    ("two-projects-in-a-race", "race", "race-two-projects"),
    ("lost-clip", "lifecycle", "clip-lost"),
    ("generating-ends-too-early", "lifecycle", "generating-early"),
    ("clip-ends-before-it-starts", "lifecycle", "clip-outside"),
    ("clip-id-used-again", "lifecycle", "clip-changes"),
    ("phase-goes-back", "lifecycle", "asset-phase"),
    ("progress-falls", "lifecycle", "asset-progress"),
    ("ready-without-url", "lifecycle", "ready-without-url"),
    ("failed-without-message", "lifecycle", "failed-without-reason"),
    ("task-and-asset-disagree", "lifecycle", "task-asset"),
    ("cursor-repeats", "cursor-walk", "cursor-repeats"),
    ("cursor-skips", "cursor-walk", "cursor-loses"),
    ("offset-one-too-few", "cursor-walk", "cursor-repeats"),
    ("offset-one-too-many", "cursor-walk", "cursor-loses"),
    ("page-limit-ignored", "cursor-walk", "page-too-long"),
    ("more-than-there-is", "cursor-walk", "cursor-missing"),
    ("list-counts-other-clips", "list-detail", "list-detail-differs"),
    ("list-disagrees-with-detail", "list-detail", "list-detail-differs"),
    ("created-not-in-the-list", "read-after-write", "read-after-write"),
    ("status-200-for-201", "read-after-write", "created-status"),
    ("total-of-the-page-only", "total-count", "total-count"),
    ("times-in-seconds", "instants", "instants"),
    ("created-in-the-future", "instants", "instants"),
    ("leaks-project", "isolation", "isolation-detail"),
    ("leaks-projects-in-list", "isolation", "isolation-list"),
    ("leaks-asset", "isolation", "isolation-detail"),
    ("deletes-what-is-not-ours", "asset-writes", "isolation-write"),
    ("accepts-revoked-key", "lost-keys", "revoked-key"),
    ("accepts-expired-key", "lost-keys", "expired-key"),
    ("accepts-no-key", "no-key", "no-key"),
    ("accepts-unknown-key", "unknown-key", "unknown-key"),
    ("scope-ignored", "scopes", "scope-ignored"),
    ("access-rules-ignored", "scopes", "scope-ignored"),
    ("refresh-token-not-rotated", "rotation", "rotation-refresh"),
    ("revoking-does-nothing", "rotation", "revoked-access"),
    ("refused-clip-leaves-asset", "refused-changes", "refused-changes"),
    ("accepts-end-before-start", "refused-changes", "not-refused"),
    ("accepts-reversed-range", "refused-changes", "not-refused"),
    ("error-numbers-disagree", "error-body", "error-body"),
    ("error-instead-of-errors", "error-body", "error-body"),
    ("delete-does-not-delete", "asset-writes", "delete-undone"),
    ("deleted-webhook-stays-in-list", "webhook-writes", "delete-undone"),
    ("update-is-lost", "asset-writes", "update-lost"),
    ("webhook-update-is-lost", "webhook-writes", "update-lost"),
    ("created-stream-is-lost", "stream-writes", "read-after-write"),
    ("stream-with-200", "stream-writes", "created-status"),
    ("required-field-dropped", "list-detail", "reply-required"),
    ("wrong-type-deep-inside", "list-detail", "reply-type"),
    ("crash-on-unicode", "stream-writes", "server-error"),
    ("head-has-a-body", "head", "head-body"),
    ("head-differs-from-get", "head", "head-status"),
    ("head-is-missing-headers", "head", "head-headers"),
    ("etag-always-new", "etag", "etag-unstable"),
    ("not-modified-whatever-is-known", "etag", "etag-spurious"),
    ("any-method-will-do", "wrong-method", "wrong-method"),
    ("download-link-is-dead", "download", "download-fails"),
    ("webhook-unsigned", "webhooks", "webhook-unsigned"),
    ("signature-over-other-bytes", "webhooks", "webhook-signature"),
    ("webhook-order-wrong", "webhooks", "webhook-order"),
    ("webhook-twice-with-two-ids", "webhooks", "webhook-twice"),
    ("webhook-event-lost", "webhooks", "webhook-lost"),
    ("webhook-not-as-json", "webhooks", "webhook-body"),
)


# What is seen on its way has to take a while.
PACES = {"lifecycle": 600, "clip-limit": 600}


@pytest.mark.parametrize(("name", "rule", "finding"), SEEDED, ids=[f"{row[0]}:{row[2]}" for row in SEEDED])
def test_a_rule_speaks_of_its_defect(name: str, rule: str, finding: str) -> None:
    defect = DEFECTS[name]
    provider: Name = defect.providers[0] if rule not in ("download",) else defect.providers[-1]
    with session_with(provider, defect, pace=PACES.get(rule, 1_500)) as session:
        seen = findings(session, rule)
    assert finding in {one.rule for one in seen if one.level == "error"}
    assert all(len(one.steps) <= 4 for one in seen)
    assert [(one.rule, claim) for one in seen for claim in one.must if holds(one, claim)] == []
