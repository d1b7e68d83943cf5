"""Reports with everything a report can have: of a check with a conflict that is missing, of traffic, of a change."""

from __future__ import annotations

from mockserver.conformance.finding import Check, Coverage, Effect, Finding, Place, Report, Step
from mockserver.conformance.reports import Sources
from mockserver.contract.document import effective
from mockserver.contract.yaml_text import load_yaml
from mockserver.core.http import Headers, Reply, Request

POINTER = "/paths/~1user~1clips~1projects/post/responses/409"
NASTY = "a \x00 <b>&amp; ]]> `code` | [x](y) \x1b[31m @everyone #1 日本 \ud800"

_CALL = Request(
    "POST",
    "/v2/user/clips/projects",
    "access_token=s3cr3t",
    Headers.of((("Authorization", "Bearer s3cr3t"), ("Content-Type", "application/json"))),
    b'{"sourceType":"VideoStorageFile"}',
    origin="http://127.0.0.1:4080",
)

MISSING = Finding(
    rule="conflict-missing",
    party="server",
    title="The same whole video was clipped twice",
    evidence="first 201, then 201\nexpected 409",
    operation="createClipProject",
    steps=(
        Step(_CALL, Reply.json(201, {"projectId": "p1"}), {"project": "/projectId"}),
        Step(_CALL, None, after_ms=20, beside=True, note="the same again", trouble="connection reset"),
    ),
    must=("replies[1].status_code == 409",),
    document=POINTER,
    about="409 when the whole video was processed already",
    count=3,
)
MILD = Finding("reply-extra", "server", f"An unknown property {NASTY}", NASTY, "getClipProject", "warning")
SEEN = Finding(
    "request-required", "client", "The body lacks videoStorageFileId", "got {}", "createClipProject", "note",
    document=f"{POINTER}/description", places=(Place("traffic.har", 3), Place("traffic.har", 9)), count=12,
)  # fmt: skip

CHECKED = Report(
    command="check",
    subject="http://127.0.0.1:4080",
    document="restream",
    version="2.0",
    checks=(
        Check("conflict", "missing and spurious 409", "broken", (MISSING,), calls=12, milliseconds=340.4),
        Check("bodies", "replies as the document has them", "kept", (MILD, SEEN), calls=80, milliseconds=61_000),
        Check("webhooks", "signature and order", "skipped", why="restream has no webhooks"),
        Check("etag", "ETag and If-None-Match", "kept", calls=4),
    ),
    coverage=Coverage({"createClipProject": 3, "getClipProject": 0}, {"createClipProject 201": 3}, {"GET /nope": 2}),
    calls=96,
    milliseconds=62_340,
    seed=7,
    notes=("Stopped at 96 calls, as asked by --max-requests.",),
)
KEPT = Report("check", "http://127.0.0.1:4080", "restream", "2.0", (Check("etag", "ETag", "kept", calls=4),), calls=4)

OLD = load_yaml("openapi: 3.1.0\npaths:\n  /a:\n    get:\n      responses: {}\n", "old.yaml")
NEW = load_yaml("openapi: 3.1.0\npaths:\n\n  /b:\n    get:\n      responses: {}\n", "new.yaml")
GONE = Finding(
    "operation-removed", "server", "GET /a is gone", "", before="/paths/~1a/get",
    effects=(Effect("clients", "breaking", "their calls find nothing"), Effect("servers", "harmless", "less to do")),
)  # fmt: skip
COME = Finding(
    "operation-changed", "server", "GET /b has changed", "", level="warning", document="/paths/~1b/get",
    before="/paths/~1a/get",
    effects=(Effect("clients", "risky", "they may not know it"), Effect("servers", "harmless", "as before")),
)  # fmt: skip
CHANGED = Report(
    "diff", "new.yaml", "old.yaml", "1", (Check("operations", "what can be called", "broken", (GONE, COME)),)
)


def commands(finding: Finding) -> str:
    return f"curl http://127.0.0.1:4080/{finding.rule}" if finding.steps else ""


def checked() -> Sources:
    return Sources(effective("restream"), commands=commands)


def changed() -> Sources:
    return Sources(NEW, OLD)
