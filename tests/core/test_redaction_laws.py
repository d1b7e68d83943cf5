"""A secret goes in anywhere; it comes out nowhere: not in an entry, an archive, a line of the log or a sentence."""

from __future__ import annotations

import gzip
import html
import json
import string
import zlib
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from functools import cache
from typing import Any, Final
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mockserver.core.http import Headers, Reply, Request
from mockserver.core.redaction import Redaction
from mockserver.core.secrecy import SecretNames
from mockserver.core.text import Json, dump
from mockserver.engine.engine import Engine
from mockserver.engine.har import har
from mockserver.engine.journal import Entry, Journal
from mockserver.engine.shown import json_line
from mockserver.server.assemble import build_engine
from mockserver.server.log import as_json, as_text
from mockserver.settings import Settings
from tests.engine.asking import opened, run

NAMES: Final = SecretNames(frozenset({"pin"}), frozenset({"spec"}), frozenset({"X-Pass"}), frozenset({"sesame"}))
JSON: Final = ("Content-Type", "application/json")
FORM: Final = ("Content-Type", "application/x-www-form-urlencoded")


def forms(entry: Entry) -> bytes:
    """Everything that is ever written of an entry."""
    told = [json_line(entry), *har([entry], "1"), as_text(entry).encode(), as_json(entry).encode()]
    return b"\n".join([*told, *(str(violation).encode() for violation in entry.violations), repr(entry).encode()])


def spellings(secret: str) -> set[bytes]:
    """The secret as it might stand in any of the forms."""
    plain = {secret, quote(secret), quote(secret, safe=""), quote_plus(secret), html.escape(secret), repr(secret)[1:-1]}
    plain |= {json.dumps(text)[1:-1] for text in plain} | {dump(text)[1:-1].decode() for text in plain}
    packed = {b64encode(f"user:{secret}".encode())}
    return {text.encode() for text in plain} | packed


@cache
def served() -> Engine:
    return opened(build_engine(Settings(journal_entries=5)))


Pairs = tuple[tuple[str, str], ...]


def exchanged(method: str, path: str, query: str = "", headers: Pairs = (), body: bytes = b"") -> Entry:
    """The newest entry after a request to the real fake APIs."""
    engine = served()
    run(engine.respond(Request(method, path, query, Headers.of(headers), body)))
    found = engine.journal.get(engine.journal.last)
    assert found is not None
    return found


def kept(request: Request, reply: Reply | None = None) -> Entry:
    """An entry of a provider whose document names secrets of its own."""
    journal = Journal()
    journal.hide("p", Redaction(NAMES))
    journal.add(0, "p", "w", None, request, reply or Reply(204), (), 0)
    found = journal.get(1)
    assert found is not None
    return found


def posted(value: Json, **headers: str) -> Entry:
    return kept(Request("POST", "/", headers=Headers.of([JSON, *headers.items()]), body=dump(value)))


def answered(value: Json) -> Entry:
    return kept(Request("GET", "/"), Reply.json(200, value))


def packed(value: Json, encoding: str) -> Entry:
    body = gzip.compress(dump(value)) if encoding == "gzip" else zlib.compress(dump(value))
    headers = Headers.of([JSON, ("Content-Encoding", encoding)])
    return kept(Request("POST", "/", headers=headers, body=body))


def redirected(url: str) -> Entry:
    return kept(Request("GET", "/"), Reply.empty(302, [("Location", url), ("Set-Cookie", f"session={url}; Path=/")]))


def _is_long(text: str) -> bool:
    return len(text) > 8


def token(secret: str) -> str:
    """A JWT that holds the secret, signed with nothing."""
    parts = [b'{"alg":"HS256"}', dump({"sub": secret}), secret.encode()]
    return ".".join(urlsafe_b64encode(part).decode().rstrip("=") for part in parts)


