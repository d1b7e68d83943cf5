"""Access tokens of the dashboard (`Authorization: JWT ...`), checked as jsonwebtoken 9 does, in its order and words."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode
from hashlib import sha256
from typing import Final

from mockserver.core.text import Json, TextError, parse
from mockserver.providers.livepeer import v8
from mockserver.providers.livepeer.visit import Refused

_FORM: Final = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*")
_ALGORITHMS: Final = ("HS256", "HS384", "HS512")


def subject(token: str) -> str | None:
    """The user a token names, whether or not it is valid: enough to find its world."""
    parts = token.split(".")
    claims = _read(parts[1]) if len(parts) == 3 else None
    sub = claims.get("sub") if isinstance(claims, dict) else None
    return sub if isinstance(sub, str) else None


def digest(token: str) -> str:
    """What is kept of a token to know it again."""
    return sha256(token.encode(errors="surrogatepass")).hexdigest()


def verify(token: str, secret: str, audience: str, now: int, node: str) -> str:
    """The subject of a valid token at an instant (ms). Raises Refused."""
    if token.count(".") != 2:
        raise Refused(401, "jwt malformed")
    head, body, signature = token.split(".")
    header = _read(head) if _FORM.fullmatch(token) else None
    if not (header or isinstance(header, dict | list)):
        raise Refused(401, "invalid token")
    header = header if isinstance(header, dict) else {}
    claims = _claims(header, body, node)
    if not signature:
        raise Refused(401, "jwt signature is required")
    algorithm = header.get("alg")
    if algorithm not in _ALGORITHMS:
        raise Refused(401, "invalid algorithm")
    if not _signed(f"{head}.{body}", signature, secret, algorithm):
        raise Refused(401, "invalid signature")
    _check_times(claims, now // 1000)
    named = claims.get("aud")
    if audience not in (named if isinstance(named, list) else [named]):
        raise Refused(401, f"jwt audience invalid. expected: {audience}")
    if not claims.get("exp"):
        raise Refused(401, "legacy access token detected. please log in again")
    sub = claims.get("sub")
    if not sub:
        raise Refused(500, "Internal server error: Error")
    return str(sub)


def _claims(header: dict[str, Json], body: str, node: str) -> dict[str, Json]:
    text = _decode(body) or b""
    try:
        claims = parse(text)
    except TextError:
        # Only a token that says it is a JWT has to hold JSON.
        if header.get("typ") == "JWT":
            said = v8.message(text.decode(errors="replace"), node)
            raise Refused(401, said or "invalid token") from None
        return {}
    return claims if isinstance(claims, dict) else {}


def _check_times(claims: dict[str, Json], seconds: int) -> None:
    if "nbf" in claims:
        if not _is_number(claims["nbf"]):
            raise Refused(401, "invalid nbf value")
        if claims["nbf"] > seconds:
            raise Refused(401, "jwt not active")
    if "exp" in claims:
        if not _is_number(claims["exp"]):
            raise Refused(401, "invalid exp value")
        if seconds >= claims["exp"]:
            raise Refused(401, "access token expired")


def _signed(content: str, signature: str, secret: str, algorithm: str) -> bool:
    from jwt.algorithms import HMACAlgorithm  # 60 ms to import, and few calls carry a JWT

    octets = _decode(signature)
    hashes = {"HS256": HMACAlgorithm.SHA256, "HS384": HMACAlgorithm.SHA384, "HS512": HMACAlgorithm.SHA512}
    return octets is not None and HMACAlgorithm(hashes[algorithm]).verify(content.encode(), secret.encode(), octets)


def _read(part: str) -> Json:
    octets = _decode(part)
    if octets is None:
        return None
    try:
        return parse(octets)
    except TextError:
        return None


def _decode(part: str) -> bytes | None:
    try:
        return urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except ValueError:
        return None


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
