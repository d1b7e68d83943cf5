"""The one file that draws real randomness: for what must not be guessed. All else comes from the seed."""

from __future__ import annotations

import secrets


def token() -> str:
    """192 bits, as text that needs no quoting in a shell, a URL or a header."""
    return secrets.token_urlsafe(24)
