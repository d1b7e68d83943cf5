from __future__ import annotations

import tracemalloc

import pytest

from mockserver.core.http import Headers, Reply, Request
from mockserver.core.violation import Violation
from mockserver.engine.journal import Entry, Journal
from mockserver.engine.query import Query
from mockserver.engine.serials import Serials


def add(journal: Journal, path: str = "/", body: bytes = b"") -> Entry:
    return journal.add(5, "tiny", "w", "op", Request("GET", path, body=body), Reply(200), (), 7)


def test_it_records_what_happened() -> None:
    journal = Journal()
    entry = add(journal, "/a")
    assert (entry.serial, entry.at, entry.provider, entry.world, entry.operation) == (1, 5, "tiny", "w", "op")
    assert (entry.request.path, entry.reply.status, entry.violations, entry.microseconds) == ("/a", 200, (), 7)


def test_the_oldest_entries_go_when_there_are_too_many() -> None:
    journal = Journal(most_entries=3)
    for _ in range(10):
        add(journal)
    assert [entry.serial for entry in journal.since(0)] == [8, 9, 10]


def test_the_oldest_entries_go_when_their_bytes_are_too_many() -> None:
    journal = Journal(most_bytes=100_000)
    for _ in range(10):
        add(journal, body=b"x" * 20_000)
    assert [entry.serial for entry in journal.since(0)] == [7, 8, 9, 10]


def test_an_entry_is_found_by_its_serial_until_it_is_gone() -> None:
    journal = Journal(most_entries=2)
    entries = [add(journal) for _ in range(3)]
    assert [journal.get(serial) for serial in (0, 1, 2, 3, 4)] == [None, None, entries[1], entries[2], None]


def test_entries_since_a_serial_are_the_later_ones() -> None:
    journal = Journal()
    entries = [add(journal) for _ in range(3)]
    assert list(journal.since(2)) == entries[2:]


def test_secrets_never_get_in() -> None:
    journal = Journal()
    headers = Headers.of([("Authorization", "Bearer hidden")])
    journal.add(0, "tiny", "w", None, Request("GET", "/", "token=hidden", headers), Reply(200), (), 0)
    assert "hidden" not in repr(list(journal.since(0)))


def test_headers_and_what_violations_list_count_as_bytes_too() -> None:
    plain, headed, broken = Journal(), Journal(), Journal()
    add(plain)
    headed.add(0, "p", "w", None, Request("GET", "/", headers=Headers.of([("X", "x" * 5_000)])), Reply(200), (), 0)
    names = [f"name{n}" for n in range(1_000)]
    listed = Violation("C1", "client", "op", "body", "", "r", "/", "a", "b", detail={"unexpected": names})
    broken.add(0, "p", "w", None, Request("GET", "/"), Reply(200), (listed,), 0)
    assert headed.bytes - plain.bytes > 5_000
    assert broken.bytes - plain.bytes > 50_000


@pytest.mark.parametrize("size", [10, 3_000])
@pytest.mark.parametrize("headers", [2, 30])
def test_the_bytes_it_counts_are_those_it_takes(size: int, headers: int) -> None:
    journal = Journal(most_entries=300)
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        for n in range(300):
            pairs = [(f"Name-{at}", f"{n} {'v' * 20}") for at in range(headers)]
            request = Request("GET", f"/{n}", headers=Headers.of(pairs), body=b"%d" % n * size)
            journal.add(n, "p", "w", "op", request, Reply(200, body=b"%d" % n * size), (), n)
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert 0.6 < journal.bytes / (after - before) < 1.8


def test_memory_stays_flat_however_many_exchanges_come() -> None:
    journal = Journal(most_entries=500)
    sizes = []
    tracemalloc.start()
    try:
        for n in range(20_000):
            add(journal, f"/{n}", body=b"x" * (n % 700))
            if n in (2_000, 19_999):
                sizes.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    assert len(journal) == 500
    assert sizes[1] < sizes[0] * 1.05


def test_whoever_reads_on_hears_how_many_were_missed() -> None:
    journal = Journal(most_entries=3)
    for _ in range(10):
        add(journal)
    assert (journal.first, journal.last, journal.dropped) == (8, 10, 7)
    assert [journal.missed(serial) for serial in (0, 5, 7, 9, 99)] == [7, 2, 0, 0, 0]


def test_a_page_of_entries_begins_after_a_serial() -> None:
    journal = Journal(most_entries=5)
    for _ in range(8):
        add(journal)
    pages = [[entry.serial for entry in journal.since(serial, 2)] for serial in (0, 3, 5, 7, 8)]
    assert pages == [[4, 5], [4, 5], [6, 7], [8], []]


