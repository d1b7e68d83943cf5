"""`mockserver lint`, `spec` and `explain`: what a document says, what is wrong with it, what a word of ours means."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final, get_args

from mockserver.cli.show import as_json, say
from mockserver.cli.words import Words
from mockserver.core.text import Json
from mockserver.errors import UsageError, unknown

ADMIN: Final = "admin"
REPORT: Final = "report"


def run(name: str, about: str, words: Sequence[str]) -> int:
    """Read the words of one of the three and do it; the exit code."""
    command = _COMMANDS[name]
    return command(Words(name, about), words)


def _lint(parser: Words, words: Sequence[str]) -> int:
    parser.add_argument("what", metavar="PROVIDER|FILE", help="a provider's document as published, or any file")
    parser.add_argument("--json", action="store_true", help="a list of objects, for a program")
    given = parser.read(words)
    if given is None:
        return 0
    from mockserver.contract.lint import Severity, lint_file

    defects = lint_file(_file(given.what))
    counts = Counter(defect.severity for defect in defects)
    if given.json:
        as_json([asdict(defect) for defect in defects])
    else:
        for defect in defects:
            say(str(defect))
        say(", ".join(f"{counts[one]} {one}{'' if counts[one] == 1 else 's'}" for one in get_args(Severity)))
    return 1 if counts["error"] else 0


def _file(what: str) -> Path:
    """The document of a provider as published, or the file of that name. Raises UsageError if it is neither."""
    from mockserver import resources
    from mockserver.providers import registry

    known = registry.names()
    if what == ADMIN:
        return resources.specs(ADMIN) / "openapi.yaml"
    if what in known:
        (provider,) = registry.find([what])
        return (provider.specs or resources.specs(what)) / "openapi.yaml"
    path = Path(what)
    if path.exists() or path.suffix or len(path.parts) > 1:
        return path
    raise UsageError(f"{unknown('provider', what, known)}. Nor is there a file of that name")


def _spec(parser: Words, words: Sequence[str]) -> int:
    whose = "whose document; `admin` is the control API's, `report` the JSON Schema of --report json=FILE"
    parser.add_argument("provider", metavar="PROVIDER", help=whose)
    parser.add_argument("--json", action="store_true", help="as JSON, not as YAML")
    given = parser.read(words)
    if given is None:
        return 0
    from mockserver.contract.document import effective
    from mockserver.contract.yaml_out import dump_yaml
    from mockserver.providers import registry

    if given.provider == REPORT:
        from mockserver.conformance.reports.shape import SCHEMA

        document: Json = SCHEMA
    elif given.provider == ADMIN:
        from mockserver.control.document import document as whole

        document = whole(registry.find(registry.names()))
    else:
        (provider,) = registry.find([given.provider])
        document = effective(provider.name, provider.specs).value
    if given.json:
        as_json(document)
    else:
        say(dump_yaml(document).rstrip("\n"))
    return 0


def _explain(parser: Words, words: Sequence[str]) -> int:
    parser.add_argument(
        "word", metavar="OPERATION|CODE", help="createClip, C204, or a reading, outcome or edge by its name"
    )
    given = parser.read(words)
    if given is None:
        return 0
    from mockserver.cli.meanings import meanings
    from mockserver.providers import registry

    known = meanings(registry.find(registry.names()))
    found = {name.lower(): meaning for name, meaning in known.items()}.get(given.word.lower())
    if found is None:
        raise UsageError(
            f"{unknown('operation, code, reading, outcome or edge', given.word, known)} See mockserver routes"
        )
    say(found().rstrip("\n"))
    return 0


_COMMANDS: Final[Mapping[str, Callable[[Words, Sequence[str]], int]]] = {
    "lint": _lint,
    "spec": _spec,
    "explain": _explain,
}
