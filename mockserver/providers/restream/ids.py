"""Ids as clients send them: the shape of a UUID, and what is done with anything else."""

from __future__ import annotations

import re
from typing import Final

from mockserver.core.http import Reply
from mockserver.core.provider import Moment
from mockserver.providers.restream.errors import application_error
from mockserver.providers.restream.readings import reading

# Any version and variant: the documentation's own samples are not all of version 4.
UUID_PATTERN: Final = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_UUID: Final = re.compile(UUID_PATTERN)


def path_id(text: str, moment: Moment) -> str | Reply | None:
    """The id as records have it; None for one that nothing can have; or the error for no id at all."""
    if not _UUID.fullmatch(text):
        return application_error(400, "InvalidPathParams") if reading(moment, "malformed-id") == "400" else None
    return recorded_id(text, moment)


def recorded_id(uuid: str, moment: Moment) -> str:
    """The id as records have it: in lower case."""
    return uuid.lower() if reading(moment, "id-case") == "folded" else uuid
