"""The state rules: what calls in a row show of a server, and no single one.

`rules_for` gives those that are for one server; `furnished` a subject with the other keys a fake has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Final

from mockserver.conformance.finding import Level
from mockserver.conformance.rule import Broken, Rule, Skip
from mockserver.conformance.rules import instants, islands, keys, lists, livepeer, refusals, restream
from mockserver.conformance.rules.api import Api
from mockserver.conformance.rules.collection import Collection
from mockserver.conformance.rules.described import collections_of
from mockserver.conformance.rules.http import HTTP_RULES
from mockserver.conformance.rules.replies import REPLIES
from mockserver.conformance.subject import Subject

__all__ = ["APIS", "Broken", "Rule", "Skip", "furnished", "rules_for"]

APIS: Final[Mapping[str, Api]] = {"livepeer": livepeer.API, "restream": restream.API}
_OWN: Final[Mapping[str, tuple[Rule, ...]]] = {"livepeer": livepeer.RULES, "restream": restream.RULES}
# Keys that were good once, by what became of them.
_LOST: Final = ("revoked", "expired", "suspended")


def rules_for(subject: Subject) -> tuple[Rule, ...]:
    """Every rule for a server, in the order to run them: `replies`, the last, tells what the others met."""
    api = APIS.get(subject.provider or "")
    known = _described(subject) if api is None else (*_shared(api), *_OWN[api.provider], _instants(api))
    return (*known, *HTTP_RULES, *_KEYS, REPLIES)


def furnished(subject: Subject) -> Subject:
    """The same, with the other keys that a private world of a fake (`test_...`) has beside its first one.

    Keys that were given stay. A server that knows none of these makes rules skip, not fail.
    """
    key, provider = subject.key, subject.provider
    if provider is None or provider not in APIS or key is None or not key.startswith("test_") or "+" in key:
        return subject
    roles = {**APIS[provider].roles(key), **subject.roles}
    return replace(subject, roles=roles, other=subject.other or roles["other"])


_KEYS: Final = (
    Rule("no-key", "A call without a key is refused.", keys.without_key),
    Rule("unknown-key", "A key that nobody has is refused.", keys.with_unknown_key),
)


def _lists(collections: tuple[Collection, ...], walked: tuple[str, ...], level: Level) -> Iterator[Rule]:
    """The rules of lists, whoever's they are."""
    operations = tuple(collection.listing for collection in collections)
    yield Rule(
        "cursor-walk",
        "Walks over a list find each thing once, whatever the size of a page.",
        lambda session: lists.walks(session, collections, *walked),
        operations,
    )
    yield Rule(
        "list-detail",
        "A list says of a thing what its details say.",
        partial(lists.agreement, collections=collections, level=level),
        operations,
    )
    yield Rule(
        "isolation",
        "What one account has, another neither sees nor changes.",
        partial(islands.islands, collections=collections, level=level),
        operations,
    )


def _described(subject: Subject) -> tuple[Rule, ...]:
    """The rules of the lists that just any document has; it doesn't say whether they abridge, or are everybody's."""
    collections = collections_of(subject.contract)
    return tuple(_lists(collections, ("",), "warning")) if collections else ()


def _shared(api: Api) -> Iterator[Rule]:
    """The rules that every provider is asked, with its facts."""
    lists_of = tuple(collection.listing for collection in api.collections)
    name = api.provider
    yield from _lists(api.collections, api.walked, "error")
    yield Rule(
        "lost-keys",
        "A key that was taken back is refused.",
        lambda session: keys.with_lost_keys(session, _LOST, lists_of),
        lists_of,
        name,
    )
    yield Rule(
        "refused-changes",
        "A call that is refused changes nothing.",
        partial(refusals.change_nothing, api=api),
        lists_of,
        name,
        writes=True,
    )
    yield Rule(
        "error-body",
        "A refusal has the provider's own body.",
        partial(refusals.error_bodies, api=api),
        lists_of,
        name,
    )


def _instants(api: Api) -> Rule:
    """The last of them: what the others have made is the newest there is."""
    return Rule(
        "instants",
        "What lists tell was made lies in the past, in the document's unit.",
        partial(instants.made_in_the_past, collections=api.collections),
        tuple(collection.listing for collection in api.collections),
        api.provider,
    )
