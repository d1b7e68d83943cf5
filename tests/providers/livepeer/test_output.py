"""What a finished clip consists of, by the picture it is cut from."""

from __future__ import annotations

import pytest

from mockserver.core.chance import Chance
from mockserver.core.text import Json
from mockserver.providers.livepeer.output import asset_spec, renditions
from mockserver.providers.livepeer.stored import jsonb


def picture(height: int, bitrate: int = 4_000_000) -> Json:
    return {"width": height * 16 // 9, "height": height, "bitrate": bitrate, "fps": 30}


@pytest.mark.parametrize(
    ("height", "names"),
    [
        (240, ["240p0", "low-bitrate"]),
        (360, ["360p0", "low-bitrate"]),
        (480, ["480p0", "360p0"]),
        (720, ["720p0", "360p0"]),
        (1080, ["1080p0", "720p0", "360p0"]),
    ],
)
def test_renditions_come_with_the_height(height: int, names: list[str]) -> None:
    source = picture(height, {240: 400_000, 360: 900_000}.get(height, 8_000_000))
    assert {one.name for one in renditions(source)} == set(names)
    bitrates = [one.bitrate for one in renditions(source)]
    assert bitrates == sorted(bitrates, reverse=True)


def test_a_rendition_of_low_bitrate_has_no_mp4() -> None:
    spec = asset_spec("x", (0, 1000), picture(240), "null", Chance.of(0))
    assert [file["path"] for file in spec["files"] if file["type"] == "static_transcoded_mp4"] == ["240p0.mp4"]


def test_sizes_follow_from_length_and_bitrate() -> None:
    spec = asset_spec("x", (1_000, 3_500), picture(720), "null", Chance.of(0))
    assert spec["videoSpec"]["duration"] == 2.5
    assert spec["size"] == 1_250_000
    for file in spec["files"]:
        if "spec" in file:
            assert file["spec"]["size"] == file["spec"]["bitrate"] * 2.5 / 8


@pytest.mark.parametrize("reading", ["null", "absent", "list"])
def test_a_specification_is_in_the_databases_order(reading: str) -> None:
    spec = asset_spec("x", (0, 1000), picture(720), reading, Chance.of(0))
    top = [(key, spec[key]) for key in jsonb(spec)]
    assert list(spec) == [key for key, _ in top]
    assert [list(file) for file in spec["files"]] == [list(jsonb(file)) for file in spec["files"]]
    assert list(spec["videoSpec"]) == list(jsonb(spec["videoSpec"]))
