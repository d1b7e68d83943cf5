"""What a run made and how it is removed again; and that no call of a library's choice harms what was there before.

Knows documents, ids and sessions, and no rule.
"""

from __future__ import annotations

from mockserver.conformance.ids import Id, place
from mockserver.conformance.session import READS, Session
from mockserver.contract.check import CompiledContract
from mockserver.core.contract import Operation
from mockserver.core.http import Request


class Tidying:
    """Remembers the ids of what was made, and has the session remove it in the end."""

    def __init__(self, contract: CompiledContract) -> None:
        self._contract = contract
        self._made: set[tuple[str, tuple[str, ...]]] = set()
        self._removers = {
            place(operation): operation
            for operation in contract.operations.values()
            if operation.method == "DELETE" and operation.path.endswith("}")
        }

    def made(self, session: Session, operation: Operation, id: Id) -> None:
        """Something of this id was made, to be found at the operation's path."""
        where = place(operation)
        if (where, id.values) in self._made:
            return
        self._made.add((where, id.values))
        remover = self._removers.get(where)
        what = f"{_noun(where)} {'/'.join(id.values)}"
        if remover is None:
            if where == f"{id.step.request.path.rstrip('/')}/{{}}":
                session.stays(what)
            return
        names = [part.partition("}")[0] for part in remover.path.split("{")[1:]]
        request = session.subject.request(remover, path=dict(zip(names, id.values, strict=True)))
        session.undo_with(request, what)

    def may(self, request: Request, *, free: bool) -> bool:
        """Whether a call may be made: it reads, it makes something new, or it is about what this run made.

        `free` says that nothing of anybody's is there: the account is a fake's private one.
        """
        if free or request.method in READS:
            return True
        match = self._contract.match(request.method, request.path)
        if match is None or not match.path:
            return True
        return (place(match.operation), tuple(match.path.values())) in self._made


def _noun(where: str) -> str:
    """What is at a place: `asset` for `/api/asset/{}`."""
    words = [word for word in where.split("/") if word and word != "{}"]
    return words[-1].removesuffix("s") if words else "thing"
