"""A provider with its contract, and what it decides of a call: checked before it is committed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mockserver.core.contract import Contract, Samples
from mockserver.core.provider import Call, Moment, Provider
from mockserver.core.secrecy import NO_NAMES, SecretNames
from mockserver.core.violation import Violation
from mockserver.core.world import Outcome, View
from mockserver.engine.blunder import broke_contract
from mockserver.engine.lifecycle import heard
from mockserver.engine.worlds import Home


@dataclass(frozen=True, slots=True)
class Service:
    """A provider and its contract: what is served under the provider's mounts.

    `unmatched` explains a method and path the document has nothing for; it is asked when the provider refused it.
    `secrets` are the names of what the document does not want seen, `samples` the replies it has in store.
    """

    provider: Provider
    contract: Contract
    unmatched: Callable[[str, str], Violation] | None = None
    secrets: SecretNames = NO_NAMES
    samples: Samples | None = None


class Behind(Exception):
    """Steps are due that must come before this decision."""


class Decision:
    """What a provider answers, checked before it is committed: a reply that breaks the contract changes nothing."""

    __slots__ = ("call", "home", "now", "service")

    def __init__(self, service: Service, home: Home, call: Call, now: int) -> None:
        self.service = service
        self.home = home
        self.call = call
        self.now = now

    def decide(self, view: View) -> Outcome:
        due = view.next_due()
        if due is not None and due.at <= self.now:
            raise Behind
        home, call = self.home, self.call
        chance = home.chance.child("call", view.serial)
        moment = Moment(self.now, chance, home.readings, home.pace, call.request.origin, home.world.name)
        outcome = self.service.provider.answer(view, call, moment)
        if call.operation is not None:
            violations: tuple[Violation, ...] = self.service.contract.check_reply(call.operation, outcome.reply)
            if violations:
                raise broke_contract(call.operation.id, violations)
        return heard(self.service.provider, view, outcome, moment, home.keeper)
