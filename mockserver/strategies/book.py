"""Operations as strategies need them: found by name among the installed documents, read once, kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property

from hypothesis.errors import InvalidArgument

from mockserver.contract.bodies import Body
from mockserver.contract.check import CompiledContract, compile_contract
from mockserver.contract.document import effective
from mockserver.contract.parameters import Parameter, read_parameters
from mockserver.contract.places import Document
from mockserver.contract.routes import Route
from mockserver.contract.security import Security
from mockserver.contract.spot import Spot
from mockserver.core.contract import Operation
from mockserver.core.http import media_type
from mockserver.core.provider import ProseRule, Provider
from mockserver.core.text import Json
from mockserver.errors import UsageError, unknown
from mockserver.providers import registry
from mockserver.strategies.facts import Grammar
from mockserver.strategies.values import Values

Op = str | Operation


@dataclass(frozen=True, eq=False)
class Entry:
    """One media type of a body or reply: what it is called, and how values of it are made."""

    body: Body

    @property
    def media(self) -> str:
        return media_type(self.body.media)[0].replace("*", "x")

    @cached_property
    def values(self) -> Values | None:
        return Values(Grammar(self.body.schema, self.body.direction)) if self.body.schema else None


@dataclass(frozen=True, eq=False)
class Page:
    """One operation of a document, with all that is made from it."""

    book: Book
    route: Route

    @property
    def operation(self) -> Operation:
        return self.route.operation

    @property
    def contract(self) -> CompiledContract:
        return self.book.contract

    @cached_property
    def security(self) -> Security | None:
        return Security.of(self.route.spot, self.book.contract.root)

    @cached_property
    def parameters(self) -> tuple[tuple[Parameter, Values | None], ...]:
        """The parameters, with what makes their values."""
        return tuple(
            (parameter, Values(Grammar(schema, "request")) if (schema := parameter.texts.schema) else None)
            for parameter in read_parameters(self.route.spot, self.route.path_item)
        )

    @cached_property
    def body(self) -> Spot | None:
        return self.route.spot.at("requestBody")

    @cached_property
    def needs_body(self) -> bool:
        return self.body is not None and self.body.value.get("required") is True

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """The media types a body may have, JSON first."""
        content = self.body.at("content") if self.body else None
        listed = [Entry(Body(media, spot, "request")) for media, spot in content.items()] if content else []
        return tuple(sorted(listed, key=lambda entry: not entry.body.is_json))

    @property
    def prose(self) -> tuple[ProseRule, ...]:
        provider = self.book.provider
        return tuple(rule for rule in provider.prose if rule.operation == self.operation.id) if provider else ()


@dataclass
class Book:
    """One document. `provider` is known for the installed ones."""

    contract: CompiledContract
    provider: Provider | None = None
    _pages: dict[str, Page] = field(default_factory=dict, repr=False)

    def page(self, name: str) -> Page:
        if name not in self._pages:
            self._pages[name] = Page(self, self.contract.route(name))
        return self._pages[name]


@cache
def installed() -> Mapping[str, Book]:
    """The documents of every installed provider, by its name."""
    return {
        provider.name: Book(compile_contract(effective(provider.name, provider.specs).value), provider)
        for provider in registry.find(registry.names())
    }


_given: dict[int, tuple[object, Book]] = {}


def page_of(op: Op, contract: CompiledContract | None = None, document: Document | Json | None = None) -> Page:
    """The page of an operation. Raises InvalidArgument, with the nearest name, when there is none."""
    if not isinstance(op, (str, Operation)):
        raise InvalidArgument(f"op={op!r} must be an operationId such as 'createClip', or an Operation")
    name = op if isinstance(op, str) else op.id
    if contract is not None and document is not None:
        raise InvalidArgument("give contract= or document=, not both: each says what the operations are")
    if contract is None and document is None:
        return _among_installed(op, name)
    book = _book_of(contract, document)
    if name not in book.contract.operations:
        raise InvalidArgument(unknown("operation", name, book.contract.operations))
    return book.page(name)


def _among_installed(op: Op, name: str) -> Page:
    try:
        books = installed()
    except UsageError as error:
        raise InvalidArgument(str(error)) from error
    holding = {
        title: book
        for title, book in books.items()
        if name in book.contract.operations and (isinstance(op, str) or book.contract.operations[name] == op)
    }
    if len(holding) == 1:
        return next(iter(holding.values())).page(name)
    if holding:
        raise InvalidArgument(f"{name!r} is an operation of {' and of '.join(holding)}: say which with document=")
    raise InvalidArgument(
        unknown("operation", name, [one for book in books.values() for one in book.contract.operations])
    )


def _book_of(contract: CompiledContract | None, document: Document | Json | None) -> Book:
    given: object = contract
    if contract is None:
        given = document.value if isinstance(document, Document) else document
        if not isinstance(given, dict):
            raise InvalidArgument(f"document={document!r:.60} must be an OpenAPI document: a mapping, or a Document")
    elif not isinstance(contract, CompiledContract):
        raise InvalidArgument(f"contract={contract!r:.60} must come from mockserver.contract.check.compile_contract")
    # The object is kept beside the book, so that no other can get its id.
    if id(given) not in _given:
        own = next((book for book in installed().values() if book.contract.root.value is given), None)
        _given[id(given)] = given, own or Book(contract or compile_contract(given))
    return _given[id(given)][1]
