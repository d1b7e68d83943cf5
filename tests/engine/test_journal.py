from __future__ import annotations

from mockserver.core.http import Headers, Reply, Request
from mockserver.engine.journal import Entry, Journal


def add(journal: Journal, path: str = "/", body: bytes = b"") -> int:
    return journal.add(5, "tiny", "w", "op", Request("GET", path, body=body), Reply(200), (), 7)


def test_it_records_what_happened() -> None:
    journal = Journal()
    reply = Reply.json(200, {"a": [1]})
    journal.add(5, "tiny", "w", "op", Request("GET", "/a"), reply, (), 7)
    assert list(journal.since(0)) == [Entry(1, 5, "tiny", "w", "op", Request("GET", "/a"), reply, (), 7)]


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
    serials = [add(journal) for _ in range(3)]
    assert serials == [1, 2, 3]
    found = [journal.get(serial) for serial in (0, 1, 2, 3, 4)]
    assert [entry and entry.serial for entry in found] == [None, None, 2, 3, None]


def test_entries_since_a_serial_are_the_later_ones() -> None:
    journal = Journal()
    for _ in range(3):
        add(journal)
    assert [entry.serial for entry in journal.since(1)] == [2, 3]


SECRET = Request("GET", "/", "token=hidden", Headers.of([("Authorization", "Bearer hidden")]), b'{"password":"hidden"}')


def test_nobody_sees_a_secret() -> None:
    journal = Journal()
    for _ in range(3):
        journal.add(0, "tiny", "w", None, SECRET, Reply.json(200, {"token": "hidden"}), (), 0)
        assert "hidden" not in repr((journal.get(1), list(journal.since(0))))


def test_a_body_nested_without_end_is_shown_without_harm() -> None:
    journal = Journal()
    deep = b'{"a":' * 900 + b"1" + b"}" * 900
    headers = Headers.of([("Content-Type", "application/json")])
    journal.add(0, "tiny", "w", None, Request("POST", "/", "", headers, deep), Reply(200), (), 0)
    (entry,) = journal.since(0)
    assert entry.request.body.startswith(b'{"a":{"a":')


def test_looking_keeps_count_of_the_bytes() -> None:
    journal = Journal(most_bytes=10_000)
    for _ in range(20):
        journal.add(0, "tiny", "w", None, SECRET, Reply(200), (), 0)
        assert len(list(journal.since(0))) <= 9
    assert len(journal) == 9
