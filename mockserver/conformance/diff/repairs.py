"""An overlay tried on a new version of the document it was made for: which actions find nothing to repair."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mockserver.conformance.finding import Finding
from mockserver.contract import overlay
from mockserver.contract.places import Document


def repaired(document: Document, repairs: Document) -> tuple[Document, list[Finding]]:
    """The document with what can be repaired in it, and a finding for each action that can't be carried out.

    Raises DocumentError for what is no overlay.
    """
    whole, refused = overlay.try_out(document, repairs)
    return whole, list(_findings(repairs, refused))


def _findings(repairs: Document, refused: Mapping[int, str]) -> Iterator[Finding]:
    for index, why in refused.items():
        action = repairs.value["actions"][index]
        place = repairs.place(f"/actions/{index}")
        about = str(action.get("description") or "").strip()
        yield Finding(
            rule="overlay-action-unmatched",
            party="server",
            title=f"Action {index} of {repairs.source} can't be carried out any more: {action['target']}",
            evidence="\n".join(part for part in (f"{place}:{place.column}", why, about) if part),
            level="warning",
        )
