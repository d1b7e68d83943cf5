"""What README and the guide show is done, page by page, in the order a reader does it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from mockserver.server.thread import ThreadedServer
from mockserver.settings import Settings
from tests.guide.blocks import blocks, pages, title
from tests.guide.walk import Project


@pytest.fixture
def url() -> Iterator[str]:
    with ThreadedServer(Settings(port=0)) as server:
        yield server.url


@pytest.mark.parametrize("page", pages(), ids=title)
def test_a_page_does_what_it_shows(page: Path, url: str, tmp_path: Path) -> None:
    with closing(Project(tmp_path, url)) as project:
        for block in blocks(page.read_text("utf-8")):
            project.do(block)
        project.finish()
