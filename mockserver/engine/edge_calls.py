"""A call as documentation shows it: one line, a curl command, or lines of a shell script that keep values of its reply.

`$name` in path, key and body stands for a value of an earlier reply.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from shlex import quote
from typing import Final

from mockserver.core.text import Json

_VALUE: Final = re.compile(r"(\$[a-z]+)")


@dataclass(frozen=True, slots=True)
class EdgeCall:
    """One call of an API or of the control API. `event` is what happens by it, in a word or two.

    `key` is None where no credential is sent; a `form` is sent instead of a JSON `body`. `keep` names values of the
    reply by their pointers. The reply has `status` (below 400 if that is None), and in it stands what it `shows`, by
    pointers, and the text it `says`.
    """

    method: str
    path: str
    event: str
    key: str | None = None
    body: Json = None
    form: Mapping[str, str] | None = None
    keep: Mapping[str, str] = field(default_factory=dict)
    status: int | None = None
    shows: Mapping[str, Json] = field(default_factory=dict)
    says: str = ""

    @property
    def line(self) -> str:
        """Method, path, body, and the key if it is one of an earlier reply."""
        words = [self.method, self.path]
        if self.key is not None and "$" in self.key:
            words.append(f"(Bearer {self.key})")
        if self.form is not None:
            words.append("&".join(f"{name}={value}" for name, value in self.form.items()))
        elif self.body is not None:
            words.append(json.dumps(self.body))
        return " ".join(words)

    def curl(self, url: str) -> str:
        """A command to paste, once the shell knows the values; `url` is where the server is."""
        words = ["curl", "-sS", url + self.path]
        data = self.form is not None or self.body is not None
        if self.method != ("POST" if data else "GET"):
            words += ["-X", self.method]
        if self.key is not None:
            words += ["-H", f"Authorization: Bearer {self.key}"]
        for name, value in (self.form or {}).items():
            words += ["--data-urlencode", f"{name}={value}"]
        if self.form is None and data:
            words += ["-H", "Content-Type: application/json", "-d", json.dumps(self.body)]
        return " ".join(map(_word, words))

    def script(self, url: str) -> Iterator[str]:
        """The command, and with jq what is kept of its reply."""
        if not self.keep:
            yield self.curl(url)
            return
        yield f"reply=$({self.curl(url)})"
        for name, pointer in self.keep.items():
            path = re.sub(r"/(\d+)", r"[\1]", pointer).replace("/", ".")
            yield f'{name}=$(jq -r {quote(path)} <<< "$reply")'


def _word(text: str) -> str:
    """A word for the shell: all of it as it is, but for values, which the shell fills in."""
    return "".join(f'"{part}"' if part.startswith("$") else quote(part) for part in _VALUE.split(text) if part)
