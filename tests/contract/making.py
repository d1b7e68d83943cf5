"""Values and exchanges made from a document: mostly valid ones, then mutated, then corrupted byte by byte.

A modest maker for holding two implementations against each other, not the strategies users get.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from typing import Protocol, TypeVar
from urllib.parse import quote

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from mockserver.contract.dialect import marked_at, parts_of
from mockserver.contract.parameters import Parameter, read_parameters
from mockserver.contract.routes import Route
from mockserver.contract.spot import Spot
from mockserver.core.http import Headers, Reply, Request
from mockserver.core.text import Json, dump

T = TypeVar("T")


class Draw(Protocol):
    """What draws from a strategy: the function a composite gets, or `data.draw`."""

    def __call__(self, strategy: SearchStrategy[T], /) -> T: ...


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.integers(-3, 130),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=8),
    st.sampled_from(["1", "true", "cat", "2026-11-22T11:50:00Z", "a" * 20]),
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
_FORMATS: dict[str, SearchStrategy[str]] = {
    "uuid": st.uuids().map(str),
    "date-time": st.datetimes()
    .map(lambda at: at.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z")
    .filter(lambda text: len(text) == 24),
    "date": st.dates().map(str),
    "uri": st.text("abc/", max_size=5).map(lambda text: f"https://example.com/{text}"),
    "email": st.text("abc", min_size=1, max_size=5).map(lambda text: f"{text}@example.com"),
    "byte": st.binary(max_size=6).map(lambda data: base64.b64encode(data).decode()),
}


@st.composite
def values(draw: DrawFn, schema: Spot | None, depth: int = 4, mark: str = "") -> Json:
    """A value that mostly fits a schema; properties that carry the mark (readOnly, writeOnly) are left out."""
    if schema is None or not isinstance(schema.value, dict):
        return draw(JSON)
    merged = _merged(schema, draw)
    if "const" in merged:
        return merged["const"].value
    if "enum" in merged:
        return draw(st.sampled_from(merged["enum"].value))
    types = merged["type"].value if "type" in merged else None
    if types is None:
        types = "object" if "properties" in merged else None
    if isinstance(types, list):
        types = draw(st.sampled_from(types))
    return draw(_of_type(types, merged, depth, mark))


def _merged(schema: Spot, draw: DrawFn) -> dict[str, Spot]:
    """The keywords of a schema and what it is made of; of alternatives one is taken."""
    merged: dict[str, Spot] = {}
    for part in parts_of(schema):
        for key in ("oneOf", "anyOf"):
            listed = part.child(key)
            if listed is not None:
                chosen = listed.child(draw(st.integers(0, len(listed.value) - 1)))
                if chosen is not None and isinstance(chosen.value, dict):
                    for name, spot in _merged(chosen, draw).items():
                        merged.setdefault(name, spot)
        for name in part.value:
            child = part.child(name)
            if child is not None and name not in ("oneOf", "anyOf", "allOf", "$ref"):
                merged.setdefault(name, child)
    return merged


def _of_type(type: str | None, merged: dict[str, Spot], depth: int, mark: str) -> SearchStrategy[Json]:
    def limit(name: str, default: Json) -> Json:
        return merged[name].value if name in merged else default

    if type == "object":
        return _objects(merged, depth, mark)
    if type == "array":
        items = values(merged.get("items"), depth - 1, mark)
        low = limit("minItems", 0)
        return st.lists(items, min_size=low, max_size=low if depth <= 0 else max(low, min(limit("maxItems", 3), 3)))
    if type == "string":
        return _texts(limit, merged)
    if type == "integer":
        return st.integers(limit("minimum", -5), limit("maximum", 1000))
    if type == "number":
        return st.integers(int(limit("minimum", -5)), int(limit("maximum", 1000))) | st.floats(
            limit("minimum", -5), limit("maximum", 1000)
        )
    return {"boolean": st.booleans(), "null": st.none()}.get(str(type), JSON)


def _texts(limit: Callable[[str, Json], Json], merged: dict[str, Spot]) -> SearchStrategy[str]:
    form = str(limit("format", ""))
    if form in _FORMATS:
        return _FORMATS[form]
    if "pattern" in merged:
        return st.from_regex(str(merged["pattern"].value), fullmatch=True)
    low = limit("minLength", 0)
    return st.text(st.characters(codec="utf-8"), min_size=low, max_size=max(low, min(limit("maxLength", 12), 12)))


def _child(spot: Spot, name: str) -> Spot:
    child = spot.child(name)
    assert child is not None
    return child


@st.composite
def _objects(draw: DrawFn, merged: dict[str, Spot], depth: int, mark: str) -> Json:
    properties, required = merged.get("properties"), merged.get("required")
    names = list(properties.value) if properties else []
    hidden = {name for name in names if mark and properties and marked_at(_child(properties, name), mark)}
    needed = set(required.value) - hidden if required else set()
    out: dict[str, Json] = {}
    for name in names:
        child = properties.child(name) if properties else None
        if name in hidden:
            continue
        if name in needed or (depth > 0 and draw(st.integers(0, 2)) == 0):
            out[name] = draw(values(child, depth - 1, mark))
    for name in needed - out.keys():
        out[name] = draw(SCALARS)
    more = merged.get("additionalProperties")
    if (more is None or more.value is not False) and depth > 0 and draw(st.integers(0, 5)) == 0:
        out[draw(st.text(max_size=4))] = draw(values(more if more and isinstance(more.value, dict) else None, 1))
    return out


def mutated(draw: Draw, value: Json) -> Json:
    """The value with one thing changed somewhere in it."""
    if isinstance(value, dict) and value and draw(st.booleans()):
        name = draw(st.sampled_from(sorted(value)))
        return {**value, name: mutated(draw, value[name])}
    if isinstance(value, list) and value and draw(st.booleans()):
        index = draw(st.integers(0, len(value) - 1))
        return [*value[:index], mutated(draw, value[index]), *value[index + 1 :]]
    if isinstance(value, dict):
        how = draw(st.integers(0, 2))
        if how == 0 and value:
            gone = draw(st.sampled_from(sorted(value)))
            return {name: item for name, item in value.items() if name != gone}
        if how == 1:
            return {**value, draw(st.text(max_size=5)): draw(JSON)}
    return draw(JSON)


def corrupted(draw: Draw, data: bytes) -> bytes:
    """The bytes with some cut out and some put in."""
    at = draw(st.integers(0, len(data)))
    gone = draw(st.integers(0, 4))
    odd = st.sampled_from([b"NaN", b"1e400", b"-", b"\xff", b"\\ud800", b"Infinity", b"00", b",", b'"', b"}", b" "])
    return data[:at] + draw(odd | st.binary(max_size=3)) + data[at + gone :]


@st.composite
def requests(draw: DrawFn, route: Route, root: Spot) -> Request:
    """A request of an operation: valid, mutated, or corrupted."""
    how = draw(st.sampled_from(["valid", "valid", "mutated", "mutated", "corrupted"]))
    path = route.operation.path
    query: list[str] = []
    headers: list[tuple[str, str]] = []
    cookies: list[str] = []
    for parameter in read_parameters(route.spot, route.path_item):
        if not parameter.required and draw(st.integers(0, 3)):
            continue
        value = draw(values(parameter.texts.schema, 1))
        if how == "mutated" and draw(st.integers(0, 2)) == 0:
            value = mutated(draw, value)
        text = spelled(parameter, value)
        if how == "corrupted" and draw(st.booleans()):
            text = [one + draw(st.sampled_from(["", "x", ",", "%", "%2C", "%00", "=1", "&a", "."])) for one in text]
        if parameter.where == "path":
            path = path.replace(f"{{{parameter.name}}}", "".join(text) or "x")
        elif parameter.where == "query":
            query += text
        elif parameter.where == "header":
            headers.append((parameter.name, ", ".join(text)))
        else:
            cookies += text
    if cookies:
        headers.append(("Cookie", "; ".join(cookies)))
    headers += draw(credentials(route, root, how))
    body, media = draw(_body(route.spot.at("requestBody"), how, "readOnly"))
    if media is not None:
        headers.append(("Content-Type", media))
    return Request(route.operation.method, path, "&".join(query), Headers.of(headers), body)


def spelled(parameter: Parameter, value: Json) -> list[str]:
    """A value as its parameter's style spells it, an element for each `name=value`; written apart from the reader."""

    def text(one: Json) -> str:
        said = one if isinstance(one, str) else dump(one).decode()
        # No server or client lets a control character into a header.
        return re.sub(r"[\x00-\x1f\x7f]", "", said) if parameter.where == "header" else quote(said, safe="")

    name, style, explode = parameter.name, parameter.style, parameter.explode
    if parameter.content:
        return [f"{name}={quote(dump(value), safe='')}"] if parameter.where == "query" else [dump(value).decode()]
    pairs = list(value.items()) if isinstance(value, dict) else []
    if style == "deepObject" and isinstance(value, dict):
        return [f"{name}[{quote(key, safe='')}]={text(one)}" for key, one in pairs]
    if style in ("form", "spaceDelimited", "pipeDelimited", "deepObject"):
        if isinstance(value, list) and explode:
            return [f"{name}={text(one)}" for one in value]
        if isinstance(value, dict) and explode:
            return [f"{quote(key, safe='')}={text(one)}" for key, one in pairs]
        mark = {"spaceDelimited": "%20", "pipeDelimited": "|"}.get(style, ",")
        return [f"{name}={mark.join(_flat(value, text))}"]
    between = {"label": "."}.get(style, ",") if explode else ","
    joined = between.join(f"{text(key)}={text(one)}" for key, one in pairs) if pairs and explode else ""
    plain = joined or between.join(_flat(value, text))
    if style == "matrix":
        if explode and isinstance(value, list):
            return ["".join(f";{name}={text(one)}" for one in value)]
        return [f";{joined.replace(',', ';')}" if joined else f";{name}={plain}"]
    return [f".{plain}" if style == "label" else plain]


