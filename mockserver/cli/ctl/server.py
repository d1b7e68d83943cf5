"""Where the server is that `mockserver ctl` speaks to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

from mockserver.errors import UnreachableError, UsageError
from mockserver.options import URL_VARIABLE
from mockserver.remote import Target
from mockserver.settings import Settings, load

_EVERYWHERE: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}


class Place(NamedTuple):
    """Where the words say the server is, and what to show it."""

    url: str | None = None
    ready_file: str | None = None
    token: str | None = None


def find(place: Place, environ: Mapping[str, str], folder: Path) -> Target:
    """Where the server is: the words, the environment, the settings file, the usual place. Raises UsageError."""
    settings = load({}, environ, folder)
    token = place.token or settings.admin_token
    if place.url is not None:
        return Target(place.url, token)
    if place.ready_file is not None:
        return Target(_from_ready_file(Path(place.ready_file)), token)
    if environ.get(URL_VARIABLE):
        return Target(environ[URL_VARIABLE], token)
    if settings.ready_file is not None:
        return Target(_from_ready_file(settings.ready_file), token)
    return Target(_usual(settings), token)


def _usual(settings: Settings) -> str:
    host = _EVERYWHERE.get(settings.host, settings.host)
    return f"http://[{host}]:{settings.port}" if ":" in host else f"http://{host}:{settings.port}"


def _from_ready_file(path: Path) -> str:
    try:
        return str(json.loads(path.read_text("utf-8"))["url"])
    except FileNotFoundError:
        raise UnreachableError(f"no server is ready: there is no file {path}. Start one that writes it.") from None
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise UsageError(f"--ready-file {path}: no ready file of a mockserver ({error})") from None
