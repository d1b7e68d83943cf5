"""What a receiver of Livepeer's webhooks does with what comes: believe, remember, act once, whatever the order."""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Mapping

from mockserver.core.text import Json
from tests.mutants.clients.errors import BadReply
from tests.mutants.clients.values import maybe, need

# Deliveries come in any order, so what is further on stays; a failed clip that was tried again may still get ready.
RANK = {"uploading": 0, "waiting": 0, "processing": 1, "failed": 2, "ready": 3, "deleting": 4, "deleted": 5}


class Deliveries:
    """`receive` answers a delivery with the status to reply. Each clip is told once to `on_ready` or `on_failed`.

    An error of theirs is a 500: the provider delivers again, and they are told again.
    """

    def __init__(self, secret: str, on_ready: Callable[[str], None], on_failed: Callable[[str], None]) -> None:
        self._secret = secret
        self._told = {"ready": on_ready, "failed": on_failed}
        self._seen: set[str] = set()
        self.phases: dict[str, str] = {}

    def receive(self, headers: Mapping[str, str], body: bytes) -> int:
        if not self._is_genuine(headers, body):
            return 401
        try:
            event = json.loads(body)
            mark = self._mark(event)
            if not self._is_new(mark):
                return 200
            self._take(event)
        except (ValueError, BadReply):
            return 400
        except Exception:
            return 500
        self._seen.add(mark)
        return 200

    # ---- believing

    def _is_genuine(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Signed over the body exactly as it came; the time in the header is no part of it."""
        signature = self._signature(headers)
        wanted = hmac.new(self._secret.encode(), self._signed(headers, body), "sha256").hexdigest()
        return hmac.compare_digest(signature.encode(), wanted.encode())

    def _signature(self, headers: Mapping[str, str]) -> str:
        """The `v1` of `Livepeer-Signature: t=...,v1=...`, whatever its case after proxies."""
        for name, value in headers.items():
            if name.lower() == "livepeer-signature":
                parts = dict(part.strip().partition("=")[::2] for part in value.split(","))
                return parts.get("v1", "")
        return ""

    def _signed(self, headers: Mapping[str, str], body: bytes) -> bytes:
        return body

    # ---- once

    def _mark(self, event: Json) -> str:
        """The event's id, the same however often it is delivered."""
        return need(event, "id", str)

    def _is_new(self, mark: str) -> bool:
        return mark not in self._seen

    # ---- acting

    def _take(self, event: Json) -> None:
        name = need(event, "event", str)
        if not self._concerns(name):
            return
        asset = need(need(event, "payload", dict), "asset", dict)
        clip = need(asset, "id", str)
        snapshot = maybe(asset, "snapshot", dict) or {}
        phase = "deleted" if name == "asset.deleted" else maybe(maybe(snapshot, "status", dict) or {}, "phase", str)
        if phase is None or not self._is_news(clip, phase):
            return
        if phase in self._told:
            self._told[phase](clip)
        self.phases[clip] = phase

    def _concerns(self, name: str) -> bool:
        """Events there are now and events there will be; only those of assets are ours."""
        return name.startswith("asset.")

    def _is_news(self, clip: str, phase: str) -> bool:
        known = self.phases.get(clip)
        return known is None or RANK.get(phase, -1) > RANK.get(known, -1)
