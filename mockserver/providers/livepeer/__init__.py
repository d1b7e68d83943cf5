"""Livepeer Studio: clips of live streams, and everything a client needs around them."""

from __future__ import annotations

from typing import Final

from mockserver.core.provider import Provider
from mockserver.providers.livepeer.body import LIMIT
from mockserver.providers.livepeer.credentials import claim
from mockserver.providers.livepeer.films import MOUNT
from mockserver.providers.livepeer.jobs import step
from mockserver.providers.livepeer.kinds import KINDS
from mockserver.providers.livepeer.prose import PROSE
from mockserver.providers.livepeer.routes import SIMULATED, answer, refuse, say
from mockserver.providers.livepeer.seed import seed
from mockserver.providers.livepeer.verbs import VERBS
from mockserver.providers.livepeer.webhooklog import WEBHOOKS
from mockserver.providers.livepeer.world_schema import WORLD_SCHEMA

provider: Final = Provider(
    name="livepeer",
    title="Livepeer Studio",
    mounts=("/api", "/healthz", MOUNT),
    kinds=KINDS,
    simulated=SIMULATED,
    claim=claim,
    answer=answer,
    step=step,
    seed=seed,
    world_schema=WORLD_SCHEMA,
    body_limit=LIMIT,
    refuse=refuse,
    prose=PROSE,
    say=say,
    jobs=frozenset({"createClip"}),
    verbs=VERBS,
    webhooks=WEBHOOKS,
)
