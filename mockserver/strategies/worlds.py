"""World documents of a provider, as far as its JSON Schema says what they are."""

from __future__ import annotations

from hypothesis import reject
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument
from hypothesis.strategies import DrawFn

from mockserver.contract.schema import Shape
from mockserver.contract.spot import Spot
from mockserver.core.provider import Provider
from mockserver.core.text import Json, Record
from mockserver.errors import UsageError
from mockserver.providers import registry
from mockserver.strategies.facts import Grammar
from mockserver.strategies.source import Drawn
from mockserver.strategies.values import Values


@st.composite
def worlds(draw: DrawFn, provider: Provider | str) -> Record:
    """Sections of world documents that fit a provider's `world_schema`. Shrinks to the empty world.

    A schema doesn't say all: a key may name an account that is not there, and the provider then refuses the section
    with a WorldError that says so. `provider` is a Provider, or the name of an installed one.

    >>> @given(worlds("restream"))
    ... def test_every_world_opens_or_says_why_not(section): ...
    """
    values, shape = _made(_found(provider))
    section = values.make(Drawn(draw))
    if not shape.holds(section):
        reject()
    found: Record = section
    return found


def _found(provider: Provider | str) -> Provider:
    if isinstance(provider, Provider):
        return provider
    if not isinstance(provider, str):
        raise InvalidArgument(f"provider={provider!r} must be a Provider or the name of one")
    try:
        return registry.find([provider])[0]
    except UsageError as error:
        raise InvalidArgument(str(error)) from error


_kept: dict[int, tuple[Json, tuple[Values, Shape]]] = {}


def _made(provider: Provider) -> tuple[Values, Shape]:
    """What makes and checks sections; kept by the schema itself, which is no hashable value."""
    schema = provider.world_schema
    if id(schema) not in _kept:
        spot = Spot.of({"openapi": "3.1.0", "world": schema}, "/world")
        _kept[id(schema)] = schema, (Values(Grammar(spot, "request")), Shape(spot, "request"))
    return _kept[id(schema)][1]
