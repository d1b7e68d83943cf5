"""Named plans: faults that belong together, in `fixtures/faults/*.yaml`, one file for each thing a client may fear."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from mockserver import resources
from mockserver.contract.yaml_text import Document, load_yaml
from mockserver.core.fault import Fault
from mockserver.core.text import Json, pointer
from mockserver.engine.fault_reader import FaultError, fault_from
from mockserver.errors import DocumentError, unknown

_PARTS: Final = ("about", "faults")


@dataclass(frozen=True, slots=True)
class FaultPlan:
    """`name` is that of its file; `about` what a client has to fear, and what it sees."""

    name: str
    about: str
    faults: tuple[Fault, ...]

    def to_json(self) -> dict[str, Json]:
        """`{"name", "about", "faults": [...]}`."""
        return {"name": self.name, "about": self.about, "faults": [fault.to_json() for fault in self.faults]}


def read_plan(text: str | bytes, source: str, name: str) -> FaultPlan:
    """A plan: `{about, faults: [...]}`. Raises DocumentError with all that is wrong, each with file, line and field."""
    document = load_yaml(text, source)
    value = document.value
    if not isinstance(value, dict):
        raise DocumentError(_said(document, "", f"expected a mapping with {', '.join(_PARTS)}"))
    wrong = [
        _said(document, pointer([key]), unknown("part of a plan", key, _PARTS)) for key in value if key not in _PARTS
    ]
    about = value.get("about")
    if not isinstance(about, str) or not about.strip():
        wrong.append(
            _said(document, "/about" if "about" in value else "", "`about` must say what it is for, as a text")
        )
    listed = value.get("faults")
    if not isinstance(listed, list) or not listed:
        wrong.append(_said(document, "/faults" if "faults" in value else "", "`faults` must be a list of faults"))
        listed = []
    faults = []
    for index, each in enumerate(listed):
        try:
            faults.append(fault_from(each))
        except FaultError as error:
            wrong += [_said(document, f"/faults/{index}{where}", what) for where, what in error.problems]
    if wrong:
        raise DocumentError("\n".join(wrong))
    return FaultPlan(name, " ".join(str(about).split()), tuple(faults))


@cache
def plans() -> Mapping[str, FaultPlan]:
    """The plans that come with us, by name. Raises DocumentError."""
    files = sorted((resources.fixtures() / "faults").glob("*.yaml"))
    return {file.stem: read_plan(file.read_bytes(), _shown(file), file.stem) for file in files}


@cache
def named_faults() -> Mapping[str, Fault]:
    """The named faults of all plans, by name."""
    return {fault.name: fault for plan in plans().values() for fault in plan.faults if fault.name is not None}


def _shown(file: Path) -> str:
    return str(file.relative_to(resources.root()))


def _said(document: Document, where: str, what: str) -> str:
    place = document.place(where)
    return f"{place.source}:{place.line}: {where or '/'}: {what}"
