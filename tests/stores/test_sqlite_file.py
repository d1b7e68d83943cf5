"""An SQLite file that an older mockserver made."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from mockserver.core.http import Reply
from mockserver.core.world import Index, Kind, Outcome, View, WorldId
from mockserver.stores.sqlite import SqliteStore
from mockserver.stores.sqlite_file import APPLICATION, UPGRADES
from tests.stores.making import run

KINDS: Final = {"p": {"note": Kind("note", {"all": Index(lambda note: ("", note["at"]), public=True)})}}
HERE: Final = WorldId("p", "here")


def test_a_file_of_the_first_schema_is_upgraded_with_all_that_is_in_it(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "worlds.db")) as old:
        old.executescript(UPGRADES[0])
        old.execute("INSERT INTO world VALUES (7, 'p', ?, 3)", (b"here",))
        old.execute("INSERT INTO record VALUES (1, 7, 'note', ?, NULL, ?)", (b"one", b'{"at":5}'))
        old.execute("INSERT INTO note VALUES ('indexed by', '1')")
        old.execute("PRAGMA user_version = 1")
        old.execute(f"PRAGMA application_id = {APPLICATION}")
        old.commit()
    store = SqliteStore(tmp_path / "worlds.db", KINDS, version="1")
    found: list[object] = []

    def look(view: View) -> Outcome:
        found.append((view.serial, list(view.find("note", "all", ""))))
        return Outcome(Reply(200))

    run(store.transact(HERE, look))
    assert found == [(3, [{"at": 5}])]
    assert run(store.whose("p", "note", "all", "")) == HERE
    run(store.close())
