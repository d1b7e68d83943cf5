"""`mockserver serve`: reads the options, then says where the fake APIs are and what to type first."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from mockserver.cli.words import Words
from mockserver.options import DEFAULT_URL, OPTIONS
from mockserver.settings import Settings, load

_EPILOG: Final = """
Each option can also stand in mockserver.toml, in pyproject.toml under [tool.mockserver] (port = 4080), or
in the environment (MOCKSERVER_PORT=4080). The command line wins over the environment, that over the file.
"""

# The providers' own documentation examples of their main call, which the default world makes work. Livepeer's ends when
# it starts, which its server refuses: here it ends 30 s later.
_EXAMPLES: Final = {
    "livepeer": (
        "/api",
        "/api/clip",
        '{"playbackId": "eaw4nk06ts2d0mzb", "startTime": 1587667174725, "endTime": 1587667204725,'
        ' "name": "My Clip", "sessionId": "de7818e7-610a-4057-8f6f-b785dc1e6f88"}',
    ),
    "restream": (
        "/v2",
        "/v2/user/clips/projects",
        '{"sourceType": "VideoStorageFile", "videoStorageFileId": "a1b2c3d4-e5f6-7890-abcd-ef1234567890",'
        ' "title": "My webinar"}',
    ),
}


def run(name: str, about: str, words: Sequence[str]) -> int:
    """Serve until stopped; the server's exit code."""
    given = _parser(name, about).read(words)
    if given is None:
        return 0
    arguments = {option: value for option, value in vars(given).items() if value not in (None, [], False)}

    def read() -> Settings:
        return load(arguments, os.environ, Path.cwd())

    settings = read()
    warn_of_namesake()

    from mockserver.server.run import serve

    return serve(settings, lambda url, token: _announce(url, settings, token), read)


def _parser(name: str, about: str) -> Words:
    parser = Words(name, about, _EPILOG)
    for option in OPTIONS.values():
        if option.metavar is None:
            parser.add_argument(option.argument, dest=option.name, action="store_true", help=option.about)
        elif option.argument.startswith("-"):
            action = "append" if option.repeatable else "store"
            parser.add_argument(
                option.argument, dest=option.name, action=action, metavar=option.metavar, help=option.about
            )
        else:
            parser.add_argument(option.name, nargs="*", metavar=option.metavar, help=option.about)
    return parser


def _announce(url: str, settings: Settings, token: str | None) -> None:
    """Tell a person, or with JSON logs a program, that the port is open, and the admin token that had to be made up."""
    if settings.log_format == "json":
        ready = {"event": "ready", "url": url, "providers": list(settings.providers), "key": "test_me"}
        sys.stdout.write(json.dumps(ready if token is None else {**ready, "adminToken": token}) + "\n")
    else:
        sys.stdout.write(greeting(url, settings, token))
    sys.stdout.flush()


def greeting(url: str, settings: Settings, token: str | None = None) -> str:
    """Base URLs, a key that works and one request a provider, to copy and paste; then how to take the wheel."""
    lines = [f"mockserver is at {url}; Ctrl-C stops it. Key: test_me (each test_<name> has a world of its own)", ""]
    for provider in settings.providers:
        base, path, body = _EXAMPLES.get(provider, ("", "", ""))
        lines.append(f"{provider}  {url}{base}")
        if body and settings.world == "default":
            lines += [
                f"  curl {url}{path} -H 'Authorization: Bearer test_me' \\",
                f"    -H 'Content-Type: application/json' -d '{body}'",
            ]
        else:
            lines.append(f"  mockserver routes {provider}   lists what it answers")
        lines.append("")
    if settings.admin:
        at = "" if url == DEFAULT_URL else f" --url {url}"
        lines += [f"Take the wheel: mockserver ctl clock advance 5m{at}   (mockserver ctl --help tells all)"]
        if token is not None:
            lines += [f"It wants a token, since others reach this address: export MOCKSERVER_ADMIN_TOKEN={token}"]
        lines.append("")
    return "\n".join(lines) + "\n"


def warn_of_namesake() -> None:
    """`mockserver-client` installs a package of our name too, so the two overwrite each other's files."""
    for folder in (Path(place) for place in sys.path if place.endswith("-packages")):
        if any(folder.glob("mockserver_client-*.dist-info")):
            sys.stderr.write(
                f"mockserver: mockserver-client is installed too, in {folder}. Both own the Python package\n"
                "`mockserver`, and the one installed last has overwritten files of the other.\n"
                "Give each an environment of its own.\n"
            )
