"""Proofs that a request goes through which must not, or breaks the server."""

from __future__ import annotations

from tests.servers.proofs.conflicts import RANGE
from tests.servers.proofs.probe import BROADCAST, FILE, START, Probe, proof

_PROJECTS = "/v2/user/clips/projects"
_JSON = {"Content-Type": "application/json"}


@proof("accepts-missing-required")
def accepts_missing_required(probe: Probe) -> bool:
    return probe("POST", _PROJECTS, {"videoStorageFileId": FILE}).status_code == 201


@proof("accepts-missing-start-time")
def accepts_missing_start_time(probe: Probe) -> bool:
    return probe("POST", "/api/clip", {"playbackId": BROADCAST}).status_code == 200


@proof("accepts-wrong-type")
def accepts_wrong_type(probe: Probe) -> bool:
    return probe.project({"title": 5}).status_code == 201


@proof("accepts-number-as-text")
def accepts_number_as_text(probe: Probe) -> bool:
    return probe.clip({"startTime": str(START)}).status_code == 200


@proof("accepts-out-of-bounds")
def accepts_out_of_bounds(probe: Probe) -> bool:
    return probe.project({"selectedTimeRange": {"startOffsetSeconds": -1, "endOffsetSeconds": 60}}).status_code == 201


@proof("accepts-unknown-enum-value")
def accepts_unknown_enum_value(probe: Probe) -> bool:
    return probe.project({"sourceType": "Tape"}).status_code == 201


@proof("accepts-unknown-property")
def accepts_unknown_property(probe: Probe) -> bool:
    return probe.clip({"profile": "720p"}).status_code == 200


@proof("accepts-bad-query")
def accepts_bad_query(probe: Probe) -> bool:
    return probe("GET", _PROJECTS, params={"limit": 101}).status_code == 200


@proof("accepts-reversed-range")
def accepts_reversed_range(probe: Probe) -> bool:
    turned = {"startOffsetSeconds": 600, "endOffsetSeconds": 300}
    return probe.project({"selectedTimeRange": turned}).status_code == 201


@proof("accepts-end-before-start")
def accepts_end_before_start(probe: Probe) -> bool:
    return probe.clip({"endTime": START - 1_000}).status_code == 200


@proof("accepts-malformed-json")
def accepts_malformed_json(probe: Probe) -> bool:
    text = f'{{"sourceType": "VideoStorageFile", "videoStorageFileId": "{FILE}"'
    return probe("POST", _PROJECTS, content=text, headers=_JSON).status_code == 201


@proof("malformed-json-is-empty")
def malformed_json_is_empty(probe: Probe) -> bool:
    made = probe.clip().json()["asset"]["id"]
    probe.advance(100)
    return probe("PATCH", f"/api/asset/{made}", content='{"name": ', headers=_JSON).status_code == 200


@proof("accepts-wrong-media-type", "restream")
def accepts_wrong_media_type(probe: Probe) -> bool:
    text = f'{{"sourceType": "VideoStorageFile", "videoStorageFileId": "{FILE}"}}'
    return probe("POST", _PROJECTS, content=text, headers={"Content-Type": "text/plain"}).status_code == 201


@proof("accepts-wrong-type-deep-inside")
def accepts_wrong_type_deep_inside(probe: Probe) -> bool:
    profile = {"name": "720p", "width": 1280, "height": 720, "bitrate": "3M", "fps": 30}
    return probe("POST", "/api/stream", {"name": "new", "profiles": [profile]}).status_code == 201


@proof("accepts-any-pattern")
def accepts_any_pattern(probe: Probe) -> bool:
    return probe.project({"videoStorageFileId": "my-file"}).status_code == 201


@proof("crash-on-unicode", "restream")
def crash_on_unicode(probe: Probe) -> bool:
    return probe.project({"title": "a film \N{CLAPPER BOARD}", **RANGE}).status_code == 500


@proof("crash-on-long-text", "restream")
def crash_on_long_text(probe: Probe) -> bool:
    return probe.project({"title": "x" * 300, **RANGE}).status_code == 500


@proof("crash-on-large-number", "restream")
def crash_on_large_number(probe: Probe) -> bool:
    far = {"startOffsetSeconds": 0, "endOffsetSeconds": 2**70}
    return probe.project({"selectedTimeRange": far}).status_code == 500


@proof("accepts-wrong-media-type", "livepeer")
def accepts_wrong_media_type_of_livepeer(probe: Probe) -> bool:
    text = f'{{"playbackId": "{BROADCAST}", "startTime": {START}}}'
    return probe("POST", "/api/clip", content=text, headers={"Content-Type": "text/plain"}).status_code == 200


@proof("crash-on-unicode", "livepeer")
def crash_on_unicode_of_livepeer(probe: Probe) -> bool:
    return probe("POST", "/api/stream", {"name": "a film \N{CLAPPER BOARD}"}).status_code == 500


@proof("crash-on-long-text", "livepeer")
def crash_on_long_text_of_livepeer(probe: Probe) -> bool:
    return probe("POST", "/api/stream", {"name": "x" * 300}).status_code == 500


@proof("crash-on-large-number", "livepeer")
def crash_on_large_number_of_livepeer(probe: Probe) -> bool:
    return probe.clip({"endTime": 2**70}).status_code == 500


@proof("crash-on-bad-cursor")
def crash_on_bad_cursor(probe: Probe) -> bool:
    return probe("GET", _PROJECTS, params={"cursor": "!"}).status_code == 500


@proof("crash-on-unknown-id")
def crash_on_unknown_id(probe: Probe) -> bool:
    return probe("GET", "/api/task/nowhere").status_code == 500
