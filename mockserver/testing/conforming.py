"""Checks of the judge for tests: which there are for a mark, and one judge for all the tests that have the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Unpack

from mockserver.conformance.conforming import Document, Wishes, judge_of, told
from mockserver.conformance.finding import Check
from mockserver.conformance.run import Judge
from mockserver.errors import UsageError, unknown

__all__ = ["Check", "Judges", "names", "wishes_of"]

_NOWHERE: Final = "http://127.0.0.1"


def names(document: Document, **wishes: Unpack[Wishes]) -> list[str]:
    """The checks there are for a document, in the order they are run. Raises UsageError or DocumentError."""
    return [rule.name for rule in judge_of(_NOWHERE, document, **wishes).rules]


@dataclass
class Judges:
    """The judges of a test run, one for each server and mark. `worker` tells runs apart that go on side by side."""

    worker: str = ""
    _judges: dict[object, Judge] = field(default_factory=dict)

    def check(self, name: str, url: str, document: Document, wishes: Wishes) -> tuple[Check, str]:
        """One check, and what it found as a text, empty when that is no error. Raises UnreachableError."""
        key = wishes.get("key")
        if self.worker and key is not None and key.startswith("test_") and "+" not in key:
            # Tests of other workers may be at the same account at the same moment.
            wishes = {**wishes, "key": f"{key}-{self.worker}"}
        identity = (url, str(document), repr(sorted(wishes.items())))
        judge = self._judges.get(identity)
        if judge is None:
            judge = judge_of(url, document, **wishes)
            judge.reach()
            self._judges[identity] = judge
        check = judge.check(name)
        broken = any(finding.level == "error" for finding in check.findings)
        return check, told(judge, check) if broken else ""

    def close(self) -> None:
        """Remove what was made."""
        for judge in self._judges.values():
            judge.close()
        self._judges.clear()


def wishes_of(said: Mapping[str, object]) -> Wishes:
    """The keywords of a mark. Raises UsageError for one that is none."""
    for name in said:
        if name not in Wishes.__annotations__:
            raise UsageError(f"mark conformance: {unknown('keyword', name, [*Wishes.__annotations__, 'url'])}")
    return dict(said)  # type: ignore[return-value]  # values are checked where they are used
