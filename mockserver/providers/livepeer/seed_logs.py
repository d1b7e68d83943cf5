"""What webhooks were sent before a world began, from its document."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from mockserver.core.delivery import Answered, Attempt
from mockserver.core.http import REASONS
from mockserver.core.provider import Moment
from mockserver.core.text import Record
from mockserver.core.world import Change, Put
from mockserver.providers.livepeer.deliveries import delivery_of, write
from mockserver.providers.livepeer.stored import jsonb
from mockserver.providers.livepeer.webhooklog import written

HOUR: Final = 3_600_000
TOOK: Final = 91_000


def log_entries(
    said: Sequence[Record], webhooks: Mapping[str, Record], moment: Moment, at: Callable[[int | None, int], int]
) -> Iterator[Change]:
    """The entries of a world document. `at` makes an instant of a time of the document, or of another one."""
    for index, entry in enumerate(said):
        hook = webhooks.get(entry["webhook"])
        if hook is None:
            raise ValueError(f"/webhookLogs/{index}/webhook: there is no webhook {entry['webhook']}")
        event_id = moment.chance.child("event", entry["id"]).uuid()
        sent = at(entry.get("created"), -HOUR)
        delivery = delivery_of(entry["id"], event_id, entry["event"], sent, entry.get("payload", {}), hook)
        status = entry.get("status", 200)
        answered = Answered(status, _phrase(status), microseconds=TOOK)
        doc = jsonb(written(entry["id"], delivery, Attempt(sent, write(delivery, sent), answered)))
        yield Put("log", entry["id"], {"doc": doc, "number": index})
    if said:
        yield Put("mail", "mail", {"events": 0, "entries": len(said)})


def _phrase(status: int) -> str:
    return REASONS.get(status, "")
