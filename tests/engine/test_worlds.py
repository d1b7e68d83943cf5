from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.core.provider import Claim
from mockserver.core.world import WorldId
from mockserver.engine.worlds import private_name
from tests.engine.asking import ask, create, notes, opened, request, run
from tests.engine.tiny import NOW, PROVIDER, engine


def texts(engine_: object, key: str) -> list[str]:
    return [note["text"] for note in notes(engine_, key)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("test_alice", "test_alice"),
        ("test_alice+stranger", "test_alice"),
        ("test_a.B-c_d~9", "test_a.B-c_d~9"),
        ("test_" + "x" * 128, "test_" + "x" * 128),
        ("test_" + "x" * 129, None),
        ("test_", None),
        ("test_a b", None),
        ("test_a+", None),
        ("test_a+b+c", None),
        ("test_é", None),
        ("test_a\n", None),
        ("Test_a", None),
        ("k1", None),
        ("", None),
    ],
)
def test_a_private_world_is_owned_by_keys_of_one_form(key: str, name: str | None) -> None:
    assert private_name(key) == name


def test_a_test_key_owns_a_world_like_the_start_world() -> None:
    served = opened(engine())
    assert texts(served, "test_a") == texts(served, "main") == ["before", "hello"]


def test_a_role_is_another_credential_of_the_same_world() -> None:
    served = opened(engine())
    create(served, "mine", "test_a")
    assert "mine" in texts(served, "test_a+guest")


def test_a_key_that_is_no_credential_gets_the_providers_own_401() -> None:
    served = opened(engine())
    for key in ("nope", "test_a+nonsense", "test_", "test_a b", "test_" + "x" * 500, "test_a+nonsense"):
        assert ask(served, "GET", "/tiny/notes", key).value == {"tiny": f"no key {key}"}


def test_worlds_are_islands() -> None:
    served = opened(engine())
    create(served, "mine", "test_a")
    assert "mine" not in texts(served, "test_b") + texts(served, "main")


def test_a_world_is_made_at_the_instant_it_is_first_seen() -> None:
    served = opened(engine())
    run(served.advance(500))
    assert next(note for note in notes(served, "test_a") if note["id"] == "first")["createdAt"] == NOW + 500


def test_two_first_calls_at_once_make_one_world() -> None:
    served = opened(engine())

    async def both() -> list[int]:
        calls = [served.respond(request("POST", "/tiny/notes", "test_a", {"text": "once"})) for _ in range(20)]
        return sorted(reply.status for reply in await asyncio.gather(*calls))

    assert run(both()) == [201] + [409] * 19
    assert len(run(served.store.worlds())) == 2


def test_of_too_many_private_worlds_the_one_longest_unused_goes() -> None:
    served = opened(engine(most_private=2))
    for key in ("test_a", "test_b"):
        create(served, "mine", key)
    notes(served, "test_a")
    notes(served, "test_c")
    assert run(served.store.worlds()) == [WorldId("tiny", name) for name in ("default", "test_a", "test_c")]
    assert "mine" in texts(served, "test_a")
    assert "mine" not in texts(served, "test_b")


def test_a_call_without_key_finds_the_world_that_owns_what_it_asks_for() -> None:
    served = opened(engine())
    made = create(served, "mine", "test_a").value
    assert ask(served, "GET", f"/tiny/notes/{made['id']}", None).value["text"] == "mine"


def test_what_every_world_has_is_answered_from_the_start_world_without_a_key() -> None:
    served = opened(engine())
    run(served.advance(500))
    notes(served, "test_a")
    assert ask(served, "GET", "/tiny/notes/first", None).value["createdAt"] == NOW


def test_readings_hold_in_private_worlds_too() -> None:
    served = opened(engine(readings={"tiny.twice": "201"}))
    assert [create(served, "same", "test_a").status for _ in range(2)] == [201, 201]


@given(st.text(max_size=200))
def test_no_key_breaks_the_form(key: str) -> None:
    name = private_name(key)
    assert name is None or (name.isascii() and name.startswith("test_") and len(name) <= 133)


def test_a_world_may_have_a_clock_of_its_own() -> None:
    served = opened(engine())
    alice, bob = (run(served.worlds.home(PROVIDER, Claim(key=key))).world for key in ("test_alice", "test_bob"))
    own = served.worlds.change(alice, clock=served.clock.fork()).clock
    run(served.advance(5_000, own))
    create(served, "later", "test_alice")
    create(served, "now", "test_bob")
    assert notes(served, "test_alice")[-1]["createdAt"] == NOW + 5_000
    assert notes(served, "test_bob")[-1]["createdAt"] == NOW
    assert {home.world for home in served.worlds.homes() if home.clock is served.clock} >= {bob}


def test_a_jump_of_the_server_leaves_a_world_with_its_own_clock_where_it_is() -> None:
    served = opened(engine())
    alice = run(served.worlds.home(PROVIDER, Claim(key="test_alice"))).world
    served.worlds.change(alice, clock=served.clock.fork())
    run(served.advance(60_000))
    assert notes(served, "test_alice")[-1]["state"] == "new"
    assert notes(served, "main")[-1]["state"] == "done"


def test_a_world_that_is_not_there_can_t_be_changed() -> None:
    with pytest.raises(KeyError, match="test_nobody"):
        opened(engine()).worlds.change(WorldId("tiny", "test_nobody"), pace=2.0)
