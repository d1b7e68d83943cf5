"""What we got wrong ourselves: an exception in a pure function, or a reply the contract does not allow.

The client hears of it in a 500 that can't be taken for the provider's; the world stays as it was.
"""

from __future__ import annotations

from mockserver.core.http import Reply
from mockserver.core.violation import Violation


class Blunder(Exception):
    """`where` is an operation or a lifecycle step; `violations` are of the reply we did not send."""

    def __init__(self, where: str, what: str, violations: tuple[Violation, ...] = ()) -> None:
        super().__init__(f"mockserver failed in {where}: {what}")
        self.where = where
        self.violations = violations

    @property
    def reply(self) -> Reply:
        """500 `{"errors": [sentence, ...], "mockserver": {"failed": where, "violations": [{...}]}}`."""
        broken = [
            {
                "code": violation.code,
                "operation": violation.operation,
                "place": violation.place,
                "pointer": violation.pointer,
                "rule": violation.rule,
                "document": violation.document,
                "expected": violation.expected,
                "got": violation.got,
            }
            for violation in self.violations
        ]
        errors = [str(self), *map(str, self.violations)]
        return Reply.json(500, {"errors": errors, "mockserver": {"failed": self.where, "violations": broken}})


def raised(where: str, error: Exception) -> Blunder:
    """The blunder an exception amounts to; one that is a blunder already stays what it is."""
    if isinstance(error, Blunder):
        return error
    said = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return Blunder(where, f"{said}. This is a bug of the mock; nothing was changed. The log has the traceback.")


def broke_contract(where: str, violations: tuple[Violation, ...]) -> Blunder:
    return Blunder(
        where,
        "the reply it meant to send breaks the contract. This is a bug of the mock; nothing was changed.",
        violations,
    )
