"""Bodies by media type: how each kind becomes a value its schema can be held against.

JSON and forms are read; text is one string; of anything else only the media type is checked.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from urllib.parse import unquote_plus

from mockserver.contract.dialect import Direction
from mockserver.contract.media import MediaTypes
from mockserver.contract.parameters import Parameter, Repeated, query_pairs, read
from mockserver.contract.schema import Breach, Shape
from mockserver.contract.spot import Spot
from mockserver.contract.texts import Texts, Unreadable
from mockserver.core.http import media_type
from mockserver.core.payload import ABSENT, is_json
from mockserver.core.text import Json


@dataclass(frozen=True)
class Body:
    """One entry of a `content` map: its media type as written, where it is, and its schema."""

    media: str
    spot: Spot
    direction: Direction

    @cached_property
    def schema(self) -> Spot | None:
        return self.spot.child("schema")

    @cached_property
    def shape(self) -> Shape | None:
        return Shape(self.schema, self.direction) if self.schema else None

    @cached_property
    def is_json(self) -> bool:
        return is_json(media_type(self.media)[0])

    def holds(self, value: Json) -> bool:
        """Whether a value fits the schema, or there is none."""
        return self.shape is None or self.shape.holds(value)

    @cached_property
    def fields(self) -> tuple[Parameter, ...]:
        """The fields of a form: each property a parameter in style `form`, unless `encoding` says otherwise."""
        texts = Texts(self.schema, self.direction)
        encoding = self.spot.at("encoding")
        fields = []
        for name in texts.names:
            said = encoding.at(name) if encoding else None
            how = said.value if said is not None and isinstance(said.value, dict) else {}
            style = how.get("style") or "form"
            explode = how.get("explode")
            fields.append(
                Parameter(
                    name=name,
                    where="query",
                    spot=self.spot,
                    texts=texts.property(name),
                    required=False,
                    style=style,
                    explode=explode if isinstance(explode, bool) else style == "form",
                    content=is_json(str(how.get("contentType", "")).lower()),
                    allow_empty=False,
                    secret=False,
                )
            )
        return tuple(fields)

    def form(self, text: bytes) -> Json:
        """The object a form spells. A field its schema can't read stays text, for the schema to refuse."""
        pairs = query_pairs(text.decode("utf-8", "replace"))
        out: dict[str, Json] = {name: unquote_plus(value) for name, value in pairs}
        for field in self.fields:
            try:
                value = read(field, pairs)
            except Unreadable:
                continue
            except Repeated:
                value = [unquote_plus(text) for name, text in pairs if name == field.name]
            if value is not ABSENT:
                out[field.name] = value
        return out

    def breaches(self, value: Json) -> list[Breach]:
        """What a body's value breaks of its schema."""
        return [] if self.shape is None or self.holds(value) else self.shape.breaches(value)


def is_utf8(text: bytes) -> bool:
    """Whether bytes are UTF-8, as JSON has to be (RFC 8259, 8.1). Parsers that mend them, JavaScript's too, hide it."""
    if text.isascii():
        return True
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


def read_content(holder: Spot, direction: Direction) -> MediaTypes[Body] | None:
    """The entries of a request body's or response's `content`; None when it has none."""
    content = holder.at("content")
    if content is None or not isinstance(content.value, dict) or not content.value:
        return None
    return MediaTypes({media: Body(media, spot, direction) for media, spot in content.items()})
