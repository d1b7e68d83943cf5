"""Replies that hold for a block: a drawn one for a client under test, gone again when the block ends."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING

from mockserver.core.http import Reply
from mockserver.core.text import Json

if TYPE_CHECKING:
    from mockserver.testing.mock import Mock


class Replying:
    """`with mock.replying("createClip", reply): ...`; entering again lays the reply ready again."""

    def __init__(
        self, mock: Mock, operation: str, reply: Reply | Json, status: int, headers: Mapping[str, str] | None
    ) -> None:
        self._mock = mock
        self._operation = operation
        self._reply = reply
        self._status = status
        self._headers = headers

    def __enter__(self) -> None:
        self._mock.next_reply(self._operation, self._reply, status=self._status, headers=self._headers)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._mock.take_back(self._operation)
