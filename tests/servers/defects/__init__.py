"""Every seeded defect, in the order of the table."""

from __future__ import annotations

from tests.servers.defect import Defect, shelf
from tests.servers.defects import accounts, conflicts, crashes, intake, jobs, lists, replies, webhooks, wire, writes

__all__ = ["DEFECTS", "accounts", "conflicts", "crashes", "intake", "jobs", "lists", "replies", "webhooks", "wire"]
__all__ += ["writes"]

DEFECTS: dict[str, Defect] = {defect.name: defect for defect in shelf.all}
