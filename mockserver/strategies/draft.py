"""A request in the making: its parts as values until it is put together, so that any one of them can be bent."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote

from hypothesis import strategies as st

from mockserver.contract.parameters import Parameter
from mockserver.contract.security import Scheme
from mockserver.core.http import Headers, Request, media_type
from mockserver.core.payload import ABSENT, FORM_MEDIA, Absent, is_json
from mockserver.core.text import Json
from mockserver.strategies.book import Entry, Page
from mockserver.strategies.source import Source
from mockserver.strategies.spelling import SPELLINGS, Spelling, form, may_be_header, parameter_texts, plain
from mockserver.strategies.values import Values

KEY: Final = "test_strategies"
# Ways to write a media type that mean the same (RFC 9110, 8.3): the first is what clients mostly send.
_MEDIA: Final = ("{}", "{}; charset=utf-8", '{};charset="UTF-8"')
_TRIES: Final = 4
_SPELLINGS: Final = st.integers(0, SPELLINGS - 1)
_PLAIN: Final = Spelling()


@dataclass(slots=True)
class Draft:
    """The parts. `texts` are the parameters as spelled, by their number; `value` is the body's, ABSENT for none."""

    page: Page
    texts: dict[int, list[str]] = field(default_factory=dict)
    extra: list[tuple[str, str]] = field(default_factory=list)
    credentials: Request = field(default_factory=lambda: Request("", ""))
    entry: Entry | None = None
    value: Json | Absent = ABSENT
    media: str | None = None
    spelling: Spelling = _PLAIN
    raw: bytes | None = None

    def body(self) -> bytes:
        """The body's bytes."""
        if self.raw is not None:
            return self.raw
        if self.value is ABSENT:
            return b""
        media = media_type(self.media)[0]
        if media == FORM_MEDIA:
            return form(self.value)
        if is_json(media):
            return self.spelling.write(self.value)
        return plain(self.value).encode("utf-8", "surrogatepass")

    def request(self) -> Request:
        """The request, as it would go over the wire."""
        path = self.page.operation.path
        query = [self.credentials.query] if self.credentials.query else []
        headers, cookies = list(self.credentials.headers), list[str]()
        for number, texts in sorted(self.texts.items()):
            parameter = self.page.parameters[number][0]
            if parameter.where == "path":
                path = path.replace(f"{{{parameter.name}}}", texts[0])
            elif parameter.where == "query":
                query += texts
            elif parameter.where == "header":
                headers += [(parameter.name, text) for text in texts]
            else:
                cookies += texts
        headers += [("Cookie", "; ".join(cookies))] if cookies else []
        headers += [("Content-Type", self.media)] if self.media is not None else []
        return Request(
            self.page.operation.method, path, "&".join(query), Headers.of((*headers, *self.extra)), self.body()
        )


def draft(source: Source, page: Page, key: str | None, *, least: bool = False) -> Draft:
    """The parts of a request the document allows. `least` leaves out what may be left out."""
    made = Draft(page, credentials=credentials(page, key))
    for number, (parameter, values) in enumerate(page.parameters):
        if parameter.required or not (least or source.index(3) < 2):
            made.texts[number] = parameter_value(source, parameter, values)
    if page.entries and (page.needs_body or least or source.index(4)):
        fill(source, made, page.entries[source.index(len(page.entries))])
        if not least:
            made.spelling = Spelling.nth(source.either((0,), _SPELLINGS))
    return made


def fill(source: Source, made: Draft, entry: Entry) -> None:
    """Give a draft a body of a media type."""
    made.entry = entry
    made.value = entry.values.make(source) if entry.values else "x"
    made.media = _MEDIA[source.index(len(_MEDIA))].format(entry.media) if entry.body.is_json else entry.media


def parameter_value(source: Source, parameter: Parameter, values: Values | None) -> list[str]:
    """The texts of a value that a parameter may have; one that can travel where the parameter goes."""
    for _ in range(_TRIES):
        value = values.make(source, depth=1) if values else "x"
        texts = parameter_texts(parameter, value)
        if fits_its_place(parameter, texts):
            return texts
    return parameter_texts(parameter, "x" if values is None else values.make(_SAFE, depth=1))


def fits_its_place(parameter: Parameter, texts: list[str]) -> bool:
    """Whether the texts survive the way: a path segment is not empty, a header is plain."""
    if parameter.where == "path":
        return bool(texts[0])
    if parameter.where == "header":
        return all(may_be_header(text) and text for text in texts)
    return bool(texts)


class _Safe:
    """The least choices but for texts, where the second is taken: the first is the empty one."""

    def index(self, count: int) -> int:
        return 0

    def either(self, edges: Json, beside: Json) -> Json:
        return edges[min(1, len(edges) - 1)]


_SAFE: Final = _Safe()


def credentials(page: Page, key: str | None) -> Request:
    """Headers and query of the first way to show a key that the operation knows; nothing when it knows none."""
    listed = page.route.spot.child("security") or page.contract.root.child("security")
    needed: Mapping[str, Json] = next((one for one in (listed.value if listed else ()) if one), {})
    schemes = page.contract.root.at("components", "securitySchemes")
    headers, query = list[tuple[str, str]](), list[str]()
    for name in needed if key is not None else ():
        scheme = Scheme.of(name, schemes.at(name) if schemes else None)
        if scheme.type == "http":
            headers.append(("Authorization", f"{scheme.name.capitalize()} {_credential(scheme, str(key))}"))
        elif scheme.where == "query":
            query.append(f"{quote(scheme.name)}={quote(str(key), safe='')}")
        elif scheme.type == "apiKey":
            cookie = scheme.where == "cookie"
            headers.append(("Cookie", f"{scheme.name}={key}") if cookie else (scheme.name, str(key)))
    return Request("", "", "&".join(query), Headers.of(headers))


def _credential(scheme: Scheme, key: str) -> str:
    if scheme.name != "basic":
        return key
    return base64.b64encode((key if ":" in key else f"{key}:{key}").encode()).decode()
