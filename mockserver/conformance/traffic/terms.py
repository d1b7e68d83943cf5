"""What traffic is judged by: the document of a provider, with what the provider knows besides, or a file's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from mockserver.conformance.opening import Opened, open_document
from mockserver.contract.check import CompiledContract
from mockserver.contract.readings import load_readings
from mockserver.contract.secrecy import secret_names
from mockserver.core.redaction import Redaction
from mockserver.core.secrecy import SecretNames
from mockserver.core.text import Json
from mockserver.errors import UsageError, unknown
from mockserver.providers import registry

# What a server reads of a body when nobody said how much: more than any recording keeps.
_BODY_LIMIT: Final = 64 * 1024 * 1024


@dataclass(frozen=True)
class Terms:
    """A contract to judge by; without a provider nothing is known of its state.

    `readings` are the options that hold, by name without the provider's prefix.
    """

    opened: Opened
    secrets: SecretNames
    body_limit: int = _BODY_LIMIT
    readings: Mapping[str, str] = field(default_factory=dict)

    @property
    def contract(self) -> CompiledContract:
        return self.opened.contract

    @property
    def provider(self) -> str | None:
        """The provider's name; None for a document from a file."""
        return self.opened.provider.name if self.opened.provider else None

    def redaction(self) -> Redaction:
        return Redaction(self.secrets)


def terms_of(what: str | Path | Mapping[str, Json], readings: Mapping[str, str] | None = None) -> Terms:
    """The contract of a provider by its name, or of an OpenAPI document, by its file or as a value.

    `readings` are chosen options by full name (`restream.repeat-while-running`). Raises UsageError, DocumentError.
    """
    opened, chosen = open_document(what), readings or {}
    secrets, provider = secret_names(opened.document.value), opened.provider
    if provider is None:
        if chosen:
            raise UsageError(
                f"--reading: {what} is a file; only providers have readings: {', '.join(registry.names())}"
            )
        return Terms(opened, secrets)
    return Terms(opened, secrets, provider.body_limit, _settled(provider.name, provider.specs, chosen))


def _settled(provider: str, folder: Path | None, chosen: Mapping[str, str]) -> dict[str, str]:
    known = {reading.full_name: reading for reading in load_readings(provider, folder)}
    for name, option in chosen.items():
        if name not in known:
            raise UsageError(f"--reading: {unknown('reading', name, known)}")
        if option not in known[name].options:
            raise UsageError(f"--reading {name}: {unknown('option', option, known[name].options)}")
    return {reading.name: chosen.get(name, reading.default) for name, reading in known.items()}