def _flat(value: Json, text: Callable[[Json], str]) -> list[str]:
    if isinstance(value, dict):
        return [part for key, one in value.items() for part in (text(key), text(one))]
    return [text(one) for one in value] if isinstance(value, list) else [text(value)]


def credentials(route: Route, root: Spot, how: str) -> SearchStrategy[list[tuple[str, str]]]:
    good = [("Authorization", "Bearer k1")]
    if how == "valid":
        basic = [("Authorization", "Basic " + base64.b64encode(b"a:b").decode())]
        listed = route.spot.child("security") or root.child("security")
        wants_basic = listed is not None and any("basic" in one for one in listed.value)
        return st.just(basic if wants_basic else good)
    bad = [[], [("authorization", "bearer  k1")], [("Authorization", "k1")], [("Cookie", "sid=1")]]
    return st.sampled_from([good, *bad])


@st.composite
def _body(draw: DrawFn, holder: Spot | None, how: str, mark: str) -> tuple[bytes, str | None]:
    if holder is None:
        return b"", None
    content = holder.at("content")
    assert content is not None
    media = draw(st.sampled_from(sorted(content.value)))
    entry = content.at(media)
    schema = entry.child("schema") if entry else None
    value = draw(values(schema, mark="" if draw(st.integers(0, 9)) == 0 else mark))
    if how == "mutated":
        value = mutated(draw, value)
    media = media.replace("*", "x")
    body = _form(value) if "urlencoded" in media else dump(value)
    if how == "corrupted":
        body = corrupted(draw, body)
        media = draw(st.sampled_from([media, media, media, f"{media}; charset=utf-8", "text/plain", media.upper(), ""]))
    return body, media or None


