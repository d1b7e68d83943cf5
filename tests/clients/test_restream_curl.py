"""The curl lines of Restream's documentation, run by curl with only the host and the token replaced."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from typing import NamedTuple

import pytest

from mockserver.core.text import Json
from tests.clients.conftest import Command

pytestmark = pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")

HOST = "https://api.restream.io"
FILE = "a1b2c3d4-e5f6-7890-abcd-ef1234567890"
CREATE = r"""
curl -X POST \
     -H "Authorization: Bearer [access token]" \
     -H "Content-Type: application/json" \
     -d '{"sourceType": "VideoStorageFile", "videoStorageFileId": "a1b2c3d4-e5f6-7890-abcd-ef1234567890", "title": "My webinar"}' \
     https://api.restream.io/v2/user/clips/projects
"""  # noqa: E501 (as it stands in the documentation)
READ = 'curl -H "Authorization: Bearer [access token]" https://api.restream.io/v2/user/'
INVALID_TOKEN = {
    "error": {
        "statusCode": 401,
        "status": 401,
        "code": 401,
        "message": "Invalid token: access token is invalid",
        "name": "invalid_token",
    }
}
FILE_NOT_FOUND = {
    "error": {
        "statusCode": 404,
        "status": 404,
        "code": 404,
        "message": "StorageFileNotFound",
        "name": "storage_file_not_found",
    }
}


class Answer(NamedTuple):
    status: int
    body: Json


def curl(line: str, command: Command, key: str | None = None) -> Answer:
    """Run a line of the documentation against our server."""
    text = line.replace(HOST, command.url).replace("[access token]", key or command.key).replace("\\\n", " ")
    words = [*shlex.split(text), "--silent", "--show-error", "--write-out", "\n%{http_code}"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=30, check=True)
    body, _, status = done.stdout.rpartition("\n")
    return Answer(int(status), json.loads(body) if body else None)


def test_the_documented_call_answers_as_documented(at_once: Command) -> None:
    made = curl(CREATE, at_once)
    assert made.status == 201
    assert list(made.body) == ["projectId", "sourceTypeName", "sourceIdentifier", "title", "createdAt"]
    assert made.body["sourceTypeName"] == "VideoStorageFile"
    assert made.body["sourceIdentifier"] == FILE
    assert made.body["title"] == "My webinar"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", made.body["createdAt"])


def test_the_call_repeated_is_already_processed(at_once: Command) -> None:
    curl(CREATE, at_once)
    again = curl(CREATE, at_once)
    assert again.status == 409
    assert again.body["error"]["message"] == "ClipsInputAlreadyProcessed"
    assert again.body["error"]["name"] == "clips_input_already_processed"


def test_clips_are_polled_listed_and_downloaded(at_once: Command) -> None:
    project = curl(CREATE, at_once).body["projectId"]
    details = curl(f"{READ}clips/projects/{project}", at_once).body
    assert list(details) == ["generatingClipsNow", "clips", "postedClips"]
    assert details["generatingClipsNow"] is False
    listed = curl(f"{READ}clips/projects", at_once).body
    assert {one["projectId"]: one["clipsCount"] for one in listed["projects"]}[project] == len(details["clips"])
    clip = details["clips"][0]["clipId"]
    download = curl(f"{READ}clips/{clip}/download", at_once)
    assert list(download.body) == ["downloadUrl"]


def test_a_download_url_gives_a_video_without_a_token(at_once: Command) -> None:
    project = curl(CREATE, at_once).body["projectId"]
    clip = curl(f"{READ}clips/projects/{project}", at_once).body["clips"][0]["clipId"]
    url = curl(f"{READ}clips/{clip}/download", at_once).body["downloadUrl"]
    done = subprocess.run(["curl", "-s", "-o", "-", url], capture_output=True, timeout=30, check=True)
    assert done.stdout[4:8] == b"ftyp"


def test_storage_files_are_listed_read_and_downloaded(at_once: Command) -> None:
    files = curl(f"{READ}storage/files", at_once)
    assert list(files.body) == ["files"]
    one = curl(f"{READ}storage/files/{FILE}", at_once)
    assert one.body in files.body["files"]
    assert list(one.body) == ["id", "title", "sizeBytes", "durationSeconds", "status", "createdAt"]
    url = curl(f"{READ.replace('curl', 'curl -X POST')}storage/files/{FILE}/download-url", at_once)
    assert (url.status, list(url.body)) == (200, ["downloadUrl"])


@pytest.mark.parametrize(
    "line",
    [CREATE, f"{READ}clips/projects", f"{READ}storage/files", f"{READ}clips/projects/x", f"{READ}clips/x/download"],
)
def test_a_token_nobody_knows_gets_the_documented_error(at_once: Command, line: str) -> None:
    assert curl(line, at_once, "nope") == (401, INVALID_TOKEN)


def test_a_file_nobody_has_gets_the_documented_error(at_once: Command) -> None:
    unknown = "00000000-0000-4000-8000-00000000dead"
    for line in (f"{READ}storage/files/{unknown}", CREATE.replace(FILE, unknown)):
        assert curl(line, at_once) == (404, FILE_NOT_FOUND)
    line = f"{READ.replace('curl', 'curl -X POST')}storage/files/{unknown}/download-url"
    assert curl(line, at_once) == (404, FILE_NOT_FOUND)
