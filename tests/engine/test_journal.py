from __future__ import annotations

from mockserver.core.http import Headers, Reply, Request
from mockserver.engine.journal import Entry, Journal


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
