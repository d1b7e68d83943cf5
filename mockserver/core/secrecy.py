"""What must not be written down: by the name it goes under, by the document's word, by its own form.

Knows names and texts, nothing of requests. What a violation shows and what the journal keeps go by the same rules.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import quote, unquote_plus

REMOVED: Final = "[removed]"

# How the names of secret fields end, written small and without `_` and `-`.
_ENDINGS: Final = (
    *("token", "secret", "password", "apikey", "streamkey", "secretkey", "privatekey", "signingkey"),
    *("accesskey", "encryptionkey", "encryptedkey"),
)
# These end so and only say where a list goes on.
_PLACES: Final = ("pagetoken", "nexttoken", "continuationtoken", "synctoken")
# An OAuth code is a secret in a form or a URL; in JSON `code` names an error. A signature opens what it signs.
_ARGUMENTS: Final = frozenset({"code", "jwt", "signature", "sig", "xamzsignature", "xgoogsignature", "credential"})
_HEADERS: Final = frozenset({"authorization", "proxyauthorization", "cookie", "setcookie"})

# Base64url of `{"`, and on to where such a text ends: a token, whole or cut off.
_TOKEN: Final = re.compile(r"eyJ[\w-]{6,}=*(?:\.[\w-]+=*){0,4}", re.ASCII)
# The user and password of a URL. A password may hold an @ or a slash that nobody encoded; a port is none.
_USER: Final = re.compile(r"(?<=://)(?:[^\s/?#\"'<>\\:@]*:(?!\d*[/?#])[^\s?#\"'<>\\]*|[^\s/?#\"'<>\\]*)@")
_IN_URL: Final = re.compile(r"([?&#;])([^&=?#;\s\"'<>]+)=([^&#\s\"'<>]*)")
_PAIR: Final = re.compile(r"([^&=?#]+)=([^&#]*)")


@dataclass(frozen=True, slots=True)
class SecretNames:
    """What a document calls secret besides, as it spells it: properties, headers and query arguments.

    `sent` are properties that only clients send.
    """

    fields: frozenset[str] = frozenset()
    sent: frozenset[str] = frozenset()
    headers: frozenset[str] = frozenset()
    arguments: frozenset[str] = frozenset()


NO_NAMES: Final = SecretNames()


@lru_cache(maxsize=1024)
def is_field(name: str) -> bool:
    """Whether a property of this name holds a secret."""
    plain = _plain(name)
    return plain.endswith(_ENDINGS) and not plain.endswith(_PLACES)


@lru_cache(maxsize=1024)
def is_argument(name: str) -> bool:
    """Whether an argument of a query or form, or a cookie, of this name is a secret."""
    return _plain(name) in _ARGUMENTS or is_field(name)


@lru_cache(maxsize=1024)
def is_header(name: str) -> bool:
    """Whether a header of this name holds a credential."""
    return _plain(name) in _HEADERS or is_field(name)


def _plain(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")


Told = Callable[[str], None]


def _forget(secret: str) -> None:
    """Nobody wants to know."""


def without_secrets(text: str, told: Told = _forget) -> str:
    """A text without what is secret by its form: tokens, credentials in URLs. Each secret is `told`."""
    kept = text
    if "eyJ" in kept:
        kept = _TOKEN.sub(lambda found: _removed(found[0], told), kept)
    if "://" in kept:
        kept = _USER.sub(lambda found: _user(found[0][:-1], told), kept)
        if "=" in kept:
            kept = _IN_URL.sub(lambda found: found[1] + _pair(found[2], found[3], frozenset(), told), kept)
    return text if kept == text else kept


def without_secret_pairs(text: str, names: frozenset[str] = frozenset(), told: Told = _forget) -> str:
    """A query or form, spelled as before but for its secrets. `names` are secret besides."""
    if "=" not in text:
        return without_secrets(text, told)
    kept = _PAIR.sub(lambda found: _pair(found[1], found[2], names, told), text)
    return text if kept == text else kept


def _pair(name: str, value: str, names: frozenset[str], told: Told) -> str:
    if not value:
        return f"{name}="
    plain = unquote_plus(name)
    if is_argument(plain) or plain.lower() in names:
        return f"{name}={_removed(value, told)}"
    kept = without_secrets(value, told)
    if "%" in kept:
        decoded = unquote_plus(kept)
        clean = without_secrets(decoded, told)
        if clean != decoded:
            kept = quote(clean, safe="[]", errors="surrogatepass")
    return f"{name}={kept}"


def _user(credentials: str, told: Told) -> str:
    told(credentials.partition(":")[2])
    return _removed(credentials, told) + "@"


def _removed(secret: str, told: Told) -> str:
    told(secret)
    return REMOVED
