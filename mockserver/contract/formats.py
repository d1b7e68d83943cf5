"""Formats that jsonschema-rs does not check, or not as OpenAPI means them. The others it checks itself."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from typing import Final


def is_byte(text: str) -> bool:
    """Base64 with padding, RFC 4648 section 4 (OpenAPI's format registry)."""
    try:
        base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return False
    return True


FORMATS: Final[Mapping[str, Callable[[str], bool]]] = {"byte": is_byte}
