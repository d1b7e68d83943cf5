"""Whether a fault makes sense for the APIs that are served: providers, operations, paths and statuses there are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Protocol

from mockserver.core.contract import Contract
from mockserver.core.fault import Fault
from mockserver.core.mishap import Deliveries
from mockserver.core.provider import Provider
from mockserver.errors import unknown

# Any gateway in front of any API says these, whatever its document lists.
GATEWAY: Final = frozenset({408, 429, 500, 502, 503, 504})


class Checked(Protocol):
    """A provider with its contract."""

    @property
    def provider(self) -> Provider: ...

    @property
    def contract(self) -> Contract: ...


def problems(fault: Fault, services: Mapping[str, Checked]) -> Iterator[tuple[str, str]]:
    """What it names that isn't served, as (JSON pointer, sentence with the nearest name).

    A status that the document doesn't have for an operation is refused if the fault names that operation; a fault that
    names none may say any, in the provider's error shape.
    """
    if fault.deliveries is not None:
        yield from _of_deliveries(fault.deliveries, services)
        return
    calls = fault.calls
    if calls.provider is not None and calls.provider not in services:
        yield "/calls/provider", unknown("provider", calls.provider, services)
        return
    served = [services[calls.provider]] if calls.provider is not None else list(services.values())
    known = {id: service for service in served for id in service.contract.operations}
    for id in calls.operations:
        if id not in known:
            yield "/calls/operation", unknown("operation", id, known)
        else:
            yield from _of_operation(fault, id, known[id])
    if calls.path is not None and "{" in calls.path:
        paths = {operation.path for service in served for operation in service.contract.operations.values()}
        if calls.path not in paths:
            yield "/calls/path", unknown("path", calls.path, paths)
    if fault.effect.job is not None and not calls.operations:
        yield from _no_jobs(served)


def _of_deliveries(about: Deliveries, services: Mapping[str, Checked]) -> Iterator[tuple[str, str]]:
    known = {name: service.provider.webhooks for name, service in services.items()}
    telling = {name: webhooks for name, webhooks in known.items() if webhooks is not None}
    if about.provider is not None and about.provider not in services:
        yield "/deliveries/provider", unknown("provider", about.provider, services)
    elif about.provider is not None and about.provider not in telling:
        others = ", ".join(telling) or "nor does any other that is served"
        yield "/deliveries/provider", f"{about.provider} has no webhooks; name one that has: {others}"
    elif not telling:
        yield "/deliveries", "no API that is served has webhooks"
    else:
        meant = telling if about.provider is None else {about.provider: telling[about.provider]}
        listed = {event for webhooks in meant.values() for event in webhooks.events}
        for event in about.events if listed else ():
            if event not in listed:
                yield "/deliveries/event", unknown("event", event, listed)


def _of_operation(fault: Fault, id: str, service: Checked) -> Iterator[tuple[str, str]]:
    status = fault.effect.status
    if status is not None and status.code not in GATEWAY:
        known = service.contract.operations[id].statuses
        wanted = {str(status.code), f"{status.code // 100}XX", "DEFAULT"}
        if wanted.isdisjoint(name.upper() for name in known):
            listed = ", ".join(known)
            yield (
                "/status",
                (
                    f"the document has no {status.code} for {id}; it has {listed}. Take one of them, or one that any "
                    f"gateway says ({', '.join(map(str, sorted(GATEWAY)))}), or leave `calls.operation` out"
                ),
            )
    if fault.effect.job is not None and id not in service.provider.jobs:
        jobs = ", ".join(sorted(service.provider.jobs)) or "none of its operations does"
        yield "/job", f"{id} begins no job ({service.provider.name}: {jobs}); name one that does"


def _no_jobs(served: Sequence[Checked]) -> Iterator[tuple[str, str]]:
    if not any(service.provider.jobs for service in served):
        yield "/job", "no operation that is served begins a job; leave `job` out"