def test_a_cleared_journal_is_empty_and_counts_on() -> None:
    journal = Journal(most_entries=2)
    for _ in range(3):
        add(journal)
    assert journal.clear() == 2
    assert (len(journal), journal.bytes, journal.dropped, journal.first, list(journal.since(0))) == (0, 0, 0, 4, [])
    assert (add(journal).serial, journal.missed(2)) == (4, 1)


def test_a_journal_of_none_keeps_nothing() -> None:
    journal = Journal(most_entries=0)
    assert (add(journal).serial, len(journal), journal.get(1), journal.bytes) == (1, 0, None, 0)


def test_calls_no_operation_is_there_for_are_the_unmatched() -> None:
    journal = Journal()
    add(journal)
    journal.add(5, "tiny", "w", None, Request("GET", "/nowhere"), Reply(404), (), 7)
    assert [entry.serial for entry in journal.unmatched()] == [2]


def test_the_name_of_a_fault_is_kept() -> None:
    entry = Journal().add(5, "tiny", "w", "op", Request("GET", "/"), Reply(503), (), 7, "busy")
    assert (entry.fault, add(Journal()).fault) == ("busy", None)


def test_json_that_was_spoilt_on_purpose_has_no_value() -> None:
    journal = Journal()
    spoilt = Reply(200, Headers.of([("Content-Type", "application/json")]), b'{"id": ')
    journal.add(5, "tiny", "w", "op", Request("GET", "/"), spoilt, (), 7)
    assert [entry.reply for entry in journal.since(0)] == [spoilt]


def test_entries_are_found_and_counted_by_a_query() -> None:
    journal = Journal()
    for path in ("/a", "/b", "/a", "/a"):
        add(journal, path)
    wanted = Query(path="/a")
    assert [entry.serial for entry in journal.find(wanted)] == [1, 3, 4]
    assert [entry.serial for entry in journal.find(wanted, limit=2)] == [1, 3]
    assert (journal.count(wanted), journal.count(Query()), journal.count(Query(path="/c"))) == (3, 4, 0)


def test_a_journal_may_grow_while_it_is_read() -> None:
    journal = Journal(most_entries=3)
    for _ in range(3):
        add(journal)
    seen = []
    for entry in journal.find(Query()):
        seen.append(entry.serial)
        add(journal)
    assert seen == [1, 2, 3]


def shared(now: int = 0, slot: int = 1, **bounds: int) -> Journal:
    """The journal of one of several servers, whose real clock stands."""
    journal = Journal(**bounds)
    journal.follow(Serials(lambda: now, 0, slot))
    return journal


def test_serials_of_several_servers_have_gaps_and_are_found_all_the_same() -> None:
    journal = shared(most_entries=3)
    serials = [add(journal).serial for _ in range(5)]
    assert serials == [1_001, 2_001, 3_001, 4_001, 5_001]
    assert [journal.get(serial) is not None for serial in (*serials, 3_000, 9_001)] == [
        *[False] * 2,
        *[True] * 3,
        False,
        False,
    ]
    assert [[entry.serial for entry in journal.since(serial)] for serial in (3_000, 3_001, 5_001)] == [
        serials[2:],
        serials[3:],
        [],
    ]
    assert [journal.missed(serial) for serial in (0, 1_000, 1_001, 2_001)] == [2, 2, 1, 0]


def test_a_journal_is_cleared_up_to_a_serial() -> None:
    journal = shared()
    serials = [add(journal).serial for _ in range(4)]
    before = journal.bytes
    assert journal.clear(serials[1]) == 2
    assert [entry.serial for entry in journal.since(0)] == serials[2:]
    assert (journal.missed(0), journal.bytes) == (2, before // 2)


def test_what_another_leaves_stands_among_what_is_here_by_its_serials() -> None:
    one, two = shared(slot=1), shared(slot=2)
    for journal in (one, two, one, two):
        add(journal)
    entries, gone = one.leave()
    two.inherit(entries, gone)
    two.inherit(entries)
    assert [entry.serial for entry in two.since(0)] == [1_001, 1_002, 2_001, 2_002]
    assert (two.bytes, two.missed(0)) == (2 * one.bytes, 0)


def test_of_what_another_leaves_the_oldest_gives_way() -> None:
    one, two = shared(slot=1, most_entries=2), shared(slot=2, most_entries=3)
    for journal in (one, one, one, two, two):
        add(journal)
    two.inherit(*one.leave())
    assert [entry.serial for entry in two.since(0)] == [2_001, 2_002, 3_001]
    assert two.missed(0) == 2


def test_what_was_cleared_does_not_come_back_with_what_another_leaves() -> None:
    one, two = shared(slot=1), shared(slot=2)
    serials = [add(one).serial for _ in range(3)]
    left = one.leave()
    two.clear(serials[1])
    two.inherit(*left)
    assert [entry.serial for entry in two.since(0)] == serials[2:]