AUTH: Final = "Authorization"
CLIP: Final = b'{"playbackId": "x", "startTime": 1, "password": "%b"'
PLACES: Final[dict[str, Callable[[str], Entry]]] = {
    "bearer": lambda s: exchanged("GET", "/api/asset", headers=((AUTH, f"Bearer {s}"),)),
    "bearer at restream": lambda s: exchanged("GET", "/v2/user/clips/projects", headers=((AUTH, f"Bearer {s}"),)),
    "no scheme": lambda s: exchanged("GET", "/api/asset", headers=((AUTH, s),)),
    "another scheme": lambda s: exchanged("GET", "/api/asset", headers=((AUTH, f"Digest {s}"),)),
    "basic": lambda s: exchanged(
        "GET", "/api/asset", headers=((AUTH, "Basic " + b64encode(f"user:{s}".encode()).decode()),)
    ),
    "jwt": lambda s: exchanged("GET", "/api/asset", headers=((AUTH, f"JWT {s}"),)),
    "proxy": lambda s: exchanged("GET", "/api/asset", headers=(("Proxy-Authorization", f"Bearer {s}"),)),
    "cookie": lambda s: exchanged("GET", "/api/asset", headers=(("Cookie", f"a=b; session={quote(s)}"),)),
    "api key": lambda s: exchanged("GET", "/api/asset", headers=(("X-API-Key", s),)),
    "referer": lambda s: exchanged("GET", "/api/asset", headers=(("Referer", f"http://a/?token={quote(s)}"),)),
    "query": lambda s: exchanged("GET", "/api/asset", f"limit=x&access_token={quote(s)}"),
    "query of no path": lambda s: exchanged("GET", "/nowhere", f"code={quote_plus(s)}&jwt={quote_plus(s)}"),
    "url in a query": lambda s: exchanged("GET", "/login", "to=" + quote(f"https://u:{quote(s)}@h/", safe="")),
    "url in a url": lambda s: exchanged("GET", "/nowhere", "to=" + quote(f"https://h/?token={quote(s)}", safe="")),
    "form": lambda s: exchanged(
        "POST", "/oauth/token", headers=(FORM,), body=f"grant_type=x&client_secret={quote_plus(s)}&code=a".encode()
    ),
    "half a body": lambda s: exchanged(
        "POST", "/api/clip", headers=(JSON, (AUTH, "Bearer test_me")), body=CLIP % dump(s)[1:-1]
    ),
    "wrong type": lambda s: posted({"password": [s, {"a": s}]}),
    "webhook": lambda s: exchanged(
        "POST",
        "/api/webhook",
        headers=(JSON, (AUTH, "Bearer test_me")),
        body=dump({"name": "w", "url": f"https://u:{quote(s)}@h/x?token={quote(s)}", "sharedSecret": s}),
    ),
    "webhook of the wrong type": lambda s: exchanged(
        "POST",
        "/api/webhook",
        headers=(JSON, (AUTH, "Bearer test_me")),
        body=dump({"name": 5, "url": f"https://u:{quote(s)}@h/x?token={quote(s)}", "events": f"http://u:{quote(s)}@h"}),
    ),
    "stream target": lambda s: exchanged(
        "POST",
        "/api/stream",
        headers=(JSON, (AUTH, "Bearer test_me")),
        body=dump({"name": "s", "multistream": {"targets": [{"profile": "source", "spec": {"url": f"rtmp://h/{s}"}}]}}),
    ),
    "format: password": lambda s: posted({"a": [{"PIN": s}]}),
    "writeOnly": lambda s: posted({"spec": {"deep": [s]}}),
    "header of the document": lambda s: kept(Request("GET", "/", headers=Headers.of([("x-pass", s)]))),
    "argument of the document": lambda s: kept(Request("GET", "/", f"sesame={quote(s)}")),
    "upper case": lambda s: posted({"PASSWORD": s, "Api-Key": s}),
    "escaped name": lambda s: kept(
        Request("POST", "/", headers=Headers.of([JSON]), body=b'{"pass\\u0077ord":%b}' % dump(s))
    ),
    "name said twice": lambda s: kept(
        Request("POST", "/", headers=Headers.of([JSON]), body=b'{"a":{"token":%b},"a":1}' % dump(s))
    ),
    "gzip": lambda s: packed({"token": s}, "gzip"),
    "deflate": lambda s: packed({"token": s}, "deflate"),
    "unknown packing": lambda s: kept(
        Request("POST", "/", headers=Headers.of([JSON, ("Content-Encoding", "br")]), body=b'{"token":%b}' % dump(s))
    ),
    "utf-16": lambda s: kept(
        Request(
            "POST",
            "/",
            headers=Headers.of([("Content-Type", "application/json; charset=utf-16-le")]),
            body=json.dumps({"token": s}).encode("utf-16-le"),
        )
    ),
    "plain text": lambda s: kept(Request("POST", "/", body=f"password: {s}".encode())),
    "token in a body": lambda s: posted({"note": f"see {token(s)}, please"}),
    "token in a path": lambda s: kept(Request("GET", f"/watch/{token(s)}/x")),
    "token in a query": lambda s: kept(Request("GET", "/", f"q={token(s)}")),
    "reply": lambda s: answered({"id": 1, "streamKey": s, "pin": s}),
    "url of a reply": lambda s: answered({"playbackUrl": f"https://cdn/x.m3u8?tkn=1&jwt={quote(s)}", "id": 1}),
    "user of a reply's url": lambda s: answered({"url": f"https://user:{quote(s)}@host/hook"}),
    "said again in a reply": lambda s: answered({"streamKey": s, "url": f"rtmp://host/live/{s}"}),
    "location": lambda s: redirected(f"https://u:{quote(s)}@h/?code={quote(s)}"),
    "page": lambda s: kept(
        Request("GET", "/", f"token={quote(s)}"), Reply.text(404, f"Cannot GET /?token={quote(s)} {html.escape(s)}")
    ),
}

