"""The flows of the providers that come with us, by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mockserver.strategies.flow import Flow
from mockserver.strategies.livepeer_flow import LIVEPEER
from mockserver.strategies.restream_flow import RESTREAM

FLOWS: Final[Mapping[str, Flow]] = {"livepeer": LIVEPEER, "restream": RESTREAM}
