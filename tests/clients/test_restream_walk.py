"""All of an account's clip projects, walked as Restream's own n8n node walks them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from mockserver.core.text import Json
from tests.clients.conftest import Command


def test_a_walk_meets_every_project_once_newest_first(
    node: Callable[..., Json], served: Callable[..., str], tmp_path: Path
) -> None:
    world = tmp_path / "many.yaml"
    titles = "".join(f"    - {{title: stream {n}, createdAt: {-1_000 * n}, clips: 1}}\n" for n in range(250))
    world.write_text(f"restream:\n  keys:\n    - {{key: walker}}\n  projects:\n{titles}")
    walked = node("walk", served("--world", str(world)), "walker")
    assert walked["pages"] == [100, 100, 50]
    assert [project["title"] for project in walked["projects"]] == [f"stream {n}" for n in range(250)]
    assert len({project["projectId"] for project in walked["projects"]}) == 250


def test_a_walk_of_the_default_world_is_one_page(node: Callable[..., Json], at_once: Command) -> None:
    walked = node("walk", at_once.url, at_once.key)
    assert len(walked["pages"]) == 1
    assert walked["pages"] == [len(walked["projects"])]
