"""A process of a race: `python -m tests.stores.racing STORE RACES CALLS`. It says `ready`, and runs when it is told to.

In each race it makes so many identical calls at once, in a world of that race; then it prints their statuses as JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys

from mockserver.core.http import Headers, Request
from mockserver.core.text import dump
from mockserver.server.assemble import build_engine
from mockserver.settings import Settings

VIDEO = {"sourceType": "VideoStorageFile", "videoStorageFileId": "a1b2c3d4-e5f6-7890-abcd-ef1234567890"}


def call(race: int) -> Request:
    headers = [("Authorization", f"Bearer test_race{race}"), ("Content-Type", "application/json")]
    return Request("POST", "/v2/user/clips/projects", headers=Headers.of(headers), body=dump(VIDEO))


async def run(store: str, races: int, calls: int) -> list[list[int]]:
    engine = build_engine(Settings(store=store, pace=0.0, at=1_795_348_300_000))
    await engine.open("http://race.test")
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    statuses = []
    for race in range(races):
        replies = await asyncio.gather(*(engine.respond(call(race)) for _ in range(calls)))
        statuses.append([reply.status for reply in replies])
    await engine.store.close()
    return statuses


if __name__ == "__main__":
    found = asyncio.run(run(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
    sys.stdout.write(json.dumps(found) + "\n")
