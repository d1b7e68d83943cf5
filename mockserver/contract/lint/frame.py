"""The frame: version, the parts every document must have, required fields, unknown keys, security."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Final

from mockserver.contract.lint.defect import Defect
from mockserver.contract.lint.grammar import KINDS
from mockserver.contract.lint.operations import resolved
from mockserver.contract.lint.outline import Outline, Path, Site, show
from mockserver.core.text import Json

_NEEDS: Final[dict[str, tuple[str, ...]]] = {
    "apiKey": ("name", "in"),
    "http": ("scheme",),
    "oauth2": ("flows",),
    "openIdConnect": ("openIdConnectUrl",),
    "mutualTLS": (),
}


def frame(outline: Outline) -> Iterator[Defect]:
    """Version, `info` and something to describe."""
    value = outline.document.value
    version = value.get("openapi")
    if "swagger" in value:
        yield outline.defect("L003", ("swagger",), f"this is Swagger {str(value['swagger'])[:10]}, not OpenAPI 3")
    elif not isinstance(version, str) or not re.fullmatch(r"3\.[01]\.\d+(-.+)?", version):
        at: Path = ("openapi",) if "openapi" in value else ()
        message = f"`openapi` is {show(version)}" if at else "there is no `openapi`"
        yield outline.defect("L003", at, message)
    if "info" not in value:
        yield outline.defect("L004", (), "there is no `info`")
    elif isinstance(value["info"], dict):
        for key in ("title", "version"):
            if not isinstance(value["info"].get(key), str):
                yield outline.defect("L004", ("info",), f"`info` has no `{key}` that is text")
    if not any(key in value for key in ("paths", *(("components", "webhooks") if outline.version == "3.1" else ()))):
        yield outline.defect("L004", (), "there is no `paths`")


def fields(outline: Outline) -> Iterator[Defect]:
    """Required fields that are missing, and keys the specification does not know."""
    for site in outline.sites:
        kind = KINDS[site.kind]
        if site.reference or site.kind == "schema" or not isinstance(site.value, dict):
            continue
        for key in kind.required:
            if key not in site.value:
                yield outline.defect("L412", site.path, f"a {site.kind} must have `{key}`")
            elif key in ("name", "in", "url", "description", "type") and not isinstance(site.value[key], str):
                yield outline.defect("L412", (*site.path, key), f"`{key}` is text, not {show(site.value[key])}")
        if kind.entries is not None:
            continue
        known = kind.plain | kind.fields.keys()
        for key in site.value:
            if key not in known and not key.startswith("x-"):
                near = get_close_matches(key, known, 1, 0.7)
                hint = f"; is `{near[0]}` meant?" if near else ""
                yield outline.defect("L602", (*site.path, key), f"a {site.kind} has no `{key[:60]}`{hint}")


def security(outline: Outline) -> Iterator[Defect]:
    """Schemes, and requirements against them."""
    components = outline.document.value.get("components")
    defined = components.get("securitySchemes") if isinstance(components, dict) else None
    schemes = defined if isinstance(defined, dict) else {}
    for site in outline.of("security-scheme"):
        yield from _scheme(outline, site)
    for site in outline.of("requirement"):
        for name, scopes in site.value.items():
            if name not in schemes:
                near = get_close_matches(name, schemes, 1)
                hint = f"; is `{near[0]}` meant?" if near else ""
                yield outline.defect("L501", (*site.path, name), f"no security scheme is called `{name[:60]}`{hint}")
                continue
            scheme = resolved(outline, schemes[name])
            if isinstance(scheme, dict) and scheme.get("type") == "oauth2" and isinstance(scopes, list):
                offered = set(_offered(scheme))
                for index, scope in enumerate(scopes):
                    if not isinstance(scope, str) or scope not in offered:
                        message = f"no flow of `{name}` offers {show(scope)}"
                        yield outline.defect("L503", (*site.path, name, index), message)


def _scheme(outline: Outline, site: Site) -> Iterator[Defect]:
    kind = site.value.get("type")
    if not isinstance(kind, str):
        return  # reported as a missing field
    if kind not in _NEEDS:
        near = get_close_matches(kind, _NEEDS, 1)
        hint = f"; is `{near[0]}` meant?" if near else ""
        yield outline.defect("L502", (*site.path, "type"), f"`{kind[:40]}` is no type of security scheme{hint}")
        return
    for key in _NEEDS[kind]:
        if key not in site.value:
            yield outline.defect("L502", site.path, f"a scheme of type {kind} needs `{key}`")
    if kind == "apiKey" and "in" in site.value and site.value["in"] not in ("query", "header", "cookie"):
        yield outline.defect(
            "L502", (*site.path, "in"), f"a key is in query, header or cookie, not {show(site.value['in'])}"
        )


def _offered(scheme: Json) -> Iterator[str]:
    flows = scheme.get("flows")
    for flow in flows.values() if isinstance(flows, dict) else ():
        scopes = flow.get("scopes") if isinstance(flow, dict) else None
        yield from scopes if isinstance(scopes, dict) else ()
