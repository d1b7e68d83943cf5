"""Servers that ask each other, by sockets and through a Redis."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mockserver.core.peers import Peer, Silent
from mockserver.core.text import Json, Record
from mockserver.core.world import StoreError
from tests.server.meshes import Company, MakeTransport, by_redis, by_sockets, run, telling
from tests.stores.running import redis_server

Gather = Callable[..., Company]


@pytest.fixture(params=["sockets", "redis"], scope="module")
def transport(request: pytest.FixtureRequest) -> Iterator[MakeTransport]:
    if request.param == "sockets":
        yield by_sockets
    else:
        with redis_server("--appendonly", "no") as redis:
            yield by_redis(redis.url)


@pytest.fixture
def gather(transport: MakeTransport) -> Iterator[Gather]:
    with tempfile.TemporaryDirectory() as folder:
        yield lambda **options: Company(Path(folder), transport, **options)


async def slow(question: Record) -> Json:
    await asyncio.Event().wait()


def test_every_other_server_answers_and_nobody_asks_itself(gather: Gather) -> None:
    async def asked() -> list[Json]:
        async with gather() as company:
            one = await company.join("one", telling("one"))
            for name in ("two", "three"):
                await company.join(name, telling(name))
            return await one.ask({"ask": "name"})

    assert run(asked()) == ["two", "three"]


def test_questions_and_answers_are_what_json_can_say(gather: Gather) -> None:
    said = {"ask": "echo", "text": "\ud83d is half a character", "number": 2**70, "deep": [[[{}]]], "none": None}

    async def asked() -> list[Json]:
        async with gather() as company:
            one, _ = await company.join("one"), await company.join("two")
            return await one.ask(said)

    assert run(asked()) == [said]


def test_the_crew_is_asked_alone(gather: Gather) -> None:
    async def asked() -> tuple[list[Json], list[Json]]:
        async with gather() as company:
            one, alone = await company.join("one", crew="a"), await company.join("alone", telling("alone"))
            await company.join("two", telling("two"), crew="a")
            await company.join("three", telling("three"), crew="b")
            return await one.ask({"ask": "name"}, crew=True), await alone.ask({"ask": "name"}, crew=True)

    assert run(asked()) == (["two"], [])


def test_many_large_answers_come_at_once_each_to_its_question(gather: Gather) -> None:
    async def asked() -> list[list[Json]]:
        async with gather() as company:
            one = await company.join("one")
            for name in ("two", "three"):
                await company.join(name)
            questions = ({"ask": "echo", "filling": f"{number}" * 2_000_000} for number in range(8))
            return await asyncio.gather(*(one.ask(question) for question in questions))

    for number, answers in enumerate(run(asked())):
        assert [answer["filling"][:1] for answer in answers] == [f"{number}"] * 2
        assert {len(answer["filling"]) for answer in answers} == {2_000_000}


def test_who_answers_nothing_in_time_is_named(gather: Gather) -> None:
    async def asked() -> None:
        async with gather(seconds=0.3) as company:
            one, _ = await company.join("one"), await company.join("slow", slow, crew="ours")
            await one.ask({"ask": "name"})

    with pytest.raises(Silent, match=r"^worker 2 of ours \(slow\) is alive and did not answer within 0.3 s$"):
        run(asked())


def test_who_fails_to_answer_is_named_and_says_why(gather: Gather) -> None:
    async def fails(question: Record) -> Json:
        raise StoreError("the disk is full") if question["ask"] == "store" else KeyError(question["ask"])

    async def asked(what: str) -> None:
        async with gather() as company:
            one, _ = await company.join("one"), await company.join("two", fails)
            try:
                await one.ask({"ask": what})
            finally:
                blunders.extend(company.blunders)

    blunders: list[Exception] = []
    with pytest.raises(Silent, match=r"^the server two could not answer: the disk is full$"):
        run(asked("store"))
    assert not blunders
    with pytest.raises(Silent, match=r"could not answer: mockserver failed in it \(KeyError: 'what'\)"):
        run(asked("what"))
    assert [type(blunder) for blunder in blunders] == [KeyError]


def test_who_ends_is_left_out_and_the_others_are_asked_again(gather: Gather) -> None:
    """What it had it has handed over to one of them, which may have answered before that."""

    async def asked() -> list[Json]:
        async with gather() as company:
            one, _, ends = [await company.join(name) for name in ("one", "two", "ends")]
            told: list[str] = []

            async def tells(question: Record) -> Json:
                told.append(f"answer {len(told) + 1}")
                return told[-1]

            await company.join("three", tells)
            await ends.close()
            asking = asyncio.create_task(one.ask({"ask": "name"}))
            while not told:
                await asyncio.wait([asking], timeout=0.01)
            company.alive = [peer for peer in company.alive if peer.name != "ends"]
            return await asking

    assert run(asked()) == [{"ask": "name"}, "answer 2"]


def test_one_that_is_closed_finishes_what_it_is_answering(gather: Gather) -> None:
    async def asked() -> list[Json]:
        async with gather() as company:
            begun, go_on = asyncio.Event(), asyncio.Event()

            async def slowly(question: Record) -> Json:
                begun.set()
                await go_on.wait()
                return "done"

            one, ends = await company.join("one"), await company.join("ends", slowly)
            asking = asyncio.create_task(one.ask({"ask": "name"}))
            await begun.wait()
            closing = asyncio.create_task(ends.close())
            await asyncio.wait([closing], timeout=0.01)
            go_on.set()
            return await asking

    assert run(asked()) == ["done"]


def test_what_is_left_goes_to_the_newest_of_the_crew(gather: Gather) -> None:
    async def handed() -> tuple[bool, list[str]]:
        async with gather() as company:
            took: list[str] = []

            def takes(name: str) -> Callable[[Record], object]:
                async def answer(question: Record) -> Json:
                    took.append(f"{name} {question['ask']}")

                return answer

            one = await company.join("one", crew="a")
            for name, crew in (("two", "a"), ("three", "a"), ("four", "b")):
                await company.join(name, takes(name), crew)  # type: ignore[arg-type]
            return await one.hand_over({"ask": "inherit"}), took

    assert run(handed()) == (True, ["three inherit"])


def test_what_is_left_is_handed_to_nobody_if_nobody_takes_it(gather: Gather) -> None:
    async def handed() -> list[bool]:
        async with gather(seconds=0.3) as company:
            one = await company.join("one")
            alone = await one.hand_over({"ask": "inherit"})
            await company.join("slow", slow)
            return [alone, await one.hand_over({"ask": "inherit"})]

    assert run(handed()) == [False, False]


def test_an_answer_that_is_too_large_is_said_to_be(gather: Gather, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mockserver.server.mesh.MOST_BYTES", 1_000)

    async def asked() -> None:
        async with gather() as company:
            one, _ = await company.join("one"), await company.join("two")
            await one.ask({"ask": "echo", "filling": "x" * 1_000})

    with pytest.raises(Silent, match="its answer has 10"):
        run(asked())


def test_a_peer_is_called_by_its_place_in_its_crew() -> None:
    from mockserver.server.mesh import called

    assert called(Peer("a-1-x-2", "a-1-x", 1)) == "worker 2 of a-1-x (a-1-x-2)"
