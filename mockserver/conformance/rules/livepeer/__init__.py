"""What is looked at in Livepeer's API beyond what every provider is asked."""

from mockserver.conformance.rules.livepeer.clips import CLIPS
from mockserver.conformance.rules.livepeer.creation import CREATION
from mockserver.conformance.rules.livepeer.deliveries import WEBHOOK
from mockserver.conformance.rules.livepeer.facts import API
from mockserver.conformance.rules.livepeer.limits import LIMITS
from mockserver.conformance.rules.livepeer.writes import WRITES

RULES = (*CLIPS, *CREATION, *WRITES, *LIMITS, WEBHOOK)

__all__ = ["API", "RULES"]
