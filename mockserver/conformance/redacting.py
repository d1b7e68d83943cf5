"""Findings as others may see them: keys as variables of a shell, other secrets as words that stand for them.

The same secret is the same word wherever it is, so that a later call still has what an earlier one gave.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import quote

from mockserver.conformance.finding import Finding, Step
from mockserver.conformance.subject import Subject
from mockserver.core.http import Headers
from mockserver.core.payload import read_payload
from mockserver.core.secrecy import is_field
from mockserver.core.text import Json, TextError, parse
from mockserver.core.violation import Violation
from mockserver.options import KEY_VARIABLE, OTHER_KEY_VARIABLE

# Shorter ones are words that stand everywhere, and no secrets.
_SHORTEST: Final = 4
_LARGEST: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Redaction:
    """What may not be shown, each text with what is shown for it."""

    words: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, subject: Subject) -> Redaction:
        """The keys of a subject, as they are, in a URL, and as Basic has them."""
        named = {subject.key: f"${KEY_VARIABLE}", subject.other: f"${OTHER_KEY_VARIABLE}"}
        for role, key in subject.roles.items():
            named.setdefault(key, f"${KEY_VARIABLE}_{role.upper().replace('-', '_')}")
        return cls(tuple(_spelled({text: word for text, word in named.items() if text and len(text) >= _SHORTEST})))

    def finding(self, finding: Finding) -> Finding:
        """The finding without what may not be shown, and without the secrets of its own calls."""
        secrets = dict.fromkeys(one for step in finding.steps for one in _secrets(step))
        more = {text: f"[removed {number}]" for number, text in enumerate(secrets, 1)}
        return Redaction((*self.words, *_spelled(more)))._clean(finding)

    def text(self, text: str) -> str:
        """A text without what may not be shown."""
        for secret, word in self.words:
            text = text.replace(secret, word)
        return text

    def _clean(self, finding: Finding) -> Finding:
        return replace(
            finding,
            title=self.text(finding.title),
            evidence=self.text(finding.evidence),
            about=self.text(finding.about),
            must=tuple(map(self.text, finding.must)),
            steps=tuple(map(self._step, finding.steps)),
            violations=tuple(map(self._violation, finding.violations)),
        )

    def _step(self, step: Step) -> Step:
        request = replace(
            step.request,
            path=self.text(step.request.path),
            query=self.text(step.request.query),
            headers=self._headers(step.request.headers),
            body=self._bytes(step.request.body),
        )
        reply = step.reply
        if reply is not None:
            reply = replace(
                reply,
                headers=self._headers(reply.headers),
                body=self._bytes(reply.body),
                value=self._value(reply.value),
            )
        return replace(step, request=request, reply=reply, note=self.text(step.note), trouble=self.text(step.trouble))

    def _headers(self, headers: Headers) -> Headers:
        return Headers.of((name, self.text(value)) for name, value in headers)

    def _bytes(self, data: bytes) -> bytes:
        for secret, word in self.words:
            data = data.replace(secret.encode("utf-8", "surrogatepass"), word.encode())
        return data

    def _value(self, value: Json) -> Json:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {self.text(name): self._value(one) for name, one in value.items()}
        if isinstance(value, list):
            return [self._value(one) for one in value]
        return value

    def _violation(self, violation: Violation) -> Violation:
        return replace(violation, got=self.text(violation.got), detail=self._value(dict(violation.detail)))


def _spelled(named: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Each secret in its spellings, the longest first: one may be part of another."""
    out: dict[str, str] = {}
    for text, word in named.items():
        out[text] = word
        out.setdefault(quote(text, safe=""), word)
        if ":" in text:
            out[base64.b64encode(text.encode()).decode()] = word
    yield from sorted(out.items(), key=lambda pair: -len(pair[0]))


def _secrets(step: Step) -> Iterator[str]:
    """The values that go under the name of a secret in a call's bodies."""
    reply = step.reply
    value = reply.value if reply is not None else None
    sent = read_payload(step.request, _LARGEST).value if step.request.body else None
    for one in (sent, value if value is not None or reply is None else _parsed(reply.body)):
        yield from _named(one)


def _parsed(body: bytes) -> Json:
    try:
        return parse(body)
    except TextError:
        return None


def _named(value: Json) -> Iterator[str]:
    if isinstance(value, dict):
        for name, one in value.items():
            if isinstance(one, str) and len(one) >= _SHORTEST and is_field(name):
                yield one
            else:
                yield from _named(one)
    elif isinstance(value, list):
        for one in value:
            yield from _named(one)
