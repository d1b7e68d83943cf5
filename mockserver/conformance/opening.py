"""The document a server is judged by: a provider's effective one, or any OpenAPI file of the user's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mockserver.contract.check import CompiledContract, compile_contract
from mockserver.contract.document import effective, read_document
from mockserver.contract.places import Document, Mark
from mockserver.core.provider import Provider
from mockserver.core.text import Json
from mockserver.errors import UsageError, unknown
from mockserver.providers import registry


@dataclass(frozen=True)
class Opened:
    """A document ready to judge by. `name` is the provider's, or the file's; `provider` is None for a file."""

    name: str
    document: Document
    contract: CompiledContract
    provider: Provider | None = None

    @property
    def version(self) -> str:
        """Its `info.version`."""
        info = self.document.value.get("info")
        return str(info.get("version", "")) if isinstance(info, dict) else ""


def open_document(what: str | Path | Mapping[str, Json]) -> Opened:
    """The document of a provider, by its name, in a file, or as a value.

    Raises UsageError when there is neither a provider nor a file of that name, DocumentError for a document that can't
    be read.
    """
    if isinstance(what, Mapping):
        document = Document(dict(what), "document", lambda: Mark("document", 1, 1))
        return Opened("document", document, compile_contract(document.value))
    known = registry.names()
    if isinstance(what, str) and what in known:
        (provider,) = registry.find([what])
        document = effective(provider.name, provider.specs)
        return Opened(provider.name, document, compile_contract(document.value), provider)
    path = Path(what)
    if isinstance(what, str) and not path.exists() and not path.suffix and len(path.parts) == 1:
        raise UsageError(f"{unknown('provider', what, known)}. Nor is there a file of that name")
    document = read_document(path)
    return Opened(path.name, document, compile_contract(document.value))
