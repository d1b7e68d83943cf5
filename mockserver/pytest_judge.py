"""The mark `conformance`: a test for each check of whether a server keeps a document.

A part of the pytest plugin; imports nothing but pytest until a test has the mark.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from mockserver.pytest_plugin import check_uses, refused_plainly

if TYPE_CHECKING:
    from mockserver.testing.conforming import Check, Judges

_JUDGES = pytest.StashKey["Judges"]()
_MARK = (
    "conformance(document, url=None, key=None, ...): run for every check of whether a server keeps a provider's "
    "document, or any other OpenAPI file; the argument `conformance` runs it"
)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", _MARK)


@pytest.fixture
def conformance_url() -> str:
    """Where the server is that is judged, when the mark `conformance` does not say: override it."""
    pytest.fail(
        "where is the server? Say so in the mark, conformance(..., url=URL), or in a fixture `conformance_url`",
        pytrace=False,
    )


@pytest.fixture
def conformance(request: pytest.FixtureRequest) -> Callable[[], Check]:
    """Runs the check this test is for: `conformance()` fails with what it found, and skips when it can't be run."""
    if not hasattr(request, "param"):
        pytest.fail('`conformance` needs a mark that says of what: @pytest.mark.conformance("restream")', pytrace=False)
    name, document, url, wishes = request.param
    where: str = url or request.getfixturevalue("conformance_url")
    judges = _judges(request.config)

    def check() -> Check:
        with refused_plainly():
            found, text = judges.check(name, where, document, wishes)
        if found.state == "skipped":
            pytest.skip(found.why)
        if text:
            pytest.fail(text, pytrace=False)
        return found

    return check


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """The checks that the mark stands for."""
    for mark in metafunc.definition.iter_markers("conformance"):
        check_uses(metafunc, "conformance", "conformance", "conformance")
        if len(mark.args) != 1:
            pytest.fail('the mark conformance is about one document: conformance("restream")', pytrace=False)
        from mockserver.testing.conforming import names, wishes_of

        with refused_plainly():
            wishes = wishes_of({name: said for name, said in mark.kwargs.items() if name != "url"})
            checks = names(mark.args[0], **wishes)
        params = [(name, mark.args[0], mark.kwargs.get("url"), wishes) for name in checks]
        metafunc.parametrize("conformance", params, ids=checks, indirect=True)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """What the checks made on a server is removed."""
    judges = session.config.stash.get(_JUDGES, None)
    if judges is not None:
        judges.close()


def _judges(config: pytest.Config) -> Judges:
    from mockserver.testing.conforming import Judges

    worker: str = getattr(config, "workerinput", {}).get("workerid", "")
    return config.stash.setdefault(_JUDGES, Judges(worker))
