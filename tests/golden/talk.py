"""A client for the tests that speak to a server in process: a request in one line, a reply to look at."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from warnings import catch_warnings, simplefilter

import jwt

from mockserver.core.http import Headers, Reply, Request
from mockserver.core.text import Json, dump
from tests.golden.replay import Target

JSON: Final = "application/json"
U1: Final = "11111111-1111-4111-8111-111111111111"
PROJECT: Final = "77777777-7777-4777-8777-777777777777"
OTHER_PROJECT: Final = "88888888-8888-4888-8888-888888888888"
STREAM: Final = "aaaastream000001"
STREAM_ID: Final = "aaaa1111-0000-4000-8000-000000000001"
OLD_SESSION: Final = "5e550000-0000-4000-8000-000000000000"
SESSION: Final = "5e550000-0000-4000-8000-000000000001"
NOT_AUTHENTICATED: Final = "request is not authenticated"


@dataclass(frozen=True, slots=True)
class Talk:
    """One server, spoken to as some client.

    `key` None sends no credential; one with a space in it is the whole Authorization header.
    """

    target: Target

    def send(
        self,
        method: str,
        path: str,
        body: Json = None,
        *,
        key: str | None = "k1",
        media: str | None = JSON,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Send a body: bytes as they are, text in UTF-8, any other value as JSON; None sends none."""
        pairs = list((headers or {}).items())
        if key is not None:
            pairs.append(("Authorization", key if " " in key else f"Bearer {key}"))
        if body is not None and media is not None:
            pairs.append(("Content-Type", media))
        octets = b"" if body is None else body if isinstance(body, bytes) else _octets(body)
        where, _, query = path.partition("?")
        return self.target.send(Request(method, where, query, Headers.of(pairs), octets, origin=self.target.origin))

    def get(self, path: str, *, key: str | None = "k1", headers: Mapping[str, str] | None = None) -> Reply:
        return self.send("GET", path, key=key, headers=headers)

    def post(self, path: str, body: Json, *, key: str | None = "k1", headers: Mapping[str, str] | None = None) -> Reply:
        return self.send("POST", path, body, key=key, headers=headers)

    def clip(self, *, key: str | None = "k1", headers: Mapping[str, str] | None = None, **fields: Json) -> Reply:
        """POST /clip with the valid body, changed by `fields` (None leaves one out)."""
        return self.post("/api/clip", self.valid(**fields), key=key, headers=headers)

    def valid(self, **fields: Json) -> dict[str, Json]:
        """The body a careful client would send, changed by `fields` (None leaves one out)."""
        now = self.target.now()
        body = {"playbackId": STREAM, "startTime": now - 60_000, "endTime": now - 30_000, "name": "My Clip"} | fields
        return {name: value for name, value in body.items() if value is not None}

    def clipped(self, **fields: Json) -> tuple[str, str, str]:
        """A new clip's asset id, playbackId and task id."""
        value = self.clip(**fields).value
        return value["asset"]["id"], value["asset"]["playbackId"], value["task"]["id"]

    def status(self, task: str, **status: Json) -> Reply:
        """Report a task's status as the runner does, with an admin's key."""
        return self.post(f"/api/task/{task}/status", {"status": status}, key="kad")

    def pass_by(self, duration: int) -> None:
        """Let `duration` ms pass."""
        self.target.move_to(self.target.now() + duration)

    def token(self, secret: str = "secret", **claims: Json) -> str:
        """An Authorization header with a JWT of U1 for an hour, changed by `claims` (None leaves one out)."""
        now = self.target.now() // 1000
        payload = {"sub": U1, "aud": "livepeer", "iat": now - 60, "exp": now + 3600} | claims
        kept = {name: value for name, value in payload.items() if value is not None}
        with catch_warnings():
            simplefilter("ignore")  # the recorded secret is a short one
            return "JWT " + jwt.encode(kept, secret, algorithm="HS256")


def basic(user: str, password: str | None) -> str:
    """An Authorization header of HTTP Basic; no colon without a password."""
    pair = user if password is None else f"{user}:{password}"
    return "Basic " + base64.b64encode(pair.encode()).decode()


def error(reply: Reply) -> Json:
    """The one text of an error reply, checked to be in Livepeer's error shape."""
    assert list(reply.value) == ["errors"], reply
    assert len(reply.value["errors"]) == 1, reply
    assert reply.header("content-type") == "application/json; charset=utf-8"
    return reply.value["errors"][0]


def _octets(body: Json) -> bytes:
    return body.encode() if isinstance(body, str) else dump(body)
