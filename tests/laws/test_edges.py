"""The list of edges is complete: nothing anybody does to a world takes another one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.engine.edge_cards import edges
from mockserver.providers.livepeer.fates import ATTEMPTS, BACK_OFF, FATES, attempt_of
from mockserver.providers.restream.runs import STATES
from tests.laws.plots import Plot, plots
from tests.laws.states import Edge
from tests.laws.wandering import RETRY, Act, Wanderer, acts

CARDS = [card for cards in edges().values() for card in cards]
# The phase of a task after a deed of its table, "" where it stays.
_PHASES = {
    "run": "running",
    "report": "running",
    "partial": "",
    "finish": "completed",
    "finish-empty": "failed",
    "fail": "failed",
    "fail-for-good": "failed",
    "queue-again": "waiting",
}


def listed(provider: str) -> set[Edge]:
    return {(card.thing, card.start, card.end) for card in CARDS if card.provider == provider}


def test_no_edge_is_listed_twice() -> None:
    assert len({(card.thing, card.start, card.end) for card in CARDS}) == len(CARDS)
    assert len({card.name for card in CARDS}) == len(CARDS)


def tried(provider: str, plots: Iterable[Plot], **readings: str) -> set[Edge]:
    """The edges taken by plots, each in a fresh world."""
    wanderer = Wanderer(provider, readings=readings)
    for plot in plots:
        wanderer.begin_anew()
        for act in plot:
            wanderer.do(act)
    return wanderer.edges


def test_trying_everything_in_every_state_of_livepeer_takes_each_edge_there_is_and_no_other() -> None:
    everything = list(plots("livepeer"))
    taken = tried("livepeer", everything)
    retried = [plot for plot in everything if RETRY in plot]
    assert taken | tried("livepeer", retried, **{"livepeer.retry-asset": "follows-task"}) == listed("livepeer")


def test_trying_everything_in_every_state_of_restream_takes_each_edge_there_is_and_no_other() -> None:
    assert tried("restream", plots("restream")) == listed("restream")


def walked(fate: str, tries: int) -> Iterator[Edge]:
    """The edges an attempt's table takes when nobody interferes."""
    phase = "waiting"
    for step in ATTEMPTS[attempt_of(fate, tries)]:
        again = step.do == "fail" and tries < len(BACK_OFF)
        later = "waiting" if again else _PHASES[step.do] or phase
        yield "task", phase, later
        phase = later


def test_the_tables_of_fates_are_listed() -> None:
    edges = {edge for fate in FATES for tries in range(4) for edge in walked(fate, tries)}
    assert edges <= listed("livepeer")
    assert {step.do for steps in ATTEMPTS.values() for step in steps} == set(_PHASES)


def test_the_table_of_runs_is_listed() -> None:
    edges = {("run", start, end) for start, events in STATES.items() for end in events.values()}
    assert edges <= listed("restream")


@settings(max_examples=60)
@given(acts("livepeer"), st.booleans())
def test_whatever_is_done_to_livepeer_takes_only_edges_that_are_listed(done: list[Act], follows: bool) -> None:
    wanderer = Wanderer("livepeer", readings={"livepeer.retry-asset": "follows-task"} if follows else {})
    for act in done:
        wanderer.do(act)
    assert wanderer.edges - listed("livepeer") == set()


@settings(max_examples=60)
@given(acts("restream"))
def test_whatever_is_done_to_restream_takes_only_edges_that_are_listed(done: list[Act]) -> None:
    wanderer = Wanderer("restream")
    for act in done:
        wanderer.do(act)
    assert wanderer.edges - listed("restream") == set()
