"""Introduces everyone to everyone: settings in, an engine out. Reads the files a server needs, and nothing later."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from mockserver import __version__, resources
from mockserver.contract.check import CompiledContract, compile_contract
from mockserver.contract.document import effective
from mockserver.contract.readings import load_readings
from mockserver.contract.samples import DocumentSamples
from mockserver.contract.secrecy import secret_names
from mockserver.control.control import Control
from mockserver.control.desk import Shelf
from mockserver.core.peers import Transport
from mockserver.core.provider import Provider
from mockserver.core.reading import Reading
from mockserver.core.secrecy import SecretNames
from mockserver.core.text import Json
from mockserver.core.world import Store, StoreError
from mockserver.engine.claims import others
from mockserver.engine.clock import Clock
from mockserver.engine.documents import Seed, WorldDocument, read_world, world_of
from mockserver.engine.engine import ENTRIES, Engine, Service
from mockserver.engine.journal import Journal
from mockserver.engine.kept import kinds_of
from mockserver.engine.ports import Ports
from mockserver.engine.readings import refuse, settle
from mockserver.engine.sharing import Sharing
from mockserver.engine.worlds import MOST_PRIVATE, Terms, Worlds
from mockserver.errors import UsageError, WorldError, WorldMissing, unknown
from mockserver.providers import registry
from mockserver.server import entropy, realtime
from mockserver.server.order import Order
from mockserver.settings import Settings
from mockserver.stores.opening import store_at

DEFAULT_WORLD: Final = "default"

log = logging.getLogger("mockserver")


def build_engine(
    settings: Settings,
    *,
    now: Callable[[], int] | None = None,
    ports: Ports | None = None,
    most_private: int = MOST_PRIVATE,
) -> Engine:
    """A server but for the wire; `await engine.open(url)` before the first request.

    `now` is the source of real milliseconds. Two engines share compiled documents and nothing that changes. Raises
    UsageError, DocumentError or WorldError.
    """
    providers = tuple(registry.find(settings.providers))
    if not providers:
        raise UsageError("no provider to serve: name one, or leave the names out to serve all")
    readings = tuple(reading for provider in providers for reading in _readings(provider))
    refused = refuse(settings.readings, readings)
    if refused is not None:
        raise UsageError(f"--reading {refused[0]}: {refused[1]}")
    document = world_document(settings.world, settings.providers)
    clock = Clock(now or realtime.milliseconds(), settings.at, frozen=settings.pace == 0)
    store = store_at(settings.store, kinds_of(providers), __version__, realtime.nap)
    terms = Terms(
        settings.seed,
        settings.pace,
        {
            provider.name: settle(provider.name, readings, document.readings, settings.readings)
            for provider in providers
        },
        readings,
        settings.readings,
        settings.at,
        settings.world_ttl,
    )
    seeds = {provider.name: _seed(provider, document, settings) for provider in providers}
    return Engine(
        [_service(provider) for provider in providers],
        store=store,
        worlds=Worlds(store, clock, seeds, terms, most_private=most_private),
        clock=clock,
        journal=Journal(settings.journal_entries, settings.journal_bytes),
        entries=ENTRIES if settings.admin else "",
        seed=settings.seed,
        ports=ports or Ports(blundered=log_blunder, stopwatch=realtime.stopwatch),
    )


def share(engine: Engine, settings: Settings, order: Order | None) -> None:
    """Let what is set on one server hold on all that share its store: workers of a port, and whoever is on Redis.

    They ask each other for what each remembers: through Redis if that is what they share, else by sockets.
    """
    local = settings.store.startswith(("memory:", "sqlite:"))
    if order is None and local:
        return
    from mockserver.server.mesh import Mesh  # most servers are alone

    name = entropy.token() if order is None else order.name
    crew, place, dead = ("", 0, ()) if order is None else (order.crew, order.place, order.dead)
    at = "" if order is None or order.socket is None else str(order.socket)
    Sharing(engine, name, dead, crew=crew, place=place, at=at)
    transport: Transport
    if local:
        from mockserver.server.peer_sockets import Sockets
        from mockserver.server.processes import is_orphan

        transport = Sockets(Path(at), is_orphan)
    else:
        from mockserver.stores.redis_peers import RedisPeers

        transport = RedisPeers(settings.store, name)
    engine.peers = Mesh(transport, lambda: others(engine), crew, blundered=engine.ports.blundered)


def store_of(settings: Settings) -> Store:
    """Where worlds are kept, those of all providers that are installed; nothing is opened yet."""
    return store_at(settings.store, kinds_of(registry.find(registry.names())), __version__, realtime.nap)


def build_control(engine: Engine, settings: Settings) -> Control | None:
    """The control API of an engine; None if there is to be none."""
    return Control(engine, settings.admin_token, _shelf(engine)) if settings.admin else None


def _shelf(engine: Engine) -> Shelf:
    """World documents for what an engine serves. No name leads to a file but those of the worlds that come with us."""
    providers = [service.provider for service in engine.services.values()]

    def named(name: str) -> WorldDocument:
        known = {path.stem: path for path in (resources.fixtures() / "worlds").glob("*.yaml")}
        if name not in known:
            raise WorldMissing(unknown("world", name, known))
        return checked(known[name].read_bytes(), _shown(known[name]), name)

    def read(value: Json) -> WorldDocument:
        if isinstance(value, str):
            return checked(value, "the world document", "own")
        known = engine.worlds.terms.known
        return world_of(
            value, "the world document", "own", providers=providers, installed=registry.names, readings=known
        )

    def checked(text: str | bytes, source: str, name: str) -> WorldDocument:
        known = engine.worlds.terms.known
        return read_world(text, source, name, providers=providers, installed=registry.names, readings=known)

    return Shelf(named, read)


def log_blunder(error: Exception) -> None:
    """Our own bugs, with their traceback, and a store that is out of reach, which is none."""
    log.error("%s", error, exc_info=None if isinstance(error, StoreError) else error)


def world_document(world: str, providers: tuple[str, ...]) -> WorldDocument:
    """A named world or a world file, checked for these providers. Raises WorldError."""
    path = world_path(world)
    try:
        changed = path.stat().st_mtime_ns
    except OSError as error:
        raise WorldError(f"{path}: the world file can't be read ({error.strerror}). Check its name.") from None
    return _world_document(path, changed, tuple(dict.fromkeys(providers)))


def world_path(world: str) -> Path:
    """Where a world is written down: a name means one that comes with us. Raises UsageError with the nearest name."""
    path = Path(world)
    if path.suffix in (".yaml", ".yml", ".json") or len(path.parts) > 1:
        return path
    folder = resources.fixtures() / "worlds"
    named = folder / f"{world}.yaml"
    if not named.is_file():
        known = [file.stem for file in folder.glob("*.yaml")]
        raise UsageError(f"{unknown('world', world, known)}. A world file of your own needs its suffix: {world}.yaml")
    return named


@lru_cache(maxsize=16)
def _world_document(path: Path, changed: int, providers: tuple[str, ...]) -> WorldDocument:
    try:
        text = path.read_bytes()
    except OSError as error:
        raise WorldError(f"{path}: the world file can't be read ({error.strerror}). Check its name.") from None
    found = registry.find(providers)
    readings = [reading for provider in found for reading in _readings(provider)]
    # A start world is never mistaken for a private one, whatever its file is called.
    name = f"world-{path.stem}" if path.stem.startswith("test_") else path.stem
    return read_world(text, _shown(path), name, providers=found, installed=registry.names, readings=readings)


def _shown(path: Path) -> str:
    return str(path.relative_to(resources.root())) if path.is_relative_to(resources.root()) else str(path)


def _readings(provider: Provider) -> tuple[Reading, ...]:
    return load_readings(provider.name, provider.specs)


def _service(provider: Provider) -> Service:
    contract, secrets = _contract(provider.name, provider.specs)
    samples = _samples(provider.name, provider.specs)
    return Service(provider, contract, contract.unmatched, secrets, samples)


@cache
def _contract(provider: str, specs: Path | None) -> tuple[CompiledContract, SecretNames]:
    document = effective(provider, specs).value
    return compile_contract(document), secret_names(document)


@cache
def _samples(provider: str, specs: Path | None) -> DocumentSamples:
    return DocumentSamples(effective(provider, specs).value)


def _seed(provider: Provider, document: WorldDocument, settings: Settings) -> Seed:
    """A provider its world file says nothing of starts as in the default world; one that has no part there, empty."""
    section = document.section(provider.name)
    if section is None and document.name != DEFAULT_WORLD:
        document = world_document(DEFAULT_WORLD, settings.providers)
        section = document.section(provider.name)
    return Seed(provider, document, section if section is not None else {})
