"""A scripted server on a real socket: says what it was told to say, and remembers what it was asked."""

from __future__ import annotations

import json
import threading
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from urllib.parse import parse_qsl, urlsplit

from mockserver.core.text import Json


@dataclass(frozen=True, slots=True)
class Asked:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Json:
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Say:
    """An answer. `lost`: the connection ends without it. `late`: it comes when the stub is closed, or after 2 s."""

    status: int = 200
    body: Json = None
    headers: Mapping[str, str] = field(default_factory=dict)
    lost: bool = False
    late: bool = False


Answer = Say | Callable[[Asked], Say]


class Stub:
    """`on` scripts a route: its answers are given in turn, the last one for ever. Anything else gets 418."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self._scripts: dict[tuple[str, str], list[Answer]] = defaultdict(list)
        self._closing = threading.Event()
        self._server = _server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Stub:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()

    def on(self, route: str, *answers: Answer) -> None:
        """`stub.on("GET /asset/1", Say(503), Say(200, {...}))`."""
        method, _, path = route.partition(" ")
        self._scripts[method, path] = list(answers)

    def count(self, route: str) -> int:
        return sum(f"{asked.method} {asked.path}" == route for asked in self.asked)

    def answer(self, asked: Asked) -> Say:
        self.asked.append(asked)
        script = self._scripts[asked.method, asked.path]
        if not script:
            return Say(418, f"nothing was said of {asked.method} {asked.path}")
        answer = script.pop(0) if len(script) > 1 else script[0]
        say = answer if isinstance(answer, Say) else answer(asked)
        if say.late:
            self._closing.wait(2)
        return say


def _server(stub: Stub) -> ThreadingHTTPServer:
    class Speaker(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # an answer in one piece: in two, TCP would wait 40 ms between them

        def speak(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            url = urlsplit(self.path)
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(length)
            say = stub.answer(Asked(self.command, url.path, dict(parse_qsl(url.query)), headers, body))
            if say.lost:
                self.close_connection = True
                return
            text = say.body if isinstance(say.body, bytes) else json.dumps(say.body).encode()
            self.send_response(say.status)
            for name, value in {"Content-Type": "application/json", **say.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = do_DELETE = speak  # noqa: N815 (the names http.server looks for)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Speaker)
    server.daemon_threads = True
    server.block_on_close = False
    return server
