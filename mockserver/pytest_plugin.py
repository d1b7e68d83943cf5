"""pytest fixtures and marks: a private fake account a test, which fails when its client breaks the contract.

Imports nothing but pytest until a test asks for a mock.
"""

from __future__ import annotations

import warnings
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

import pytest

if TYPE_CHECKING:
    from mockserver.testing import LivepeerMock, Mock, RestreamMock, Server
    from mockserver.testing.outcomes import Outcome
    from mockserver.testing.session import Mocks, Run

_M = TypeVar("_M", bound="Mock")
_RUN = pytest.StashKey["Run"]()
_OUTPUT = "clip_mockserver"
# What a failure is told with; pytest writes "Captured" in front and puts the first word last.
_CALLS = ("of the client", "calls")
_VERDICT = ("call", "mockserver")

_OPTIONS = {
    "mock-url": ("URL", "use the mockserver that runs at URL instead of one in a thread of this process"),
    "mock-seed": ("N", "what every id, name and score is drawn from (0)"),
    "mock-pace": ("N", "run jobs N times faster than life; 0 holds them, inf ends them at once (60)"),
    "mock-store": ("STORE", "where worlds are kept: memory:, sqlite:FILE, redis://HOST:PORT/DB (memory:)"),
    "mock-report": (
        "KIND",
        "contract coverage: term (the default), term-missing, none, json:FILE or html:FILE; repeatable, or with commas",
    ),
    "mock-cover-fail-under": ("N", "fail when fewer than N per cent of the documented replies were met"),
}

_KINDS = ("term", "term-missing", "none")
_MARKS = (
    "mock_allows_violations(*codes, reason=None): the client may break these rules, all if none is named",
    "readings(*names, all=False): run under the defaults and under each other reading of these providers or readings; "
    "all=True adds every two",
    "outcomes(*operations): run for every documented outcome of these operations, as the argument `outcome`",
)


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    pluginmanager.import_plugin("mockserver.pytest_judge")
    group = parser.getgroup("clip-mockserver", "fake Livepeer and Restream (clip-mockserver)")
    for name, (metavar, about) in _OPTIONS.items():
        action = "append" if name == "mock-report" else "store"
        group.addoption(f"--{name}", metavar=metavar, action=action, default=None, help=about)
        parser.addini(name.replace("-", "_"), f"{about} [--{name}]", default=None)


def pytest_configure(config: pytest.Config) -> None:
    for mark in _MARKS:
        config.addinivalue_line("markers", mark)
    for kind in _reports(config):
        if kind not in _KINDS and not kind.startswith(("json:", "html:")):
            raise pytest.UsageError(f"--mock-report: {kind!r} is none of {', '.join(_KINDS)}, json:FILE and html:FILE")
    least = _option(config, "mock-cover-fail-under")
    if least is not None and not least.replace(".", "", 1).isdecimal():
        raise pytest.UsageError(f"--mock-cover-fail-under: expected per cent, got {least!r}")


# ---- fixtures


@pytest.fixture(scope="session")
def mock_server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """The server of this run, or of this xdist worker: `with mock_server.world("livepeer") as mock`."""
    config = request.config
    run = _run(config)
    from mockserver.testing.session import rival

    if (said := rival()) is not None:
        warnings.warn(pytest.PytestWarning(said), stacklevel=1)
    given = {name: said for name in ("seed", "pace", "store") if (said := _option(config, f"mock-{name}")) is not None}
    with refused_plainly(), run.serving(config.rootpath, _option(config, "mock-url"), given) as server:
        yield server


@pytest.fixture(scope="session")
def livepeer_mocks(request: pytest.FixtureRequest, mock_server: Server) -> Mocks[LivepeerMock]:
    """Makes Livepeer worlds, inside `@given` too: `with livepeer_mocks.fresh() as mock`."""
    from mockserver.testing import LivepeerMock
    from mockserver.testing.session import Mocks

    return Mocks(_run(request.config), mock_server, "livepeer", LivepeerMock)


@pytest.fixture(scope="session")
def restream_mocks(request: pytest.FixtureRequest, mock_server: Server) -> Mocks[RestreamMock]:
    """Makes Restream worlds, inside `@given` too: `with restream_mocks.fresh() as mock`."""
    from mockserver.testing import RestreamMock
    from mockserver.testing.session import Mocks

    return Mocks(_run(request.config), mock_server, "restream", RestreamMock)


@pytest.fixture
def livepeer_mock(
    request: pytest.FixtureRequest, mock_server: Server, mock_readings: dict[str, str]
) -> Iterator[LivepeerMock]:
    """A Livepeer account of this test's own; see `mockserver.testing.LivepeerMock`."""
    from mockserver.testing import LivepeerMock

    yield from _world(request, mock_server, LivepeerMock, "livepeer", mock_readings)


@pytest.fixture
def restream_mock(
    request: pytest.FixtureRequest, mock_server: Server, mock_readings: dict[str, str]
) -> Iterator[RestreamMock]:
    """A Restream account of this test's own; see `mockserver.testing.RestreamMock`."""
    from mockserver.testing import RestreamMock

    yield from _world(request, mock_server, RestreamMock, "restream", mock_readings)


@pytest.fixture
def mock_readings(request: pytest.FixtureRequest) -> dict[str, str]:
    """The readings that hold in this test's worlds, by full name; `@pytest.mark.readings` sets them."""
    return dict(getattr(request, "param", {}))


