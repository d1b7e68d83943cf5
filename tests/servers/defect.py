"""A defect: the healthy fake with one part of it replaced by one that has a bug, where a real server would have it.

Defects are functions; the decorators of a `Shelf` put them on the list, in order, and say which part they replace. Each
is given the `Ground` it stands on: the healthy part it calls, and a memory that lives as long as its server.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, TypeVar

from mockserver.core.contract import Contract, Match, Operation
from mockserver.core.delivery import Delivery, Sending
from mockserver.core.http import Reply, Request
from mockserver.core.payload import Payload
from mockserver.core.provider import Call, Claim, Moment, Provider
from mockserver.core.text import Json
from mockserver.core.violation import Violation
from mockserver.core.world import Due, Outcome, Store, View
from mockserver.engine.engine import Engine
from mockserver.engine.mounts import Mounts
from mockserver.server.app import App

Name = Literal["livepeer", "restream"]
Where = Name | Literal["both"]


@dataclass
class Ground:
    """The server a defect is in: its engine, the provider as it was before, and what the defect remembers."""

    engine: Engine
    healthy: Provider
    memory: dict[str, Json] = field(default_factory=dict)

    def answer(self, view: View, call: Call, moment: Moment) -> Outcome:
        """As the healthy server answers."""
        return self.healthy.answer(view, call, moment)


Answer = Callable[[Ground, View, Call, Moment], Outcome]
Step = Callable[[Ground, View, Due, Moment], Outcome]
Hear = Callable[[Ground, View, Outcome, Moment], Outcome]
Write = Callable[[Ground, Delivery, int], Sending]
Identify = Callable[[Ground, Request], Claim]
F = TypeVar("F", bound=Callable[..., object])


@dataclass(frozen=True, slots=True)
class Defect:
    """`name` is in kebab case, `about` one sentence, `alters` the file and function a real server would have it in.

    `bend` puts it into an engine. `wire` is what it makes of the wire.
    """

    name: str
    provider: Where
    about: str
    alters: str
    bend: Callable[[Engine], None]
    wire: type[App] = App

    @property
    def providers(self) -> tuple[Name, ...]:
        return ("livepeer", "restream") if self.provider == "both" else (self.provider,)

    def __str__(self) -> str:
        return self.name


class Lenient:
    """A contract by which a server never looks at its own replies, as most don't."""

    def __init__(self, inner: Contract) -> None:
        self._inner = inner

    @property
    def operations(self) -> Mapping[str, Operation]:
        return self._inner.operations

    def match(self, method: str, path: str) -> Match | None:
        return self._inner.match(method, path)

    def check_request(self, match: Match, request: Request, payload: Payload) -> tuple[Violation, ...]:
        return self._inner.check_request(match, request, payload)

    def check_reply(self, operation: Operation, reply: Reply) -> tuple[Violation, ...]:
        return ()


def put_in(engine: Engine, name: Name, part: str, made: Callable[[Ground], object]) -> None:
    """Replace one function of a provider's record in a server that is about to start."""
    service = engine.services[name]
    ground = Ground(engine, service.provider)
    changed: Json = {part: made(ground)}
    if part in ("hear", "write"):
        assert service.provider.webhooks is not None
        changed = {"webhooks": replace(service.provider.webhooks, **changed)}
    provider = replace(service.provider, **changed)
    engine.services[name] = replace(service, provider=provider, contract=Lenient(service.contract))
    engine._mounts = Mounts([(one.provider.mounts, one) for one in engine.services.values()])


class Shelf:
    """The list of defects."""

    def __init__(self) -> None:
        self.all: list[Defect] = []

    def _part(self, provider: Where, alters: str, part: str) -> Callable[[F], F]:
        def add(found: F) -> F:
            def bend(engine: Engine) -> None:
                for name in (one for one in names if one in engine.services):
                    put_in(engine, name, part, lambda ground: _on(found, ground))

            names: tuple[Name, ...] = ("livepeer", "restream") if provider == "both" else (provider,)
            self.add(found, provider, alters, bend)
            return found

        return add

    def add(self, found: Callable[..., object], provider: Where, alters: str, bend: Callable[[Engine], None]) -> Defect:
        """A defect named after a function or class, described by its docstring."""
        about = " ".join((found.__doc__ or "").split())
        defect = Defect(found.__name__.replace("_", "-"), provider, about, alters, bend)
        self.all.append(defect)
        return defect

    def answer(self, provider: Where, alters: str) -> Callable[[Answer], Answer]:
        """Another answer to calls."""
        return self._part(provider, alters, "answer")

    def step(self, provider: Where, alters: str) -> Callable[[Step], Step]:
        """Another step of a job."""
        return self._part(provider, alters, "step")

    def hear(self, provider: Where, alters: str) -> Callable[[Hear], Hear]:
        """Other deliveries of what happened."""
        return self._part(provider, alters, "hear")

    def write(self, provider: Where, alters: str) -> Callable[[Write], Write]:
        """Another request of a delivery."""
        return self._part(provider, alters, "write")

    def claim(self, provider: Where, alters: str) -> Callable[[Identify], Identify]:
        """Another reading of whose a request is."""
        return self._part(provider, alters, "claim")

    def store(self, provider: Where, alters: str) -> Callable[[type], type]:
        """A class that wraps the store."""

        def add(found: type) -> type:
            def bend(engine: Engine) -> None:
                engine.store = found(engine.store)

            self.add(found, provider, alters, bend)
            return found

        return add

    def wire(self, provider: Where, alters: str) -> Callable[[type[App]], type[App]]:
        """Another wire."""

        def add(found: type[App]) -> type[App]:
            defect = self.add(found, provider, alters, lambda engine: None)
            self.all[-1] = replace(defect, name=_kebab(found.__name__), wire=found)
            return found

        return add


def _kebab(name: str) -> str:
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("-")


def _on(found: Callable[..., object], ground: Ground) -> Callable[..., object]:
    def with_ground(*words: object) -> object:
        return found(ground, *words)

    return with_ground


shelf = Shelf()
__all__ = ["Defect", "Ground", "Shelf", "Store", "shelf"]
