"""A spot in a document: a JSON value and the pointer under which it is written, `$ref`s followed on request.

Knows JSON pointers and local references. Refuses references to other files: a contract is one document.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote

from mockserver.core.text import Json, resolve
from mockserver.errors import DocumentError


def escape(part: str | int) -> str:
    """One part of a JSON Pointer (RFC 6901)."""
    return str(part).replace("~", "~0").replace("/", "~1")


def target(reference: str, where: str) -> str:
    """The JSON Pointer a local reference means: `#/components/schemas/a%20b` is `/components/schemas/a b`."""
    if reference == "#" or reference.startswith("#/"):
        return unquote(reference[1:])
    raise DocumentError(
        f"{where}: `$ref: {reference}` is no pointer into this document. "
        "Only references such as `#/components/...` can be followed: copy what it points at into `components`."
    )


@dataclass(frozen=True, slots=True)
class Spot:
    """`value` is what stands at `pointer` of `root`."""

    root: Json = field(repr=False)
    pointer: str
    value: Json = field(repr=False)

    @classmethod
    def of(cls, root: Json, pointer: str = "") -> Spot:
        """The spot under a pointer. Raises DocumentError where nothing is."""
        try:
            return cls(root, pointer, resolve(root, pointer))
        except KeyError:
            raise DocumentError(f"{pointer or '/'}: nothing is there; correct the reference to it.") from None

    def child(self, part: str | int) -> Spot | None:
        """What is directly under a key or index, references not followed."""
        value = self.value
        if isinstance(value, dict):
            if part not in value:
                return None
        elif not (isinstance(value, list) and isinstance(part, int) and 0 <= part < len(value)):
            return None
        return Spot(self.root, f"{self.pointer}/{escape(part)}", value[part])

    def at(self, *parts: str | int) -> Spot | None:
        """What is under the parts, with the reference at each step followed."""
        spot: Spot | None = self
        for part in parts:
            spot = spot.child(part) if spot else None
            spot = spot.followed() if spot else None
        return spot

    def followed(self) -> Spot:
        """The spot a Reference Object leads to; itself when this is none. Raises DocumentError for a circle."""
        spot, seen = self, {self.pointer}
        while isinstance(spot.value, dict) and isinstance(spot.value.get("$ref"), str):
            pointer = target(spot.value["$ref"], spot.pointer)
            if pointer in seen:
                raise DocumentError(f"{self.pointer}: the references there go round in a circle.")
            seen.add(pointer)
            spot = Spot.of(self.root, pointer)
        return spot

    def items(self) -> Iterator[tuple[str, Spot]]:
        """Name and spot of each child of an object, references followed."""
        if isinstance(self.value, dict):
            for name in self.value:
                child = self.at(name)
                if child is not None:
                    yield name, child

    def entries(self) -> Iterator[Spot]:
        """Each element of an array, references followed."""
        if isinstance(self.value, list):
            for index in range(len(self.value)):
                child = self.at(index)
                if child is not None:
                    yield child
