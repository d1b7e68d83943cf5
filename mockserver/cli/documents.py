"""`mockserver lint`, `spec` and `explain`: what a document says, what is wrong with it, what a word of ours means."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from mockserver.cli.show import as_json, say, table
from mockserver.cli.words import Words
from mockserver.core.text import Json
from mockserver.errors import UsageError, unknown


def run(name: str, about: str, words: Sequence[str]) -> int:
    """Read the words of one of the three and do it; the exit code."""
    command = _COMMANDS[name]
    return command(Words(name, about), words)


def _lint(parser: Words, words: Sequence[str]) -> int:
    parser.add_argument("what", metavar="PROVIDER|FILE", help="a provider's document as published, or a document's file")
    parser.add_argument("--json", action="store_true", help="the defects with every detail, for a program")
    given = parser.read(words)
    if given is None:
        return 0
    from mockserver.contract.lint import lint

    path = _document(given.what)
    defects = lint(path.read_bytes(), given.what)
    if given.json:
        as_json([asdict(defect) for defect in defects])
    else:
        for defect in defects:
            say(str(defect))
    return 1 if any(defect.severity == "error" for defect in defects) else 0


def _spec(parser: Words, words: Sequence[str]) -> int:
    parser.add_argument("provider", metavar="PROVIDER", help="whose document")
    parser.add_argument("--json", action="store_true", help="as JSON, not as YAML")
    given = parser.read(words)
    if given is None:
        return 0
    from mockserver.contract.document import effective
    from mockserver.contract.yaml_out import dump_yaml
    from mockserver.providers import registry

    (provider,) = registry.find([given.provider])
    document = effective(provider.name, provider.specs).value
    if given.json:
        as_json(document)
    else:
        say(dump_yaml(document).rstrip("\n"))
    return 0


def _explain(parser: Words, words: Sequence[str]) -> int:
    parser.add_argument("word", metavar="OPERATION|CODE", help="createClip, C204, or a reading or outcome by its name")
    given = parser.read(words)
    if given is None:
        return 0
    from mockserver.cli.meanings import meanings
    from mockserver.providers import registry

    known = meanings(registry.find(registry.names()))
    found = {name.lower(): meaning for name, meaning in known.items()}.get(given.word.lower())
    if found is None:
        raise UsageError(f"{unknown('operation, code, reading or outcome', given.word, known)} See mockserver routes")
    say(found().rstrip("\n"))
    return 0


_COMMANDS: Final[Mapping[str, Callable[[Words, Sequence[str]], int]]] = {"lint": _lint, "spec": _spec, "explain": _explain}
