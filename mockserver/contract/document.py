"""A provider's contract document: as published, and effective, that is after its overlay.

Finds and reads the files; what they say is for `lint` and `check`.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from mockserver import resources
from mockserver.contract import overlay
from mockserver.contract.places import Document, Place
from mockserver.contract.yaml_text import load_yaml
from mockserver.errors import DocumentError

__all__ = ["Document", "Place", "effective", "published", "read_document", "read_text"]


@cache
def effective(provider: str, folder: Path | None = None) -> Document:
    """What requests and replies may be: `openapi.yaml` with `overlay.yaml`, if there is one, applied to it.

    `folder` holds both for a provider from outside; the built-in ones have `specs/<provider>/`. The value is shared:
    don't change it. Raises DocumentError.
    """
    additions = _folder(provider, folder) / "overlay.yaml"
    document = published(provider, folder)
    return overlay.apply(document, read_document(additions)) if additions.exists() else document


@cache
def published(provider: str, folder: Path | None = None) -> Document:
    """The document as its provider published it. Raises DocumentError."""
    return read_document(_folder(provider, folder) / "openapi.yaml")


def read_document(path: Path) -> Document:
    """A YAML or JSON file whose value is a mapping. Raises DocumentError saying what is wrong with it, and where."""
    document = load_yaml(read_text(path), display(path))
    if not isinstance(document.value, dict):
        kind = "a list" if isinstance(document.value, list) else f"`{document.value!r:.40}`"
        raise DocumentError(f"{document.place()}: a mapping must stand here, not {kind}. Is it the right file?")
    return document


def read_text(path: Path) -> bytes:
    """The bytes of a document's file. Raises DocumentError if it can't be read."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise DocumentError(f"{display(path)}: there is no such file. Check the name.") from None
    except IsADirectoryError:
        raise DocumentError(f"{display(path)}: this is a folder. Name the file in it.") from None
    except OSError as error:
        raise DocumentError(f"{display(path)}: can't be read ({error.strerror}). Check its permissions.") from None


def display(path: Path) -> str:
    """The file's name for messages: short for the ones that come with us."""
    try:
        return str(path.relative_to(resources.root()))
    except (ValueError, FileNotFoundError):
        return str(path)


def _folder(provider: str, folder: Path | None) -> Path:
    folder = folder or resources.specs(provider)
    if not folder.is_dir():
        raise DocumentError(
            f"no documents for `{provider}`: {display(folder)} is no folder. Check the provider's name."
        )
    return folder
