"""Takes what must not be written down out of an exchange: credentials, cookies, tokens, keys.

Looks first whether anything secret can be there at all, because it runs for every request; the thorough part is
for the few that hold something. What was found is then looked for in what was said of it, too.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import replace
from typing import Final

from mockserver.core.bodies import opened, rewritten
from mockserver.core.http import Headers, Reply, Request
from mockserver.core.repetition import Hiding, reply_without, violation_without
from mockserver.core.secrecy import (
    NO_NAMES,
    REMOVED,
    SecretNames,
    is_field,
    is_header,
    without_secret_pairs,
    without_secrets,
)
from mockserver.core.text import Json, dump
from mockserver.core.violation import Violation

_URLS: Final = frozenset({"location", "content-location", "referer", "origin", "link"})
_OPENING, _NUL, _BACKSLASH, _EQUALS, _AT, _J = b"{\0\\=@J"
# No API nests so far; whoever does must not be able to exhaust our stack.
_DEEPEST: Final = 64
# What may name a secret in a text that is no JSON and no form.
_TRACE: Final = re.compile(r"token|secret|passw|key|authorization", re.IGNORECASE)
# How the names of a URL's secret arguments end: jwt, code, token, secret, password, key, signature, sig, credential.
_ENDS: Final = frozenset((b"jwt", b"ode", b"ken", b"ret", b"ord", b"key", b"ure", b"sig", b"ial"))
# Names of headers come from anyone: so many are remembered.
_MOST_NAMES: Final = 1_000
_CREDENTIAL, _SECRET, _URL, _COOKIE = 1, 2, 3, 4


class _Roles(dict[str, int]):
    """What a header holds, by its name as sent: a secret, a URL, or (0) neither."""

    def __init__(self, secret: frozenset[str]) -> None:
        super().__init__()
        self._secret = secret

    def __missing__(self, name: str) -> int:
        lower = name.lower()
        role = 0
        if lower.endswith("authorization"):
            role = _CREDENTIAL
        elif lower.endswith("cookie"):
            role = _COOKIE
        elif is_header(lower) or lower in self._secret:
            role = _SECRET
        elif lower in _URLS:
            role = _URL
        if len(self) >= _MOST_NAMES:
            self.clear()
        self[name] = role
        return role


class Redaction:
    """Makes exchanges with a provider fit to be kept. `names` are what its document calls secret."""

    __slots__ = ("_answered", "_arguments", "_fields", "_roles", "_sent")

    def __init__(self, names: SecretNames = NO_NAMES) -> None:
        self._fields = _small(names.fields | names.sent)
        self._arguments = _small(names.arguments | names.fields | names.sent)
        self._roles = _Roles(_small(names.headers))
        self._sent = tuple(dump(name) for name in sorted(self._fields) if not _seen_by_its_end(name))
        self._answered = tuple(dump(name) + b":" for name in sorted(names.fields) if not _seen_by_its_end(name))

    def __call__(
        self, request: Request, reply: Reply, violations: tuple[Violation, ...] = ()
    ) -> tuple[Request, Reply, tuple[Violation, ...]]:
        """The same exchange without its secrets. A part that holds none is the very same value."""
        told: list[str] = []
        path, query, body = request.path, request.query, request.body
        headers = self._headers(request.headers, told)
        if query:
            query = without_secret_pairs(query, self._arguments, told.append)
        if "eyJ" in path:
            path = without_secrets(path, told.append)
        unread = ""
        if body and self._is_suspect(body):
            kept = self._body(request, told)
            if kept is None:
                unread = opened(request) or ""
                kept = REMOVED.encode()
            body = kept
        if (
            headers is not request.headers
            or body is not request.body
            or query is not request.query
            or path is not request.path
        ):
            request = Request(request.method, path, query, headers, body, request.oversize, request.origin)
        found = len(told)
        if self._may_tell(reply.body):
            reply = self._reply(reply, told)
        headers = self._headers(reply.headers, told)
        if headers is not reply.headers:
            reply = replace(reply, headers=headers)
        if violations or reply.status >= 400 or len(told) > found:
            hide = Hiding(told, unread)
            if hide:
                reply = reply_without(reply, hide) if hide.concerns(reply) else reply
                if (path := hide(request.path)) != request.path:
                    request = replace(request, path=path)
            violations = tuple(violation_without(violation, hide) for violation in violations)
        return request, reply, violations

    def _is_suspect(self, body: bytes) -> bool:
        """Whether a request's body can hold a secret: a name, a form, or a way of writing that hides names."""
        if body[0] != _OPENING or _BACKSLASH in body or _NUL in body or _AT in body or _EQUALS in body:
            return True
        # All names of secret fields end like these. Spelled out, because a loop or a regular expression takes three
        # times as long; single bytes are found in next to no time.
        small = body.lower()
        if b'oken"' in small or b'ecret"' in small or b'ey"' in small or b'word"' in small:
            return True
        for name in self._sent:
            if name in small:
                return True
        return _J in body and b"eyJ" in body

    def _may_tell(self, text: bytes) -> bool:
        """The same of a reply. Our own JSON is compact: a name has its colon right behind it.

        What a document says only clients send is in no reply.
        """
        if b'oken":' in text or b'ecret":' in text or b'ey":' in text or b'word":' in text:
            return True
        if (_J in text and b"eyJ" in text) or (_AT in text and b"://" in text):
            return True
        if self._answered and any(name in text for name in self._answered):
            return True
        return _EQUALS in text and not _ENDS.isdisjoint([part[-3:].lower() for part in text.split(b"=")])

    def _reply(self, reply: Reply, told: list[str]) -> Reply:
        if reply.value is None:
            text = reply.body.decode("utf-8", "surrogateescape")
            kept = without_secrets(text, told.append)
            return reply if kept == text else replace(reply, body=kept.encode("utf-8", "surrogateescape"))
        value = self._json(reply.value, told)
        return reply if value is reply.value else replace(reply, value=value, body=dump(value))

    def _headers(self, headers: Headers, told: list[str]) -> Headers:
        roles, kept = self._roles, None
        for at, (name, value) in enumerate(headers):
            role = roles[name]
            if role:
                if kept is None:
                    kept = list(headers)
                kept[at] = name, self._value(role, value, told)
        return headers if kept is None else Headers(kept)

    def _value(self, role: int, value: str, told: list[str]) -> str:
        """An Authorization keeps its scheme, a redirect all but its secret arguments."""
        if role == _CREDENTIAL:
            scheme, _, rest = value.partition(" ")
            if not rest:
                scheme, rest = "", value
            told.append(rest)
            if len(scheme) == 5 and scheme.lower() == "basic":
                told += _user_and_password(rest)
            return f"{scheme} {REMOVED}" if scheme else REMOVED
        if role == _URL:
            before, mark, query = value.partition("?")
            kept = without_secret_pairs(query, self._arguments, told.append)
            return without_secrets(before, told.append) + mark + kept
        if role == _COOKIE:
            told += [crumb.partition("=")[2].strip(' "') for crumb in value.split(";")]
        told.append(value)
        return REMOVED

    def _body(self, request: Request, told: list[str]) -> bytes | None:
        """None when it may hold a secret and nobody can say where."""
        return rewritten(
            request,
            lambda value: self._json(value, told),
            lambda form: without_secret_pairs(form, self._arguments, told.append),
            lambda text: None if _TRACE.search(text) else without_secrets(text, told.append),
        )

    def _json(self, value: Json, told: list[str], hidden: bool = False, depth: int = 0) -> Json:
        """The very same value if nothing in it is secret. Under a secret name everything is, but for true and null."""
        if isinstance(value, str):
            if hidden and value:
                told.append(value)
                return REMOVED
            return without_secrets(value, told.append) if "://" in value or "eyJ" in value else value
        if value is None or isinstance(value, bool):
            return value
        if not isinstance(value, dict | list):
            return REMOVED if hidden else value
        if depth > _DEEPEST:
            return REMOVED
        if isinstance(value, dict):
            kept = {
                name: self._json(item, told, hidden or self._is_secret(name), depth + 1) for name, item in value.items()
            }
            return kept if any(kept[name] is not item for name, item in value.items()) else value
        items = [self._json(item, told, hidden, depth + 1) for item in value]
        return items if any(new is not old for new, old in zip(items, value, strict=True)) else value

    def _is_secret(self, name: str) -> bool:
        return is_field(name) or name.lower() in self._fields


def _small(names: frozenset[str]) -> frozenset[str]:
    return frozenset(map(str.lower, names))


def _seen_by_its_end(name: str) -> bool:
    return name.endswith(("oken", "ecret", "ey", "word"))


def _user_and_password(credential: str) -> list[str]:
    try:
        text = base64.b64decode(credential, validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return []
    return [text, text.partition(":")[2]]
