"""The words of `python -m tests.servers`."""

from __future__ import annotations

import pytest

from tests.servers.__main__ import main
from tests.servers.defects import DEFECTS
from tests.servers.runner import Plan


def test_the_list_names_every_defect(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list"]) == 0
    assert capsys.readouterr().out.count("\n") == len(DEFECTS)


@pytest.mark.parametrize("words", [["--only", "never409"], ["serve", "never409"]])
def test_a_wrong_name_is_bad_usage(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    assert "do you mean never-409?" in capsys.readouterr().err


def test_a_plan_looks_at_the_healthy_fake_with_each_seed_and_at_each_defect_once() -> None:
    plan = Plan([DEFECTS["never-409"], DEFECTS["leaks-asset"]], seeds=2)
    assert [(task.defect, task.provider, task.seed) for task in plan.tasks] == [
        (None, "livepeer", 0),
        (None, "restream", 0),
        (None, "livepeer", 1),
        (None, "restream", 1),
        ("never-409", "restream", 0),
        ("leaks-asset", "livepeer", 0),
    ]


def test_one_provider_may_be_left_out() -> None:
    plan = Plan([DEFECTS["never-409"], DEFECTS["leaks-asset"]], provider="livepeer")
    assert [task.defect for task in plan.tasks] == [None, "leaks-asset"]
