"""What can be made to happen to a Livepeer world from outside: broadcasts, clips' jobs, accounts and their keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mockserver.core.provider import Verb
from mockserver.providers.livepeer.verbs import accounts, broadcasts, clips

VERBS: Final[Mapping[str, Verb]] = {verb.name: verb for verb in (*broadcasts.VERBS, *clips.VERBS, *accounts.VERBS)}
