"""Every seeded defect is really there, and the healthy fake has none of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from mockserver.settings import Settings
from tests.servers.defect import Defect, Name
from tests.servers.defects import DEFECTS
from tests.servers.proofs import PROOFS
from tests.servers.proofs.probe import Probe
from tests.servers.serving import find, served

# Time stands still until it is moved.
STILL = Settings(port=0, pace=0)


@contextmanager
def probing(defect: Defect | None) -> Iterator[Probe]:
    with served(defect, STILL) as server:
        probe = Probe(server)
        try:
            yield probe
        finally:
            probe.close()


every_defect = pytest.mark.parametrize(
    ("name", "provider"), [(name, provider) for name, defect in DEFECTS.items() for provider in defect.providers]
)


@every_defect
def test_a_server_with_the_defect_shows_it(name: str, provider: Name) -> None:
    with probing(DEFECTS[name]) as probe:
        assert PROOFS[name, provider](probe)


@every_defect
def test_the_healthy_server_does_not_show_it(name: str, provider: Name) -> None:
    with probing(None) as probe:
        assert not PROOFS[name, provider](probe)


def test_there_are_enough_of_them_for_both_providers() -> None:
    per_provider = [sum(name in defect.providers for defect in DEFECTS.values()) for name in ("livepeer", "restream")]
    assert len(DEFECTS) >= 45
    assert min(per_provider) >= 20


def test_each_says_in_a_sentence_what_is_wrong_and_where_it_sits() -> None:
    for defect in DEFECTS.values():
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", defect.name)
        assert defect.about.endswith(".") and defect.alters


def test_a_wrong_name_is_told_the_nearest() -> None:
    with pytest.raises(KeyError, match="never-409"):
        find("never409")
