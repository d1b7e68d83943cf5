"""Where Schemathesis accuses and the document, or HTTP, says that the server is right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockserver.conformance.subject import Subject

if TYPE_CHECKING:
    from schemathesis.core.failures import Failure
    from schemathesis.core.transport import Response
    from schemathesis.generation.case import Case


def is_guilty(subject: Subject, failure: Failure, case: Case, response: Response) -> bool:
    return True
