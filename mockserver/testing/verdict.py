"""What was wrong with what a client did in a world, told so that somebody can mend it: the text a test fails with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from textwrap import indent
from typing import Final

from mockserver.core.contract import Contract
from mockserver.core.violation import Violation
from mockserver.engine.near import why_unmatched
from mockserver.testing.calls import Call, Calls
from mockserver.testing.expectations import Expectation

# The code that stands for all of them.
ANY: Final = "*"
# So many broken calls are told whole; one bug in a loop breaks them all alike.
_MOST_TOLD: Final = 5


class ContractBroken(AssertionError):
    """The client broke the contract, called what isn't there, or did not call what was expected."""


def verdict(
    provider: str,
    calls: Calls,
    expectations: Iterable[Expectation],
    allowed: frozenset[str],
    contracts: Callable[[], Mapping[str, Contract]],
) -> str | None:
    """What was wrong, as a text of several lines; None if nothing was.

    `allowed` are the codes of rules that may be broken, `ANY` for all. `contracts` are asked only for calls that no
    operation is there for.
    """
    parts = [*_broken(provider, calls, allowed, contracts), *_unmet(calls, expectations)]
    return "\n\n".join(parts) or None


def _broken(
    provider: str, calls: Calls, allowed: frozenset[str], contracts: Callable[[], Mapping[str, Contract]]
) -> Iterator[str]:
    found = [(call, wrong) for call in calls if (wrong := _wrong(call, allowed))]
    if not found:
        return
    count = f"{len(found)} of {len(calls)} calls" if len(calls) > 1 else "its only call"
    yield f"The client broke {provider}'s contract in {count}."
    for number, (call, wrong) in enumerate(found[:_MOST_TOLD], 1):
        yield f"{number}. {call}\n" + indent("\n".join([*_told(call, wrong, contracts), call.curl]), "   ")
    if len(found) > _MOST_TOLD:
        yield f"... and {len(found) - _MOST_TOLD} calls more."
    codes = sorted({violation.code for _, wrong in found for violation in wrong})
    named = ", ".join(f'"{code}"' for code in codes)
    yield (
        f"`mockserver explain {codes[0]}` tells more. A test that means to do this says so: "
        f'@pytest.mark.mock_allows_violations({named}, reason="...")'
    )


def _wrong(call: Call, allowed: frozenset[str]) -> list[Violation]:
    """What nobody allowed. A reply that breaks the contract is the mock's own bug, and never allowed."""
    return [each for each in call.violations if each.party == "server" or not {ANY, each.code} & allowed]


def _told(call: Call, wrong: list[Violation], contracts: Callable[[], Mapping[str, Contract]]) -> Iterator[str]:
    for violation in wrong:
        if violation.party == "server":
            yield f"This is a bug of mockserver, not of the client; please report it: {violation}"
        elif call.operation is None:
            yield f"{violation.code} {why_unmatched(call.request.method, call.request.path, contracts())}"
        else:
            yield f"{violation.code} {violation.where}: expected {violation.expected}, got {violation.got}"
            yield f"     breaks `{violation.rule}` at {violation.document}"
            if violation.remedy:
                yield f"     {violation.remedy}"


def _unmet(calls: Calls, expectations: Iterable[Expectation]) -> Iterator[str]:
    unmet = [why for each in expectations if (why := each.unmet(calls)) is not None]
    if unmet:
        yield "\n".join(["What was expected was not called:", *(indent(why, "  ") for why in unmet)])
