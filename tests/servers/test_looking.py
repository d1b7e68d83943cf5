"""A row of the table, from a server with a defect to what was said of it."""

from __future__ import annotations

from tests.servers.looking import look
from tests.servers.serving import find
from tests.servers.verdicts import Task


def test_the_judge_finds_a_seeded_defect_and_goes_no_further() -> None:
    task = Task("accepts-revoked-key", "restream", 0, ours=True, stock=False, examples=1, pace=60)
    row = look(task, find("accepts-revoked-key"))
    assert row.ours is not None and row.stock is None and not row.broke
    assert row.ours.rules == ("revoked-key",)
    assert row.ours.first is not None and 0 < row.ours.longest <= 4


def test_what_keeps_one_of_them_from_looking_is_said() -> None:
    row = look(Task(None, "nobody", 0, ours=True, stock=False, examples=1, pace=60), None)
    assert row.ours is None
    assert "nobody" in row.broke
    assert "restream" in str(look(Task(None, "restream", 0, ours=False, stock=False, examples=1, pace=60), None))
