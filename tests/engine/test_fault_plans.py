from __future__ import annotations

import pytest

from mockserver.engine.fault_plans import named_faults, plans, read_plan
from mockserver.engine.shorthand import SHORTHAND
from mockserver.errors import DocumentError
from mockserver.server.assemble import build_engine
from mockserver.settings import Settings


def test_at_least_ten_plans_come_with_us_each_with_what_it_is_for() -> None:
    assert len(plans()) >= 10
    assert all(len(plan.about) > 60 and plan.faults for plan in plans().values())


def test_every_fault_of_a_plan_has_a_name_of_its_own_that_is_no_shorthand() -> None:
    names = [fault.name for plan in plans().values() for fault in plan.faults]
    assert sorted(map(str, names)) == sorted(named_faults())
    assert not set(names) & set(SHORTHAND)


@pytest.mark.parametrize("name", list(plans()))
def test_a_plan_can_be_set_on_a_server(name: str) -> None:
    engine = build_engine(Settings())
    standing = engine.faults.add_all(plans()[name].faults)
    assert [each.id for each in standing] == [fault.name for fault in plans()[name].faults]


def test_everything_wrong_with_a_plan_is_told_with_file_line_and_field() -> None:
    text = "abouts: a\nfaults:\n  - reset: before\n  - {resett: before}\n  - status: 99\n"
    with pytest.raises(DocumentError) as caught:
        read_plan(text, "mine.yaml", "mine")
    lines = str(caught.value).splitlines()
    assert lines[0].startswith('mine.yaml:1: /abouts: no part of a plan "abouts"; did you mean "about"?')
    assert lines[1] == "mine.yaml:1: /: `about` must say what it is for, as a text"
    assert lines[2].startswith('mine.yaml:4: /faults/1/resett: no fault "resett"; did you mean "reset"?')
    assert lines[3].startswith("mine.yaml:5: /faults/2/status: expected a whole number from 200 to 599")


@pytest.mark.parametrize("text", ["5", "about: x", "about: x\nfaults: []", "about: ''\nfaults: [{reset: after}]"])
def test_what_is_no_plan_is_refused(text: str) -> None:
    with pytest.raises(DocumentError):
        read_plan(text, "mine.yaml", "mine")


def test_a_plan_is_told_in_json() -> None:
    plan = read_plan("{about: a, faults: [{name: n, reset: after}]}", "mine.yaml", "mine")
    assert plan.to_json() == {"name": "mine", "about": "a", "faults": [{"name": "n", "reset": "after"}]}
