"""What a document calls secret: properties that are passwords or only ever sent, and the names of API keys."""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.core.secrecy import SecretNames
from mockserver.core.text import Json

# A switch or a number that only clients send is no secret.
_OPEN_TYPES = frozenset(("boolean", "integer", "number", "null"))


def secret_names(document: Json) -> SecretNames:
    """The names of `format: password` and `writeOnly: true`, and those of `securitySchemes` with `type: apiKey`."""
    found: dict[str, set[str]] = {}
    for where, name in (*_properties(document), *_keys(document)):
        found.setdefault(where, set()).add(name)
    # Cookies go whatever their names are.
    return SecretNames(*(frozenset(found.get(where, ())) for where in ("field", "sent", "header", "query")))


def _properties(root: Json) -> Iterator[tuple[str, str]]:
    """Of every schema, wherever it stands; and of parameters whose own schema says so."""
    left = [root]
    while left:
        value = left.pop()
        if isinstance(value, list):
            left += value
        if not isinstance(value, dict):
            continue
        left += value.values()
        properties = value.get("properties")
        if isinstance(properties, dict):
            for name, schema in properties.items():
                if _is_secret(schema):
                    yield "field" if schema.get("format") == "password" else "sent", name
        if "in" in value and isinstance(value.get("name"), str) and _is_secret(value.get("schema")):
            yield value["in"], value["name"]


def _is_secret(schema: Json) -> bool:
    if not isinstance(schema, dict):
        return False
    said = schema.get("type")
    types = set(said) if isinstance(said, list) else {said}
    return schema.get("format") == "password" or (schema.get("writeOnly") is True and not types <= _OPEN_TYPES)


def _keys(root: Json) -> Iterator[tuple[str, str]]:
    components = root.get("components")
    schemes = components.get("securitySchemes") if isinstance(components, dict) else None
    for scheme in schemes.values() if isinstance(schemes, dict) else ():
        if isinstance(scheme, dict) and scheme.get("type") == "apiKey" and isinstance(scheme.get("name"), str):
            yield str(scheme.get("in")), scheme["name"]
