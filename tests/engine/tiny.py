"""A provider small enough to hold in mind: notes that ripen. The engine and the wire are tested with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from mockserver.contract.check import compile_contract
from mockserver.contract.samples import DocumentSamples
from mockserver.contract.yaml_text import load_yaml
from mockserver.core.http import Reply, Request
from mockserver.core.provider import Call, Claim, Moment, Provider
from mockserver.core.reading import Reading
from mockserver.core.text import Json, Record
from mockserver.core.world import Change, Due, Index, Kind, Notice, Outcome, Put, Remove, Store, View
from mockserver.engine.clock import Clock
from mockserver.engine.documents import Seed, WorldDocument
from mockserver.engine.engine import Engine, Service
from mockserver.engine.journal import Journal
from mockserver.engine.kept import kinds_of
from mockserver.engine.ports import Ports
from mockserver.engine.readings import settle
from mockserver.engine.sharing import Sharing
from mockserver.engine.worlds import MOST_PRIVATE, Terms, Worlds
from mockserver.stores.memory import MemoryStore

NOW = 1_795_348_300_000

RIPENING = {"new": ("ripe", 1_000), "ripe": ("done", 2_000)}

READINGS = (
    Reading("tiny", "twice", "May a text stand twice?", {"409": "no", "201": "yes"}, "409", "assumed", "nobody said"),
)

NOTE: Json = {
    "type": "object",
    "required": ["id", "text", "state", "createdAt"],
    "properties": {
        "id": {"type": "string"},
        "text": {"type": "string"},
        "state": {"enum": ["new", "ripe", "done"]},
        "createdAt": {"type": "integer"},
    },
}

DOCUMENT: Json = {
    "openapi": "3.1.0",
    "info": {"title": "tiny", "version": "1"},
    "servers": [{"url": "https://tiny.example/tiny"}],
    "paths": {
        "/notes": {
            "post": {
                "operationId": "createNote",
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {
                            "schema": {
                                "type": "object",
                                "required": ["text"],
                                "properties": {"text": {"type": "string"}},
                            }
                        }
                    },
                },
                "responses": {"201": {"$ref": "#/components/responses/note"}, "4XX": {"description": "refused"}},
            },
            "get": {
                "operationId": "listNotes",
                "responses": {
                    "200": {
                        "description": "all",
                        "content": {"application/json": {"schema": {"type": "array", "items": NOTE}}},
                    },
                    "4XX": {"description": "refused"},
                },
            },
        },
        "/notes/{id}": {
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
            "get": {
                "operationId": "getNote",
                "responses": {"200": {"$ref": "#/components/responses/note"}, "4XX": {"description": "refused"}},
            },
            "delete": {
                "operationId": "deleteNote",
                "responses": {"204": {"description": "gone"}, "4XX": {"description": "refused"}},
            },
        },
        "/lies": {"post": {"operationId": "lie", "responses": {"201": {"$ref": "#/components/responses/note"}}}},
        "/bugs": {"post": {"operationId": "fail", "responses": {"200": {"description": "never"}}}},
    },
    "components": {"responses": {"note": {"description": "a note", "content": {"application/json": {"schema": NOTE}}}}},
}

SCHEMA: Json = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "keys": {"type": "array", "items": {"type": "string"}},
        "notes": {"type": "array", "items": {"$ref": "#/$defs/note"}},
    },
    "$defs": {
        "note": {
            "type": "object",
            "required": ["id"],
            "additionalProperties": False,
            "properties": {"id": {"type": "string"}, "text": {"type": "string"}, "ago": {"type": "integer"}},
        }
    },
}

SECTION: Json = {
    "keys": ["main", "guest"],
    "notes": [{"id": "first", "text": "hello", "ago": 0}, {"id": "old", "text": "before", "ago": 10_000}],
}


def _due(note: Record) -> int | None:
    due: int | None = note["due"]
    return due


KINDS = {
    "key": Kind("key"),
    "note": Kind(
        "note",
        {
            "all": Index(lambda note: ("", note["createdAt"])),
            "by_text": Index(lambda note: (note["text"], note["createdAt"])),
            "by_id": Index(lambda note: (note["id"], 0), public=True),
        },
        _due,
    ),
}


def key_of(request: Request) -> str | None:
    scheme, _, key = (request.header("authorization") or "").partition(" ")
    return key if scheme.lower() == "bearer" else None


def claim(request: Request) -> Claim:
    key = key_of(request)
    if key is None:
        return Claim(owned=(("note", "by_id", request.path.rpartition("/")[2]),))
    return Claim(key=key)


def refuse(status: int, text: str) -> Reply:
    return Reply.json(status, {"tiny": text})


def answer(view: View, call: Call, moment: Moment) -> Outcome:
    key = key_of(call.request)
    if key is not None and view.get("key", key) is None:
        return Outcome(refuse(401, f"no key {key}"))
    if call.operation is None:
        return Outcome(refuse(404, "no such path"))
    if call.payload.problem is not None:
        status = {"too-large": 413, "charset": 415, "encoding": 415}.get(call.payload.problem.kind, 400)
        return Outcome(refuse(status, call.payload.problem.detail))
    if call.violations:
        return Outcome(refuse(422, str(call.violations[0])))
    return OPERATIONS[call.operation.id](view, call, moment)


def create(view: View, call: Call, moment: Moment) -> Outcome:
    text = call.payload.value["text"]  # type: ignore[index]
    if moment.readings["twice"] == "409" and view.count("note", "by_text", text):
        return Outcome(refuse(409, "there already"))
    note = {"id": moment.chance.uuid(), "text": text, "state": "new", "createdAt": moment.now}
    note["due"] = moment.now + moment.lasting(1_000)
    return Outcome(Reply.json(201, shown(note)), (Put("note", note["id"], note),), (Notice("made", moment.now, note),))


def shown(note: Record) -> Record:
    return {name: value for name, value in note.items() if name != "due"}


def get(view: View, call: Call, moment: Moment) -> Outcome:
    note = view.get("note", call.path["id"])
    return Outcome(refuse(404, "no note") if note is None else Reply.json(200, shown(note)))


def list_all(view: View, call: Call, moment: Moment) -> Outcome:
    return Outcome(Reply.json(200, [shown(note) for note in view.find("note", "all", "")]))


def delete(view: View, call: Call, moment: Moment) -> Outcome:
    return Outcome(Reply.empty(204), (Remove("note", call.path["id"]),))


def lie(view: View, call: Call, moment: Moment) -> Outcome:
    note = {"id": "lied", "text": 5, "state": "new", "createdAt": moment.now, "due": None}
    return Outcome(Reply.json(201, shown(note)), (Put("note", "lied", note),))


def fail(view: View, call: Call, moment: Moment) -> Outcome:
    raise ZeroDivisionError("a bug")


OPERATIONS: dict[str, Callable[[View, Call, Moment], Outcome]] = {
    "createNote": create,
    "listNotes": list_all,
    "getNote": get,
    "deleteNote": delete,
    "lie": lie,
    "fail": fail,
}


def step(view: View, due: Due, moment: Moment) -> Outcome:
    note = view.get(due.kind, due.id)
    assert note is not None
    if note["text"] == "poison":
        raise ZeroDivisionError("a bad step")
    state, _ = RIPENING[note["state"]]
    after = RIPENING.get(state)
    wait = None if after is None else moment.now + moment.lasting(after[1])
    if note["text"] == "stuck":
        state, wait = note["state"], moment.now
    now = {**note, "state": state, "due": wait, "mark": moment.chance.child(state).hex(8)}
    return Outcome(Reply(204), (Put("note", due.id, now),), (Notice(state, moment.now, now),))


def seed(section: Record, name: str, moment: Moment) -> Iterable[Change]:
    for key in section.get("keys", []):
        main = key == section["keys"][0]
        own = (name if main else f"{name}+{key}") if name.startswith("test_") else key
        yield Put("key", own, {"id": own})
    for place, note in enumerate(section.get("notes", [])):
        if note["id"] == "bad":
            raise ValueError(f"/notes/{place}/id: bad is no id")
        made = moment.now - note.get("ago", 0)
        text = note.get("text", "")
        yield Put(
            "note",
            note["id"],
            {"id": note["id"], "text": text, "state": "new", "createdAt": made, "due": made + moment.lasting(1_000)},
        )


def provider(**changes: Any) -> Provider:
    fields: dict[str, Any] = {
        "name": "tiny",
        "title": "Tiny",
        "mounts": ("/tiny",),
        "kinds": KINDS,
        "simulated": frozenset(OPERATIONS),
        "claim": claim,
        "answer": answer,
        "step": step,
        "seed": seed,
        "world_schema": SCHEMA,
        "body_limit": 1_000,
        "refuse": refuse,
    }
    return Provider(**{**fields, **changes})


PROVIDER = provider()


def engine(
    *,
    provider: Provider = PROVIDER,
    section: Json = SECTION,
    at: int | None = NOW,
    source: Callable[[], int] = lambda: NOW,
    seed: int = 0,
    pace: float = 1.0,
    readings: dict[str, str] | None = None,
    ports: Ports | None = None,
    most_private: int = MOST_PRIVATE,
    journal: Journal | None = None,
    store: Store | None = None,
    name: str | None = None,
    dead: tuple[str, ...] = (),
    crew: str = "",
    place: int = 0,
    ttl: int | None = None,
) -> Engine:
    """An engine that serves tiny notes from memory; its clock stands until it is moved.

    With a `name` it is one of several on its store, of whom those are known to be `dead`; for `crew` see `Peer`.
    """
    clock = Clock(source, at)
    store = store or MemoryStore(kinds_of([provider]))
    document = WorldDocument("default", load_yaml("{}", "default.yaml"), {})
    terms = Terms(seed, pace, {"tiny": settle("tiny", READINGS, readings or {})}, READINGS, readings or {}, ttl=ttl)
    worlds = Worlds(store, clock, {"tiny": Seed(provider, document, section)}, terms, most_private=most_private)
    contract = compile_contract(DOCUMENT)
    made = Engine(
        [Service(provider, contract, contract.unmatched, samples=DocumentSamples(DOCUMENT))],
        store=store,
        worlds=worlds,
        clock=clock,
        journal=journal or Journal(),
        seed=seed,
        ports=ports or Ports(),
    )
    if name is not None:
        Sharing(made, name, dead, crew=crew, place=place)
    return made
