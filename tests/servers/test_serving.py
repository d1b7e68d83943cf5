"""One way to start each defect: from the command line, and as a context manager."""

from __future__ import annotations

import signal
import subprocess
import sys

import httpx

from mockserver.settings import Settings
from tests.server.raw import RawClient
from tests.servers.defects import DEFECTS
from tests.servers.serving import served

_TWICE = {"sourceType": "VideoStorageFile", "videoStorageFileId": "a1b2c3d4-e5f6-7890-abcd-ef1234567890"}


def test_a_defect_is_served_until_it_is_told_to_stop() -> None:
    words = [sys.executable, "-m", "tests.servers", "serve", "never-409", "--port", "0"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip() + "/v2/user/clips/projects"
        headers = {"Authorization": "Bearer test_serving"}
        replies = [httpx.post(url, json=_TWICE, headers=headers).status_code for _ in range(2)]
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    assert replies == [201, 201]


def test_two_servers_of_one_process_have_their_own_defects() -> None:
    settings = Settings(port=0)
    with served(DEFECTS["head-has-a-body"], settings) as ill, served(None, settings) as well:
        answers = []
        for server in (ill, well):
            with RawClient(server.url) as client:
                client.say(b"HEAD /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                answers.append(b"".join(iter(lambda: client.socket.recv(65_536), b"")).partition(b"\r\n\r\n")[2])
    assert answers == [b'{"ok":true}', b""]