def _form(value: Json) -> bytes:
    pairs = value.items() if isinstance(value, dict) else []
    return "&".join(
        f"{quote(name, safe='')}={quote(one if isinstance(one, str) else dump(one).decode(), safe='')}"
        for name, listed in pairs
        for one in (listed if isinstance(listed, list) else [listed])
    ).encode()


@st.composite
def replies(draw: DrawFn, route: Route) -> Reply:
    """A reply of an operation: valid, mutated, or corrupted."""
    how = draw(st.sampled_from(["valid", "valid", "mutated", "mutated", "corrupted"]))
    responses = route.spot.at("responses")
    assert responses is not None
    status, response = draw(st.sampled_from(list(responses.items())))
    code = draw(st.sampled_from([500, 404, 201])) if status == "default" else int(status.replace("X", "0"))
    headers: list[tuple[str, str]] = []
    listed = response.at("headers")
    for name, header in listed.items() if listed else ():
        if header.value.get("required") is True or draw(st.booleans()):
            parameter = Parameter.of(header, "header", name)
            headers.append((name, ", ".join(spelled(parameter, draw(values(parameter.texts.schema, 1))))))
    content = response.at("content")
    if content is None:
        return Reply(code, Headers.of(headers))
    body, media = draw(_body(response, how, "writeOnly"))
    if media is not None:
        headers.append(("Content-Type", media))
    if how == "mutated" and draw(st.integers(0, 5)) == 0:
        code, headers = 418, headers[1:]
    return Reply(code, Headers.of(headers), body)


@st.composite
def paths(draw: DrawFn, routes: list[Route]) -> str:
    """A path that fits a template, or nearly."""
    segments = draw(st.sampled_from(routes)).operation.path.split("/")[1:]
    text = st.sampled_from(["a", "mine", "friends", "x.png", "a%2Fb", "%00", "a b", "é", "1", ".", "{id}"])
    made = [draw(text) if "{" in segment and "." not in segment else segment for segment in segments]
    made = [segment.replace("{", "").replace("}", "") for segment in made]
    how = draw(st.integers(0, 4))
    at = draw(st.integers(0, len(made) - 1))
    if how == 1:
        odd = st.text(st.characters(exclude_characters="/?#", codec="utf-8"), max_size=3)
        made[at] = draw(text | odd)
    elif how == 2:
        made.insert(at, draw(text))
    elif how == 3:
        made[at] = made[at].upper()
    return "/" + "/".join(made) + ("/" if how == 4 else "")
