"""`mockserver diff OLD NEW`: what changed between two versions of a document, and whom it breaks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mockserver.cli.reporting import Reports, add_report_option
from mockserver.cli.words import Words
from mockserver.errors import UsageError, unknown

if TYPE_CHECKING:
    from mockserver.conformance.finding import Finding
    from mockserver.contract.places import Document

PUBLISHED: Final = "published:"
_SIDES: Final = ("clients", "servers")
_FAILING: Final = {"breaking": ("error",), "risky": ("error", "warning"), "none": ()}
_NONE: Final = "none"

_EPILOG: Final = """
A document is a file, a provider's name (its document with our repairs), or published:NAME (as it was published).
A new file compared with a provider gets the provider's repairs, too; what can't be repaired any more is told.

  mockserver diff openapi-1.yaml openapi-2.yaml
  mockserver diff livepeer newer-livepeer.yaml --report html=changes.html
  mockserver diff published:livepeer livepeer       what our repairs change

breaking: who keeps to the old document breaks; risky: nobody can tell, or only who relies on what no document says;
harmless: nobody does. Exit code 1 if there is what --fail-on names.
"""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two documents; `provider` is whose it is by its name."""

    document: Document
    provider: str | None


def run(name: str, about: str, words: Sequence[str]) -> int:
    """Compare, report; 1 if something changed that must not."""
    parser = Words(name, about, _EPILOG)
    parser.add_argument("old", metavar="OLD", help="a file, a provider's name, or published:NAME")
    parser.add_argument("new", metavar="NEW", help="the same")
    parser.add_argument(
        "--for",
        dest="side",
        metavar="SIDE",
        default="clients",
        help="whose changes count: clients (default) or servers",
    )
    parser.add_argument("--fail-on", metavar="WHAT", default="breaking", help="breaking (default), risky or none")
    parser.add_argument(
        "--overlay",
        metavar="PROVIDER|FILE|none",
        help="the repairs to try on NEW (those of OLD, if it is a provider's)",
    )
    add_report_option(parser)
    given = parser.read(words)
    if given is None:
        return 0
    _one_of("--for", given.side, _SIDES)
    _one_of("--fail-on", given.fail_on, _FAILING)
    reports = Reports.read(given.report, name)

    from mockserver.conformance.diff import diff_report
    from mockserver.conformance.reports import Sources

    old, new = _side(given.old), _side(given.new)
    document, findings = _repaired(given.overlay, given.old, old, new)
    report = diff_report(old.document, document, given.side, findings)
    reports.write(report, Sources(document, old.document, folder=Path.cwd()))
    failing = _FAILING[given.fail_on]
    return int(any(finding.level in failing for finding in report.findings))


def _one_of(option: str, word: str, known: Sequence[str] | dict[str, tuple[str, ...]]) -> None:
    if word not in known:
        raise UsageError(f"diff: {option}: {unknown('choice', word, known)}")


def _side(word: str) -> Side:
    """Raises UsageError for what is neither a provider nor a file, DocumentError for a file that can't be used."""
    from mockserver.contract.document import effective, published, read_document
    from mockserver.providers import registry

    name = word.removeprefix(PUBLISHED)
    known = registry.names()
    if name in known:
        (provider,) = registry.find([name])
        read = published if word.startswith(PUBLISHED) else effective
        return Side(read(name, provider.specs), name)
    path = Path(word)
    if word.startswith(PUBLISHED) or not (path.exists() or path.suffix or len(path.parts) > 1):
        raise UsageError(f"diff: {unknown('provider', name, known)}. Nor is there a file of that name")
    return Side(read_document(path), None)


def _repaired(wanted: str | None, word: str, old: Side, new: Side) -> tuple[Document, list[Finding] | None]:
    """The new document as it is to be compared, and what its overlay says; None if there is none to try."""
    from mockserver.conformance.diff.repairs import repaired

    overlay = _overlay(wanted, old, new)
    if overlay is None:
        return new.document, None
    whole, findings = repaired(new.document, overlay)
    as_published = word.startswith(PUBLISHED) and wanted is None
    return (new.document if as_published else whole), findings


def _overlay(wanted: str | None, old: Side, new: Side) -> Document | None:
    from mockserver import resources
    from mockserver.contract.document import read_document
    from mockserver.providers import registry

    name = wanted if wanted is not None else old.provider if new.provider is None else None
    if name is None or name == _NONE:
        return None
    if name in registry.names():
        (provider,) = registry.find([name])
        path = (provider.specs or resources.specs(name)) / "overlay.yaml"
        return read_document(path) if path.exists() else None
    return read_document(Path(name))
