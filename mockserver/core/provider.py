"""A provider: an API being faked, as a record of pure functions over (view, call, moment)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from mockserver.core.chance import Chance
from mockserver.core.contract import Operation
from mockserver.core.delivery import Answered, Delivery, Sending, Verdict
from mockserver.core.http import Reply, Request
from mockserver.core.payload import Payload
from mockserver.core.text import Json, Record
from mockserver.core.value import valueclass
from mockserver.core.violation import Violation
from mockserver.core.world import Change, Due, Kind, Outcome, View

if TYPE_CHECKING:
    from mockserver.core.fault import Job

HELD: float = 0.0


@valueclass(frozen=True, slots=True)
class Moment:
    """When and under which conditions a provider decides.

    `now` is in Unix ms. `chance` belongs to this call or step alone. `readings` maps a reading's name (without the
    provider's prefix) to the chosen option. `pace` is how much faster than life jobs go: 0 means the clock stands
    still until it is moved and jobs take their real length of moved time, infinity means at once. `origin` is this
    server's base URL. `world` is the world's name within its provider. `until`, if later than `now`, says that nobody
    looks at the world before: a step may then be taken together with those of the same record that are due by then.
    """

    now: int
    chance: Chance
    readings: Mapping[str, str] = field(default_factory=dict)
    pace: float = 1.0
    origin: str = "http://127.0.0.1"
    world: str = ""
    until: int = 0

    def at(self, now: int) -> Moment:
        """The same at another instant."""
        return Moment(now, self.chance, self.readings, self.pace, self.origin, self.world, self.until)

    def lasting(self, duration: int) -> int:
        """How long (ms of the clock) something takes that lasts `duration` ms in life."""
        return duration if self.pace == HELD else int(duration / self.pace)


@valueclass(frozen=True, slots=True)
class Call:
    """A request as the provider gets it: matched, read and checked.

    `operation` is None when nothing matched. `path` holds the path parameters. `violations` are the client's, in
    document order; the provider decides which of them its client gets to hear, and in which words. `job` is what a
    fault makes of the job the call begins, if it begins one.
    """

    request: Request
    payload: Payload
    operation: Operation | None = None
    path: Mapping[str, str] = field(default_factory=dict)
    violations: tuple[Violation, ...] = ()
    job: Job | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """How a request says which world it belongs to, tried in this order.

    `owned` are (kind, index, key) looked up in public indexes. `key` is a credential; with the `test_` form it owns a
    private world, made on first sight: `test_<name>` and `test_<name>+<role>` live in the world `test_<name>`.
    Nothing found: the provider's start world.
    """

    owned: tuple[tuple[str, str, str], ...] = ()
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Verb:
    """Something that happens to a world without a call of its API: a stream goes on air, a quota is used up.

    `about` is one sentence. `schema` is the JSON Schema (2020-12) of what it takes, an object whose `examples` work in
    the default world. `act` is given an object of that schema and says in its reply (JSON) what came of it; it raises
    ValueError("/pointer: reason") for what the schema can't know.
    """

    name: str
    about: str
    schema: Json
    act: Callable[[View, Json, Moment], Outcome]


def plain_refusal(status: int, text: str) -> Reply:
    """An error in the shape most APIs read: `{"errors": [text]}`."""
    return Reply.json(status, {"errors": [text]})


@dataclass(frozen=True, slots=True)
class ProseRule:
    """A rule of a request body that the document tells in words alone, so that no schema refuses what breaks it.

    `broken` are bodies that break this rule and no other; their sources are in the provider's default world. `document`
    is where it is told (a JSON Pointer into the effective document). `status` is the provider's answer, None when it
    accepts the request and fails later.
    """

    id: str
    operation: str
    sentence: str
    document: str
    broken: tuple[Json, ...]
    status: int | None = None


@dataclass(frozen=True, slots=True)
class Webhooks:
    """How an API tells its subscribers what happened, as a record of pure functions.

    listens  whether anybody in the world waits to be told anything
    hear     an outcome that has notices, with the deliveries and changes these come to; part of the same transaction
    write    the request of a delivery's next attempt, sent at an instant (Unix ms)
    judge    how the delivery stands after such an answer; retries wait in ms of life, so `pace` scales them like jobs
    note     what the world keeps of the delivery's last attempt, its own log; the reply is ignored
    events   the names of what it tells of; none if nobody listed them
    """

    listens: Callable[[View], bool]
    hear: Callable[[View, Outcome, Moment], Outcome]
    write: Callable[[Delivery, int], Sending]
    judge: Callable[[Delivery, Answered], Verdict]
    note: Callable[[View, Delivery, Moment], Outcome]
    events: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Provider:
    """Everything the engine needs to fake an API.

    mounts      path prefixes that are this provider's (`/api`); the longest prefix wins among providers
    kinds       what its worlds hold
    simulated   the operationIds it answers; the document's others are named in `not_simulated`
    claim       which world a request belongs to
    answer      the reply to a call, with its changes and notices; called for unmatched calls too
    step        one due lifecycle step, at its own instant (`moment.now == due.at`); its reply is ignored
    seed        a world document's section to records, for the world `name`; raises ValueError("pointer: reason")
    world_schema  JSON Schema of that section
    body_limit  bytes of request body it reads
    verbs       what can be made to happen to a world from outside, by name
    refuse      the provider's shape for what only the wire can see: broken HTTP (400), a stalled body (408)
    say         a reply that says a value, with the headers the provider's replies have
    jobs        the operationIds that begin a job and do with it what `Call.job` says
    webhooks    how it tells subscribers what happened; None if it tells nobody
    specs       the folder of its openapi.yaml, overlay.yaml and readings.yaml; None for the two that come with us
    prose       rules of requests that its document tells in words alone
    """

    name: str
    title: str
    mounts: tuple[str, ...]
    kinds: Mapping[str, Kind]
    simulated: frozenset[str]
    claim: Callable[[Request], Claim]
    answer: Callable[[View, Call, Moment], Outcome]
    step: Callable[[View, Due, Moment], Outcome]
    seed: Callable[[Record, str, Moment], Iterable[Change]]
    world_schema: Json
    body_limit: int
    not_simulated: Mapping[str, str] = field(default_factory=dict)
    refuse: Callable[[int, str], Reply] = plain_refusal
    say: Callable[[int, Json], Reply] = Reply.json
    jobs: frozenset[str] = frozenset()
    verbs: Mapping[str, Verb] = field(default_factory=dict)
    webhooks: Webhooks | None = None
    specs: Path | None = None
    prose: tuple[ProseRule, ...] = ()
