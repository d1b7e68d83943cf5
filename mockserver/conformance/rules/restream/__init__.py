"""What is looked at in Restream's API beyond what every provider is asked."""

from mockserver.conformance.rules.restream.accounts import ACCOUNTS
from mockserver.conformance.rules.restream.clips import CLIPS
from mockserver.conformance.rules.restream.conflict import CONFLICT
from mockserver.conformance.rules.restream.facts import API
from mockserver.conformance.rules.restream.tokens import TOKENS

RULES = (*CONFLICT, *CLIPS, *TOKENS, *ACCOUNTS)

__all__ = ["API", "RULES"]
