"""What can be made to happen to a Restream world from outside: what its web app does, and time does to tokens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mockserver.core.provider import Verb
from mockserver.providers.restream.verbs import accounts, clips, files

VERBS: Final[Mapping[str, Verb]] = {verb.name: verb for verb in (*files.VERBS, *clips.VERBS, *accounts.VERBS)}
