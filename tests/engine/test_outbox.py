from __future__ import annotations

from dataclasses import replace

import pytest

from mockserver.core.delivery import Answered, Attempt, Delivery, Sending, delivery_json
from mockserver.core.http import Headers
from mockserver.core.world import WorldId
from mockserver.engine.outbox import Outbox, posted_json
from mockserver.engine.serials import Serials

ONE, OTHER = WorldId("p", "one"), WorldId("p", "other")


def delivery(id: str, due: int = 0, event: str = "made") -> Delivery:
    return Delivery(id, event, "hook", "http://localhost/", due, due, {"secret": "hush"})


def attempted(given: Delivery, *, state: str = "delivered", due: int = 0, body: bytes = b"{}") -> Delivery:
    made = Attempt(given.due, Sending("POST", given.url, Headers.of([("a", "b")]), body), Answered(200, "OK"))
    return replace(given, attempts=(*given.attempts, made), state=state, due=due)  # type: ignore[arg-type]


def ids(outbox: Outbox) -> list[str]:
    return [posted.delivery.id for posted in outbox]


def test_the_earliest_goes_first_and_of_one_instant_the_one_that_came_first() -> None:
    outbox = Outbox()
    outbox.add(ONE, [delivery("late", 20), delivery("b", 10), delivery("c", 10)])
    taken = [outbox.take(ONE, 20) for _ in range(4)]
    assert [posted and posted.delivery.id for posted in taken] == ["b", "c", "late", None]


def test_what_is_not_due_yet_stays() -> None:
    outbox = Outbox()
    outbox.add(ONE, [delivery("a", 10)])
    assert outbox.take(ONE, 9) is None
    assert outbox.due(ONE, 9) == []
    assert outbox.next_due(ONE) == 10


def test_one_that_is_under_way_is_not_sent_twice() -> None:
    outbox = Outbox()
    outbox.add(ONE, [delivery("a")])
    (posted,) = outbox.due(ONE, 0)
    assert outbox.start(posted)
    assert not outbox.start(posted)
    assert (outbox.due(ONE, 0), outbox.take(ONE, 0), outbox.next_due(ONE)) == ([], None, None)
    assert outbox.flying() == {1}


def test_a_retry_is_due_at_its_own_instant() -> None:
    outbox = Outbox()
    outbox.add(ONE, [delivery("a")])
    posted = outbox.take(ONE, 0)
    assert posted is not None
    assert outbox.attempted(posted, attempted(posted.delivery, state="pending", due=7))
    assert outbox.next_due(ONE) == 7
    assert [len(each.attempts) for each in outbox.of(ONE)] == [1]


def test_an_attempt_that_was_broken_off_is_due_as_before() -> None:
    outbox = Outbox()
    outbox.add(ONE, [delivery("a", 3)])
    posted = outbox.take(ONE, 3)
    assert posted is not None
    outbox.broken_off(posted)
    assert outbox.take(ONE, 3) == posted


def test_worlds_keep_their_own() -> None:
    outbox = Outbox()
    outbox.add(ONE, [delivery("a")])
    outbox.add(OTHER, [delivery("b")])
    outbox.forget(ONE)
    assert outbox.worlds() == [OTHER]
    assert [posted.delivery.state for posted in outbox] == ["withdrawn", "pending"]


def test_a_world_put_back_has_what_was_pending_then() -> None:
    outbox = Outbox()
    outbox.add(ONE, [delivery("a", 1), delivery("b", 2)])
    kept = outbox.of(ONE)
    outbox.add(ONE, [delivery("c", 3)])
    flying = outbox.take(ONE, 1)
    outbox.put_back(ONE, kept)
    assert outbox.of(ONE) == kept
    assert flying is not None
    assert not outbox.attempted(flying, attempted(flying.delivery))
    assert [posted.delivery.state for posted in outbox] == [*["withdrawn"] * 3, "pending", "pending"]


def test_the_journal_is_read_on_from_a_serial() -> None:
    outbox = Outbox()
    outbox.add(ONE, [delivery(name) for name in "abc"])
    assert [posted.serial for posted in outbox.since(1)] == [2, 3]
    assert [posted.serial for posted in outbox.since(0, 2)] == [1, 2]


def test_one_is_found_by_its_serial_and_by_its_id_the_newest_first() -> None:
    outbox = Outbox()
    outbox.add(ONE, [delivery("a"), delivery("a"), delivery("b")])
    found = [outbox.get(id) for id in ("1", "a", "b", "4", "z")]
    assert [posted and posted.serial for posted in found] == [1, 2, 3, None, None]


