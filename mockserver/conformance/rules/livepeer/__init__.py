"""What is looked at in Livepeer's API beyond what every provider is asked."""

from mockserver.conformance.rules.livepeer.clips import CLIPS
from mockserver.conformance.rules.livepeer.facts import API

RULES = (*CLIPS,)

__all__ = ["API", "RULES"]
