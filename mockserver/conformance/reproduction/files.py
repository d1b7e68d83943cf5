"""The reproductions of a report as files: a script and a test for each finding, named after it."""

from __future__ import annotations

import re
from pathlib import Path

from mockserver.conformance.finding import Finding, Report
from mockserver.conformance.reproduction.shell import script
from mockserver.conformance.reproduction.test_file import module, test_name
from mockserver.errors import StartError


def write(report: Report, folder: Path) -> list[Path]:
    """What was written: for each finding with calls `NAME.sh`, and `test_NAME.py` if a test can see it in the replies.

    Raises StartError if it can't be.
    """
    written: list[Path] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        taken: set[str] = set()
        for finding in report.findings:
            if not finding.steps:
                continue
            name = file_name(finding, taken)
            for path, text in ((folder / f"test_{name}.py", module(finding)), (folder / f"{name}.sh", script(finding))):
                if text:
                    path.write_text(text, "utf-8", newline="\n", errors="backslashreplace")
                    written.append(path)
            written[-1].chmod(0o755)
    except OSError as error:
        raise StartError(f"--reproductions: {folder} can't be written: {error.strerror}. Name another folder") from None
    return written


def file_name(finding: Finding, taken: set[str]) -> str:
    """A name for a finding's files that is not taken yet; takes it."""
    plain = re.sub(r"_+", "_", test_name(finding))
    name, number = plain, 2
    while name in taken:
        name, number = f"{plain}_{number}", number + 1
    taken.add(name)
    return name