@pytest.fixture
def outcome(request: pytest.FixtureRequest) -> Outcome:
    """What to send for a documented outcome, and what comes back; `@pytest.mark.outcomes` says of which operations."""
    from mockserver.testing.outcomes import outcome_of

    if not hasattr(request, "param"):
        pytest.fail('`outcome` needs a mark that says of what: @pytest.mark.outcomes("createClip")', pytrace=False)
    mock: Mock = request.getfixturevalue(f"{request.param.provider}_mock")
    if request.param.status >= 400:
        mock.allow_violations()
    return outcome_of(request.param, mock.origin, mock.key)


def _world(
    request: pytest.FixtureRequest, server: Server, kind: type[_M], provider: str, readings: dict[str, str]
) -> Iterator[_M]:
    run = _run(request.config)
    _begin(run, request.node)
    mine = {name: option for name, option in readings.items() if name.startswith(f"{provider}.")}
    mock = run.world(server, provider, {"readings": mine} if mine else {})
    assert isinstance(mock, kind)
    yield mock
    said = run.end(mock)
    if said is not None:
        pytest.fail(said, pytrace=False)


# ---- the test's verdict


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """A test whose client broke the contract fails, as if it had asserted that it doesn't."""
    run = item.config.stash.get(_RUN, None)
    if run is None:
        return (yield)
    _begin(run, item)
    try:
        result = yield
    except BaseException as error:
        for section, said in ((_CALLS, run.story()), (_VERDICT, run.verdict())):
            if said is not None:
                item.add_report_section(*section, said)
        if type(error).__name__ == "FailedHealthCheck" and "_mock'" in str(error):
            error.add_note(
                "With mockserver: take `livepeer_mocks` (or `restream_mocks`) instead, and in the test\n"
                "    with livepeer_mocks.fresh() as mock: ..."
            )
        raise
    said = run.verdict()
    if said is not None:
        pytest.fail(said, pytrace=False)
    return result


def _begin(run: Run, item: pytest.Item) -> None:
    from mockserver.testing.session import codes

    allowed: frozenset[str] = frozenset()
    with refused_plainly():
        for mark in item.iter_markers("mock_allows_violations"):
            allowed |= codes(mark.args)
    run.begin(item.nodeid, allowed)


# ---- one test for each


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """The parameters that the marks `readings` and `outcomes` stand for."""
    for mark in metafunc.definition.iter_markers("readings"):
        check_uses(metafunc, "readings", "mock_readings", "livepeer_mock or restream_mock")
        from mockserver.testing.choices import choices, spelled

        with refused_plainly():
            found = list(choices(mark.args, pairs=bool(mark.kwargs.get("all"))))
        metafunc.parametrize("mock_readings", found, ids=map(spelled, found), indirect=True)
    for mark in metafunc.definition.iter_markers("outcomes"):
        check_uses(metafunc, "outcomes", "outcome", "outcome")
        from mockserver.testing.outcomes import of_operations

        with refused_plainly():
            cards = list(of_operations(mark.args))
        metafunc.parametrize("outcome", cards, ids=[card.name for card in cards], indirect=True)


def check_uses(metafunc: pytest.Metafunc, mark: str, fixture: str, wanted: str) -> None:
    if fixture not in metafunc.fixturenames:
        pytest.fail(f"{metafunc.definition.nodeid}: the mark `{mark}` needs the argument {wanted}", pytrace=False)


# ---- contract coverage


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker hands over what it met; the run itself writes its reports and fails if that was too little."""
    config = session.config
    run = config.stash.get(_RUN, None)
    if run is None:
        return
    output: dict[str, object] | None = getattr(config, "workeroutput", None)
    if output is not None:
        output[_OUTPUT] = run.handed_over()
        return
    from mockserver.testing.reports import too_little, write

    for kind in _reports(config):
        write(kind, run.coverage, config.invocation_params.dir)
    if too_little(run.met, _option(config, "mock-cover-fail-under")) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object) -> None:
    """What a worker of pytest-xdist met counts here too."""
    handed_over = getattr(node, "workeroutput", {}).get(_OUTPUT)
    if handed_over:
        config: pytest.Config = node.config  # type: ignore[attr-defined]
        _run(config).take(handed_over)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    run = config.stash.get(_RUN, None)
    if run is None:
        return
    from mockserver.testing.reports import summary

    told = list(summary(run.coverage, _reports(config), _option(config, "mock-cover-fail-under")))
    if told:
        terminalreporter.section("mockserver: contract coverage of the client")
        for line in told:
            terminalreporter.write_line(line)


# ---- inside


def _run(config: pytest.Config) -> Run:
    from mockserver.testing.session import Run

    return config.stash.setdefault(_RUN, Run())


def _option(config: pytest.Config, name: str) -> str | None:
    """The option, else the ini key of the same name."""
    given = config.getoption(name.replace("-", "_"))
    said = config.getini(name.replace("-", "_")) if given is None else given
    return None if said in (None, "") else str(said)


def _reports(config: pytest.Config) -> list[str]:
    given = config.getoption("mock_report") or [config.getini("mock_report") or "term"]
    return [kind.strip() for said in given for kind in str(said).replace("\n", ",").split(",") if kind.strip()]


@contextmanager
def refused_plainly() -> Iterator[None]:
    """What we refuse is told in our words, without our frames."""
    from mockserver.errors import MockserverError

    try:
        yield
    except MockserverError as error:
        pytest.fail(str(error), pytrace=False)
