"""Parameters: from a request's path, query, headers and cookies to values, by style and explode (OpenAPI 3.1, 4.8.12).

Delimiters are looked for before percent-decoding, as RFC 6570 writes them: `%2C` is a comma of the value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import unquote, unquote_plus

from mockserver.contract.spot import Spot
from mockserver.contract.texts import Texts, Unreadable
from mockserver.contract.words import is_secret
from mockserver.core.payload import ABSENT, Absent, is_json
from mockserver.core.secrecy import is_argument
from mockserver.core.text import Json, TextError, parse

Where = Literal["path", "query", "header", "cookie"]
Pairs = Sequence[tuple[str, str]]
_Decode = Callable[[str], str]
_Read = Callable[[str], Json]

_STYLES: Final[Mapping[str, str]] = {"path": "simple", "query": "form", "header": "simple", "cookie": "form"}
# OpenAPI 3.1, 4.8.12.2: header parameters of these names are described elsewhere and ignored.
_IGNORED_HEADERS: Final = frozenset(("accept", "content-type", "authorization"))
_DELIMITERS: Final = {
    "form": re.compile(","),
    "spaceDelimited": re.compile(r"%20|\+| "),
    "pipeDelimited": re.compile(r"\||%7C", re.IGNORECASE),
}


class Repeated(ValueError):
    """A parameter that holds one value was sent several times."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter as the document has it. `content` says that its text is JSON, whatever `style` says."""

    name: str
    where: Where
    spot: Spot
    texts: Texts
    required: bool
    style: str
    explode: bool
    content: bool
    allow_empty: bool
    secret: bool

    @classmethod
    def of(cls, spot: Spot, where: Where, name: str) -> Parameter:
        """From a Parameter Object, or a Header Object (where is then `header`)."""
        said = spot.value
        content = spot.at("content")
        schema = spot.child("schema")
        if content is not None and isinstance(content.value, dict) and content.value:
            media = next(iter(content.value))
            entry = content.at(media)
            schema = entry.child("schema") if entry else None
        style = said.get("style") or _STYLES[where]
        explode = said.get("explode")
        return cls(
            name=name,
            where=where,
            spot=spot,
            texts=Texts(schema, "reply" if where == "header" and "in" not in said else "request"),
            required=said.get("required") is True or where == "path",
            style=style,
            explode=explode if isinstance(explode, bool) else style in ("form", "cookie"),
            content=content is not None and is_json(media.partition(";")[0].strip().lower()),
            allow_empty=said.get("allowEmptyValue") is True,
            secret=is_secret(schema.value if schema else None, name) or is_argument(name),
        )


def read_parameters(operation: Spot, path_item: Spot) -> tuple[Parameter, ...]:
    """The parameters of an operation, in the order path, query, header, cookie; its own override the path's."""
    found: dict[tuple[str, str], Parameter] = {}
    for holder in (path_item, operation):
        listed = holder.at("parameters")
        for spot in listed.entries() if listed else ():
            name, where = str(spot.value.get("name")), spot.value.get("in")
            if str(where) not in _STYLES or (where == "header" and name.lower() in _IGNORED_HEADERS):
                continue
            found[where, name.lower() if where == "header" else name] = Parameter.of(spot, where, name)
    return tuple(parameter for where in _STYLES for (at, _), parameter in found.items() if at == where)


def query_pairs(query: str) -> list[tuple[str, str]]:
    """Names, decoded, and values as they came, in order."""
    pairs = []
    for part in query.split("&"):
        if part:
            name, _, value = part.partition("=")
            pairs.append((unquote_plus(name), value))
    return pairs


def cookie_pairs(headers: Iterable[str]) -> list[tuple[str, str]]:
    """Names and values of the cookies a request brought, in order."""
    pairs = []
    for header in headers:
        for part in header.split(";"):
            name, equals, value = part.strip().partition("=")
            if equals:
                pairs.append((name.strip(), value.strip().strip('"')))
    return pairs


def read(parameter: Parameter, pairs: Pairs) -> Json | Absent:
    """The value of a query or cookie parameter; ABSENT when it was not sent. Raises Unreadable or Repeated."""
    texts = parameter.texts
    decode = unquote_plus if parameter.where == "query" else unquote
    if parameter.style == "deepObject":
        return _deep(parameter, pairs)
    sent = [value for name, value in pairs if name == parameter.name]
    if parameter.content:
        return _one(sent, lambda raw: _json(decode(raw)))
    if "object" in texts.types and parameter.explode and parameter.style in ("form", "cookie"):
        own = [(name, decode(value)) for name, value in pairs if name in texts.names]
        if own or not (_may_be_one(texts) or "array" in texts.types):
            return texts.object(own) if own else ABSENT
    if not sent:
        return ABSENT
    attempts: list[Callable[[], Json]] = []
    if "array" in texts.types and parameter.explode:
        attempts.append(lambda: texts.array([decode(value) for value in sent]))
    if len(sent) == 1:
        parts = [] if parameter.explode else [decode(part) for part in _split(parameter, sent[0])]
        if "array" in texts.types and not parameter.explode:
            attempts.append(lambda: texts.array(parts))
        if "object" in texts.types and not parameter.explode:
            attempts.append(lambda: texts.object(_paired(parts)))
        if _may_be_one(texts):
            attempts.append(lambda: texts.scalar(decode(sent[0])))
    if not attempts:
        raise Repeated(str(len(sent)))
    return texts.first_fitting(attempts)


