"""For each defect the shortest way to see it over HTTP; on the healthy fake the same way shows nothing."""

from __future__ import annotations

from tests.servers.proofs import accounts, conflicts, intake, jobs, lists, replies, webhooks, writes
from tests.servers.proofs.probe import PROOFS

__all__ = ["PROOFS", "accounts", "conflicts", "intake", "jobs", "lists", "replies", "webhooks", "writes"]
