"""What traffic is judged by: the document of a provider, with what the provider knows besides, or a file's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from mockserver.contract.check import CompiledContract, compile_contract
from mockserver.contract.document import Document, effective, read_document
from mockserver.contract.readings import load_readings
from mockserver.contract.secrecy import secret_names
from mockserver.core.redaction import Redaction
from mockserver.core.secrecy import SecretNames
from mockserver.errors import UsageError, unknown
from mockserver.providers import registry

# What a server reads of a body when nobody said how much: more than any recording keeps.
_BODY_LIMIT: Final = 64 * 1024 * 1024


@dataclass(frozen=True)
class Terms:
    """A contract to judge by. `provider` is None for a document from a file: then nothing is known of its state.

    `readings` are the options that hold, by name without the provider's prefix.
    """

    name: str
    version: str
    contract: CompiledContract
    secrets: SecretNames
    provider: str | None = None
    body_limit: int = _BODY_LIMIT
    readings: Mapping[str, str] = field(default_factory=dict)

    def redaction(self) -> Redaction:
        return Redaction(self.secrets)


def terms_of(what: str | Path, readings: Mapping[str, str] | None = None) -> Terms:
    """The contract of a provider by its name, or of an OpenAPI document by its file.

    `readings` are chosen options by full name (`restream.repeat-while-running`). Raises UsageError, DocumentError.
    """
    chosen = readings or {}
    known = registry.names()
    if str(what) not in known:
        path = Path(what)
        if not path.exists() and not path.suffix and len(path.parts) == 1:
            raise UsageError(f"{unknown('provider', str(what), known)}. Nor is there a file of that name")
        if chosen:
            raise UsageError(f"--reading: {what} is a file; only providers have readings: {', '.join(known)}")
        document = read_document(path).value
        return Terms(str(what), _version(document), compile_contract(document), secret_names(document))
    (provider,) = registry.find([str(what)])
    document = effective(provider.name, provider.specs).value
    return Terms(
        provider.name,
        _version(document),
        compile_contract(document),
        secret_names(document),
        provider.name,
        provider.body_limit,
        _settled(provider.name, provider.specs, chosen),
    )


def document_of(what: str | Path) -> Document:
    """The document that is judged by, with its places. Raises DocumentError."""
    if str(what) not in registry.names():
        return read_document(Path(what))
    (provider,) = registry.find([str(what)])
    return effective(provider.name, provider.specs)


def _settled(provider: str, folder: Path | None, chosen: Mapping[str, str]) -> dict[str, str]:
    known = {reading.full_name: reading for reading in load_readings(provider, folder)}
    for name, option in chosen.items():
        if name not in known:
            raise UsageError(f"--reading: {unknown('reading', name, known)}")
        if option not in known[name].options:
            raise UsageError(f"--reading {name}: {unknown('option', option, known[name].options)}")
    return {reading.name: chosen.get(name, reading.default) for name, reading in known.items()}


def _version(document: object) -> str:
    info = document.get("info") if isinstance(document, dict) else None
    return str(info.get("version", "")) if isinstance(info, dict) else ""
