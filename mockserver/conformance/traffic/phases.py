"""Livepeer's assets and tasks: phases that never go back, told by the server's own `updatedAt`.

Measured on the provider's open-source server: an asset that is processed does not wait again, a task that is completed
stays so. A task that failed or is tried again does go back, and an asset that failed may still become ready.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from mockserver.conformance.traffic.history import Contradiction, Memory, Seen
from mockserver.core.text import Json

# What can't follow a phase.
_NEVER: Final[Mapping[str, Mapping[str, frozenset[str]]]] = {
    "asset": {
        "processing": frozenset(("waiting",)),
        "ready": frozenset(("waiting", "processing")),
        "deleting": frozenset(("waiting", "processing", "ready")),
        "deleted": frozenset(("waiting", "processing", "ready", "deleting")),
    },
    "task": {
        "completed": frozenset(("pending", "waiting", "running", "failed", "cancelled")),
        "waiting": frozenset(("pending",)),
        "running": frozenset(("pending",)),
    },
}
_KINDS: Final[Mapping[str, str]] = {
    "getAsset": "asset",
    "getAssets": "asset",
    "updateAsset": "asset",
    "getClips": "asset",
    "getClipsOf": "asset",
    "getSessionClips": "asset",
    "getAssetClips": "asset",
    "createClip": "asset",
    "getTask": "task",
    "getTasks": "task",
}


class Phases:
    """Sees every asset and task a reply shows."""

    def __init__(self) -> None:
        self._latest: Memory[tuple[int, str, Seen]] = Memory()
        self._furthest: Memory[tuple[int, float, Seen]] = Memory()

    def see(self, seen: Seen) -> Iterator[Contradiction]:
        kind = _KINDS.get(seen.operation.id)
        if kind is None or not 200 <= seen.status < 300:
            return
        for id, phase, at, progress in _statuses(seen.value):
            if kind == "asset" and phase == "processing":
                yield from self._progress((seen.account, id), at, progress, seen)
            key = (seen.account, kind, id)
            known = self._latest.get(key)
            if known is not None and known[0] < at and phase in _NEVER[kind].get(known[1], ()):
                yield _back(kind, id, known, (at, phase, seen))
            if known is not None and known[0] > at:
                # The reply is older than another we have seen: looked at the other way round.
                if known[1] in _NEVER[kind].get(phase, ()):
                    yield _back(kind, id, (at, phase, seen), known, shown=seen)
                continue
            self._latest.put(key, (at, phase, seen.record))

    def _progress(self, key: tuple[str, ...], at: int, progress: float, seen: Seen) -> Iterator[Contradiction]:
        """An asset keeps the furthest it has been, through retries too."""
        known = self._furthest.get(key)
        if known is not None and known[0] < at and progress < known[1]:
            yield Contradiction(
                "progress-falls",
                "The progress of an asset goes back",
                f"asset {key[1]}: {known[1]:g} at {known[0]}, then {progress:g} at {at} (its own `updatedAt`).",
                (known[2], seen),
                seen.operation.pointer,
                "Measured on the provider's server: an asset keeps the largest progress that was reported.",
            )
        if known is None or known[0] < at:
            self._furthest.put(key, (at, progress, seen.record))


def _statuses(value: Json) -> Iterator[tuple[str, str, int, float]]:
    values = value if isinstance(value, list) else [value.get("asset", value)] if isinstance(value, dict) else []
    for each in values:
        status = each.get("status") if isinstance(each, dict) else None
        if isinstance(status, dict) and isinstance(each.get("id"), str):
            phase, at = status.get("phase"), status.get("updatedAt")
            if isinstance(phase, str) and isinstance(at, int | float):
                progress = status.get("progress")
                yield each["id"], phase, int(at), float(progress) if isinstance(progress, int | float) else 0.0


def _back(
    kind: str, id: str, before: tuple[int, str, Seen], after: tuple[int, str, Seen], shown: Seen | None = None
) -> Contradiction:
    steps = (before[2], after[2]) if shown is None else (after[2], before[2])
    return Contradiction(
        "phase-goes-back",
        f"{'An asset' if kind == 'asset' else 'A task'} went from {before[1]} back to {after[1]}",
        f"{kind} {id}: {before[1]} at {before[0]}, then {after[1]} at {after[0]} (its own `updatedAt`).",
        steps,
        steps[-1].operation.pointer,
        "Measured on the provider's server: phases only go on; retries begin from `failed`.",
    )
