"""Checked by mypy, never run: a provider from outside is written against `core` alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_type

from mockserver.core.http import Reply, Request
from mockserver.core.provider import Call, Claim, Moment, Provider
from mockserver.core.text import Json, Record
from mockserver.core.world import Change, Due, Index, Kind, Outcome, Put, View


def claim(request: Request) -> Claim:
    return Claim(key=request.header("x-api-key"))


def answer(view: View, call: Call, moment: Moment) -> Outcome:
    if call.operation is None:
        return Outcome(Reply.json(404, {"error": "no such thing"}))
    assert_type(call.operation.id, str)
    assert_type(view.get("note", call.path["id"]), Record | None)
    assert_type(moment.chance.uuid(), str)
    note: Record = {"id": moment.chance.hex(8), "createdAt": moment.now, "readyAt": moment.now + moment.lasting(1_000)}
    return Outcome(Reply.json(201, note), changes=(Put("note", note["id"], note),))


def step(view: View, due: Due, moment: Moment) -> Outcome:
    note = view.get(due.kind, due.id) or {}
    return Outcome(Reply.empty(204), changes=(Put(due.kind, due.id, {**note, "readyAt": None}),))


def seed(section: Record, world: str, moment: Moment) -> Iterable[Change]:
    notes: list[Record] = section["notes"]
    for note in notes:
        assert_type(note["id"], Json)
        yield Put("note", note["id"], {**note, "world": world, "createdAt": moment.now})


provider = Provider(
    name="notes",
    title="Notes",
    mounts=("/notes",),
    kinds={
        "note": Kind(
            "note",
            indexes={"id": Index(lambda note: (note["id"], note["createdAt"]), public=True)},
            due=lambda note: note["readyAt"],
        )
    },
    simulated=frozenset({"createNote"}),
    claim=claim,
    answer=answer,
    step=step,
    seed=seed,
    world_schema={"type": "object"},
    body_limit=100_000,
    not_simulated={"shareNote": "nobody asked for it yet"},
)
assert_type(provider.mounts, tuple[str, ...])
