from __future__ import annotations

import pytest

from mockserver.engine.mounts import Mounts

MOUNTS = Mounts([(("/api", "/media/one", "/healthz"), "one"), (("/v2", "/oauth", "/media/two", "/api/two"), "two")])


@pytest.mark.parametrize(
    ("path", "owner"),
    [
        ("/api", "one"),
        ("/api/clip", "one"),
        ("/API/Clip", "one"),
        ("/api/two", "two"),
        ("/api/two/deep", "two"),
        ("/api/twofold", "one"),
        ("/v2/user", "two"),
        ("/v2x/user", "one"),
        ("/media/two/a.mp4", "two"),
        ("/media/three", "one"),
        ("/oauth", "two"),
        ("/", "one"),
        ("", "one"),
        ("*", "one"),
        ("//v2/user", "one"),
    ],
)
def test_the_longest_prefix_wins_and_the_first_provider_gets_the_rest(path: str, owner: str) -> None:
    assert MOUNTS.find(path) == owner


def test_a_root_mount_covers_what_no_longer_prefix_does() -> None:
    mounts = Mounts([(("/api",), "one"), (("/",), "rest")])
    assert (mounts.find("/api/x"), mounts.find("/else"), mounts.find("/")) == ("one", "rest", "rest")
