"""Media types: exact wins over ranges, narrow ranges over wide ones."""

from __future__ import annotations

import pytest

from mockserver.contract.media import MediaTypes

LISTED = MediaTypes({name: name for name in ("*/*", "text/*", "Application/JSON; charset=utf-8", "application/*+json")})


@pytest.mark.parametrize(
    ("media", "entry"),
    [
        ("application/json", "Application/JSON; charset=utf-8"),
        ("application/vnd.api+json", "application/*+json"),
        ("text/html", "text/*"),
        ("image/png", "*/*"),
        ("", None),
    ],
)
def test_the_nearest_entry_is_found(media: str, entry: str | None) -> None:
    assert LISTED.find(media) == entry


def test_json_is_not_every_type_that_ends_in_json() -> None:
    assert MediaTypes({"application/json": 1}).find("application/vnd.api+json") is None


def test_nothing_is_found_where_nothing_fits() -> None:
    assert MediaTypes({"text/*": 1}).find("application/json") is None
