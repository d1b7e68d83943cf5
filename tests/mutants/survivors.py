"""Why mutants survive a suite: for (a), those that ever did in a run, all of them by chance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

# By the suite's name and the mutant's; completes "Survives because".
BECAUSE: Final[Mapping[tuple[str, str], str]] = {
    ("a", "livepeer/polls-for-ever"): "no example of this seed waits for the clip that is stuck.",
    ("a", "livepeer/has-no-timeout"): "a reply that hangs costs real time, so few do, and none did with this seed.",
    ("a", "livepeer/takes-the-limit-for-no-permission"): "of all documented refusals, this one was not drawn.",
    ("a", "restream/tells-its-secrets"): "no example of this seed tells of an application that is disconnected.",
    ("a", "restream/refreshes-with-the-first-token"): "no example of this seed renews the tokens twice in a row.",
}