def test_clearing_forgets_what_is_over_and_keeps_what_is_pending() -> None:
    outbox = Outbox()
    outbox.add(ONE, [delivery("a"), delivery("b")])
    posted = outbox.take(ONE, 0)
    assert posted is not None
    outbox.attempted(posted, attempted(posted.delivery))
    assert outbox.clear() == 1
    assert ids(outbox) == ["b"]
    assert outbox.next_due(ONE) == 0


@pytest.mark.parametrize("bound", [{"most_kept": 2}, {"most_bytes": 4_000}])
def test_what_is_over_is_kept_within_bounds(bound: dict[str, int]) -> None:
    outbox = Outbox(**bound)
    outbox.add(ONE, [delivery(str(number)) for number in range(5)])
    while (posted := outbox.take(ONE, 0)) is not None:
        outbox.attempted(posted, attempted(posted.delivery, body=b"x" * 1_000))
    assert [posted.serial for posted in outbox] == [4, 5]


def test_a_receiver_that_is_down_does_not_fill_the_memory() -> None:
    outbox = Outbox(most_pending=2)
    outbox.add(ONE, [delivery(str(number)) for number in range(4)])
    assert [posted.delivery.state for posted in outbox] == ["dropped", "dropped", "pending", "pending"]


def test_a_delivery_as_json_has_every_attempt_and_no_secret() -> None:
    outbox = Outbox()
    outbox.add(ONE, [delivery("a", 5)])
    posted = outbox.take(ONE, 5)
    assert posted is not None
    outbox.attempted(posted, attempted(posted.delivery))
    (done,) = outbox
    shown = posted_json(done)
    assert "hush" not in str(shown) + repr(done)
    assert (shown["serial"], shown["provider"], shown["world"], shown["due"]) == (1, "p", "one", None)
    (made,) = shown["attempts"]
    assert (made["at"], made["request"]["body"], made["response"]["status"]) == (5, "{}", 200)


def test_an_attempt_without_an_answer_says_why() -> None:
    made = Attempt(0, Sending("POST", "http://x/", Headers(), b""), Answered(failure="timeout", error="too late"))
    (shown,) = delivery_json(replace(delivery("a"), attempts=(made,)))["attempts"]
    assert (shown["response"], shown["failure"], shown["error"]) == (None, "timeout", "too late")


def test_what_is_secret_in_a_url_or_a_header_is_not_shown() -> None:
    outbox = Outbox()
    url = "http://me:hush@localhost/a?token=hush&b=1"
    outbox.add(ONE, [replace(delivery("a"), url=url)])
    posted = outbox.take(ONE, 0)
    assert posted is not None
    made = Attempt(0, Sending("POST", url, Headers.of([("Cookie", "hush")]), b""), Answered(200))
    outbox.attempted(posted, replace(posted.delivery, attempts=(made,), state="delivered"))
    shown = posted_json(next(iter(outbox)))
    assert "hush" not in str(shown)
    assert shown["url"] == "http://[removed]@localhost/a?token=[removed]&b=1"


def finished(*ids: str, slot: int = 1, **bounds: int) -> Outbox:
    """The outbox of one of several servers, in which all has arrived."""
    outbox = Outbox(**bounds)
    outbox.follow(Serials(lambda: 0, 0, slot))
    outbox.add(ONE, [delivery(id) for id in ids])
    while (posted := outbox.take(ONE, 0)) is not None:
        outbox.attempted(posted, attempted(posted.delivery))
    return outbox


def test_what_another_leaves_stands_in_the_list_by_its_serials() -> None:
    one, two = finished("a", "b", slot=1), finished("c", "d", slot=2)
    two.add(ONE, [delivery("pending")])
    two.inherit(one.leave())
    two.inherit(one.leave())
    assert ids(two) == ["a", "c", "b", "d", "pending"]
    assert [posted.serial for posted in two] == [1_001, 1_002, 2_001, 2_002, 3_002]
    assert two.next_due(ONE) == 0


def test_of_what_another_leaves_the_oldest_delivery_gives_way() -> None:
    one, two = finished("a", "b", slot=1), finished("c", "d", slot=2, most_kept=3)
    two.inherit(one.leave())
    assert ids(two) == ["c", "b", "d"]


def test_the_list_is_cleared_up_to_a_serial_and_what_was_cleared_stays_away() -> None:
    one, two = finished("a", "b", slot=1), finished("c", "d", slot=2)
    left = one.leave()
    assert two.clear(1_002) == 1
    two.inherit(left)
    assert ids(two) == ["b", "d"]
