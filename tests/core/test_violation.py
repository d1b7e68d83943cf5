from __future__ import annotations

from mockserver.core.violation import Violation


def test_a_violation_reads_as_a_sentence_with_place_and_remedy() -> None:
    violation = Violation(
        code="C1",
        party="client",
        operation="createStream",
        place="body",
        pointer="/profiles/0/fps",
        rule="type",
        document="/components/schemas/ffmpeg-profile/properties/fps/type",
        expected="integer",
        got='"30"',
        remedy="Send a whole number.",
    )
    sentence = str(violation)
    for part in (
        "createStream",
        "the request",
        "body /profiles/0/fps",
        "integer",
        '"30"',
        "ffmpeg-profile",
        "Send a whole number.",
    ):
        assert part in sentence