# Of every character a header may have. It begins with what no word of ours begins with.
CHARACTERS: Final = string.ascii_letters + string.digits + "-._~+/=!$&'()*,;:@%|^\"<>é "
SECRETS = st.text(CHARACTERS, min_size=6, max_size=60).map(lambda text: f"Zq9{text.strip()}").filter(_is_long)


@pytest.mark.parametrize("place", PLACES)
@given(secret=SECRETS)
@example(secret="Zq9" + "0123456789abcdef" * 6)
@settings(max_examples=40)
def test_a_secret_put_anywhere_is_written_nowhere(place: str, secret: str) -> None:
    written = forms(PLACES[place](secret))
    assert [text for text in spellings(secret) if text in written] == []


ANY: Final = st.binary(max_size=40) | st.sampled_from(
    [b'{"token":', b'{"token":"\\ud800"}', b"\xff\xfe", b'[{"password":1e400}]', b"token=%ff&a", b'{"a":NaN,"key":"x"}']
)
HEADERS: Final = st.lists(
    st.tuples(
        st.sampled_from(["Authorization", "Cookie", "Referer", "X-Token", "Content-Type", "Content-Encoding"]),
        st.text('aB9 =;:%"/\xff\udcff', max_size=12)
        | st.sampled_from(["application/json", "text/plain; charset=utf-7", "gzip", "deflate", "charset=none"]),
    ),
    max_size=4,
).map(Headers.of)


@given(
    st.builds(Request, st.just("POST"), st.text(max_size=9), st.text("a=&%\xff", max_size=9), HEADERS, ANY),
    st.builds(Reply, st.sampled_from([200, 401]), HEADERS, ANY),
)
def test_no_exchange_is_too_strange_to_be_kept(request: Request, reply: Reply) -> None:
    assert forms(kept(request, reply))


def test_what_is_no_secret_stays() -> None:
    value: dict[str, Any] = {"createdByTokenName": "k", "nextPageToken": "p", "key": "a/b.mp4", "code": "not_found"}
    value |= {"thumb": "https://h/t.jpg?userId=1&clipId=2", "mail": "me@example.org", "token": None, "secret": True}
    request = Request("POST", "/a", "limit=5&cursor=abc", Headers.of([JSON, ("Accept", "*/*")]), dump(value))
    found = kept(request, Reply.json(200, value))
    assert (found.request, found.reply.value) == (request, value)


def test_the_key_of_a_private_world_may_be_repeated() -> None:
    found = exchanged("GET", "/api/asset/none", headers=((AUTH, "Bearer test_me"),))
    assert (found.world, found.request.header(AUTH)) == ("test_me", "Bearer [removed]")
