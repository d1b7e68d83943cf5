"""Which rules about state hold for a contract: those that anybody's pages keep, and those of the providers we know."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from mockserver.conformance.traffic.conflicts import Conflicts
from mockserver.conformance.traffic.cursors import Cursors
from mockserver.conformance.traffic.history import StateRule
from mockserver.conformance.traffic.lives import Lives
from mockserver.conformance.traffic.phases import Phases
from mockserver.conformance.traffic.remembering import Lasting, Vanishing
from mockserver.conformance.traffic.sense import Sense
from mockserver.conformance.traffic.terms import Terms

# What they find, and what that means.
FINDS: Final[Mapping[str, str]] = {
    "conflict-missing": "the whole of a video is clipped twice without being forced",
    "conflict-spurious": "a range, or what is forced, is refused as a repetition",
    "phase-goes-back": "an asset or a task goes back to an earlier phase",
    "read-after-write": "what was read is gone, and then there again",
    "lasting-field-changes": "a field changes that is set once",
    "two-projects": "a source has two projects",
    "progress-falls": "the progress of an asset goes back",
    "delete-undone": "what was deleted is still there",
    "update-lost": "a change is not there in the next read",
    "page-limit-ignored": "a page has more than it was asked for",
    "cursor-missing": "there is more, and nothing that leads to it",
    "clip-id-twice": "two clips of a project have the same id",
    "clip-without-length": "a clip ends where it begins, or before",
    "time-in-seconds": "a time is in seconds, not in milliseconds",
    "failed-without-message": "what failed does not say why",
    "cursor-repeats": "a walk through pages comes back to where it was",
}


def rules_of(terms: Terms) -> Iterable[StateRule]:
    """Fresh rules for one run of traffic."""
    yield Cursors(known=terms.provider is not None)
    yield Sense(terms.provider)
    if terms.provider == "restream":
        yield Conflicts(terms.readings)
    if terms.provider == "livepeer":
        yield Phases()
    if terms.provider in ("livepeer", "restream"):
        yield Vanishing()
        yield Lives()
        yield Lasting(terms.readings)
