"""Security: whether a request carries the kind of credential the document asks for.

Only the shape counts. Whether a key is known, a signature right or a scope granted is the provider's business.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from mockserver.contract.parameters import cookie_pairs, query_pairs
from mockserver.contract.spot import Spot
from mockserver.core.http import Request

Finding = Literal["present", "missing", "malformed"]


@dataclass(frozen=True, slots=True)
class Scheme:
    """One way to show who you are. `type` is `http`, `apiKey`, `bearer` (OAuth and OpenID), or `unknown`."""

    title: str
    type: str
    name: str
    where: str = "header"

    @classmethod
    def of(cls, title: str, spot: Spot | None) -> Scheme:
        said = spot.value if spot is not None and isinstance(spot.value, dict) else {}
        type = said.get("type")
        if type == "http":
            return cls(title, "http", str(said.get("scheme", "")).lower())
        if type == "apiKey":
            return cls(title, "apiKey", str(said.get("name", "")), str(said.get("in", "header")))
        if type in ("oauth2", "openIdConnect"):
            return cls(title, "http", "bearer")
        return cls(title, "unknown", "")

    @property
    def wanted(self) -> str:
        """What to send, for a sentence."""
        if self.type == "http":
            return f"`Authorization: {self.name.capitalize()} ...`"
        if self.type == "apiKey":
            return f"the {self.where} {'parameter' if self.where == 'query' else ''} `{self.name}`".replace("  ", " ")
        return f"a credential of the undescribed scheme `{self.title}`"

    def find(self, request: Request) -> Finding:
        if self.type == "http":
            return _authorization(self.name, request.header("authorization"))
        if self.type == "apiKey":
            return "present" if _api_key(self, request) else "missing"
        return "present"


@dataclass(frozen=True, slots=True)
class Security:
    """Alternatives of which one is enough, each a set of schemes all needed. `document` is where it says so."""

    alternatives: tuple[tuple[Scheme, ...], ...]
    document: str

    @classmethod
    def of(cls, operation: Spot, root: Spot) -> Security | None:
        """What an operation asks for; None when nothing, or when nothing is one of the alternatives."""
        listed = operation.child("security") or root.child("security")
        if listed is None or not isinstance(listed.value, list) or not listed.value or {} in listed.value:
            return None
        schemes = root.at("components", "securitySchemes")
        alternatives = tuple(
            tuple(Scheme.of(name, schemes.at(name) if schemes else None) for name in requirement)
            for requirement in listed.value
        )
        return cls(alternatives, listed.pointer)

    def find(self, request: Request) -> Finding:
        """The best finding among the alternatives; an alternative is as good as its worst scheme."""
        best: Finding = "missing"
        for alternative in self.alternatives:
            found: Finding = "present"
            for scheme in alternative:
                found = _worse(found, scheme.find(request))
            if found == "present":
                return found
            if found == "malformed":
                best = found
        return best

    @property
    def wanted(self) -> str:
        """What to send, for a sentence."""
        told = dict.fromkeys(" and ".join(scheme.wanted for scheme in needed) for needed in self.alternatives)
        return ", or ".join(told)


def _worse(one: Finding, other: Finding) -> Finding:
    if one == "missing" or other == "missing":
        return "missing"
    return one if other == "present" else other


@lru_cache(maxsize=256)  # a client sends the same one with all its calls
def _authorization(scheme: str, header: str | None) -> Finding:
    if header is None or not header.strip():
        return "missing"
    name, _, credential = header.strip().partition(" ")
    credential = credential.strip()
    if name.lower() != scheme or not credential:
        return "malformed"
    return "malformed" if scheme == "basic" and not _is_pair(credential) else "present"


def _is_pair(text: str) -> bool:
    """Whether this is base64 of `user:password` (RFC 7617)."""
    try:
        return b":" in base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return False


def _api_key(scheme: Scheme, request: Request) -> bool:
    if scheme.where == "header":
        return bool(request.header(scheme.name))
    if scheme.where == "query":
        return any(name == scheme.name and value for name, value in query_pairs(request.query))
    return any(name == scheme.name and value for name, value in cookie_pairs(request.headers.every("cookie")))
