from __future__ import annotations

from mockserver.conformance.finding import Step
from mockserver.conformance.run import Called, Event
from mockserver.conformance.session import READS
from mockserver.conformance.stock.document import rooted
from mockserver.contract.check import compile_contract
from mockserver.contract.document import effective
from tests.conformance.checking import checked, judging, rules


def steps_of(provider: str, phase: str, key: str = "test_check", read_only: bool = False) -> list[Step]:
    """The calls of one phase."""
    called: list[Step] = []

    def tell(event: Event) -> None:
        if isinstance(event, Called):
            called.append(event.step)

    with judging(provider, only=f"schemathesis-{phase}", key=key, read_only=read_only) as judge:
        judge.run(tell)
    return called


def test_a_healthy_server_passes_with_all_checks() -> None:
    report = checked("restream", only=("schemathesis-examples", "schemathesis-stateful"), seed=3)
    assert rules(report) == set()
    assert [check.state for check in report.checks] == ["kept", "kept"]


def test_a_failure_is_a_finding_with_the_document_s_pointer() -> None:
    report = checked("restream", "required-field-dropped", only="schemathesis-examples")
    found = [one for one in report.findings if one.rule == "schemathesis-response-schema-conformance"]
    assert found
    assert all(one.document is not None and one.document.endswith("/required") for one in found)
    assert all(one.steps and one.must for one in found)


def test_calls_are_taken_off_the_budget() -> None:
    report = checked("restream", only="schemathesis-coverage", max_requests=30)
    assert report.calls == 30
    assert "30 calls" in report.checks[0].why


def test_read_only_reads_only() -> None:
    assert {step.request.method for step in steps_of("restream", "coverage", read_only=True)} <= READS


def test_paths_are_written_from_the_root() -> None:
    document = rooted(compile_contract(effective("restream").value))
    assert {"/login", "/oauth/token", "/v2/user/clips/projects"} <= set(document["paths"])
    assert document["servers"] == [{"url": "/"}]