def read_path(parameter: Parameter, raw: str) -> Json:
    """The value of a path parameter from its text as it came. Raises Unreadable."""
    name, style = parameter.name, parameter.style
    if parameter.content:
        return _json(unquote(raw))
    if style == "label":
        return _joined(parameter, _stripped(raw, ".", name), "." if parameter.explode else ",", unquote)
    if style == "matrix":
        return _matrix(parameter, raw)
    return _joined(parameter, raw, ",", unquote)


def read_header(parameter: Parameter, sent: Sequence[str]) -> Json | Absent:
    """The value of a header; several of a name are one list (RFC 9110, 5.3). Raises Unreadable."""
    if not sent:
        return ABSENT
    text = ", ".join(sent)
    if parameter.content:
        return _json(text)
    return _joined(parameter, text, ",", str.strip)


def _joined(parameter: Parameter, raw: str, delimiter: str, decode: _Decode) -> Json:
    """A text that may be a list with a delimiter, an object or one value."""
    texts, parts = parameter.texts, raw.split(delimiter)
    attempts: list[Callable[[], Json]] = []
    if "array" in texts.types:
        attempts.append(lambda: texts.array([decode(part) for part in parts]))
    if "object" in texts.types and parameter.explode:
        attempts.append(lambda: texts.object([_halves(part, decode) for part in parts]))
    elif "object" in texts.types:
        attempts.append(lambda: texts.object(_paired([decode(part) for part in parts])))
    if _may_be_one(texts):
        attempts.append(lambda: texts.scalar(decode(raw)))
    return texts.first_fitting(attempts)


def _matrix(parameter: Parameter, raw: str) -> Json:
    texts, name = parameter.texts, parameter.name
    parts = _stripped(raw, ";", name).split(";")
    if parameter.explode and "object" in texts.types:
        return texts.object([_halves(part, unquote) for part in parts])
    values = []
    for part in parts:
        if not part.startswith(f"{name}="):
            raise Unreadable(f"`;{name}=...`", raw)
        values.append(part[len(name) + 1 :])
    if parameter.explode and "array" in texts.types:
        return texts.array([unquote(value) for value in values])
    if len(values) > 1:
        raise Repeated(str(len(values)))
    return _joined(parameter, values[0], ",", unquote)


def _deep(parameter: Parameter, pairs: Pairs) -> Json | Absent:
    """`color[R]=100&color[G]=200`. Deeper brackets are not defined by OpenAPI and not read."""
    prefix = f"{parameter.name}["
    own = [
        (name[len(prefix) : -1], unquote_plus(value))
        for name, value in pairs
        if name.startswith(prefix) and name.endswith("]")
    ]
    found: dict[str, list[str]] = {}
    for name, text in own:
        found.setdefault(name, []).append(text)
    if not found:
        return ABSENT
    out: dict[str, Json] = {}
    for name, listed in found.items():
        inner = parameter.texts.property(name)
        if "array" in inner.types:
            out[name] = inner.array(listed)
        elif len(listed) > 1:
            raise Repeated(str(len(listed)))
        else:
            out[name] = inner.scalar(listed[0])
    return out


def _may_be_one(texts: Texts) -> bool:
    """Whether the text may be one value, and not only a list or an object."""
    return not texts.types & {"array", "object"} or bool(texts.types - {"array", "object", "null"})


def _one(sent: Sequence[str], read_one: _Read) -> Json | Absent:
    if not sent:
        return ABSENT
    if len(sent) > 1:
        raise Repeated(str(len(sent)))
    return read_one(sent[0])


def _json(text: str) -> Json:
    try:
        return parse(text.encode("utf-8", "surrogatepass"))
    except TextError as error:
        raise Unreadable(f"JSON ({error})", text) from None


def _split(parameter: Parameter, raw: str) -> list[str]:
    return _DELIMITERS.get(parameter.style, _DELIMITERS["form"]).split(raw)


def _stripped(raw: str, prefix: str, name: str) -> str:
    if not raw.startswith(prefix):
        raise Unreadable(f"`{prefix}` before the value of `{name}`", raw)
    return raw[len(prefix) :]


def _paired(parts: list[str]) -> list[tuple[str, str]]:
    if len(parts) % 2:
        raise Unreadable("names and values in turn", ",".join(parts))
    return list(zip(parts[::2], parts[1::2], strict=True))


def _halves(part: str, decode: _Decode) -> tuple[str, str]:
    name, equals, value = part.partition("=")
    if not equals:
        raise Unreadable("`name=value`", part)
    return decode(name), decode(value)
