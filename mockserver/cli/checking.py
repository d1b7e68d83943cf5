"""The words of `mockserver check`, read into one value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mockserver.cli.reporting import add_report_option
from mockserver.cli.words import Words
from mockserver.errors import UsageError
from mockserver.options import KEY_VARIABLE, OTHER_KEY_VARIABLE

if TYPE_CHECKING:
    from mockserver.conformance.effort import Effort
    from mockserver.conformance.opening import Opened
    from mockserver.conformance.run import Choice
    from mockserver.conformance.session import Limits
    from mockserver.conformance.subject import Subject

_EPILOG: Final = f"""
Without --url a provider's fake is started and judged. Keys are best given in the environment, where no list of
processes shows them: {KEY_VARIABLE}, {OTHER_KEY_VARIABLE}. They are in no report.

Exit codes: 0 the contract is kept, 1 it is broken, 2 not understood, 3 no server answers.
"""


@dataclass(frozen=True, slots=True)
class Given:
    """What was asked for. `seconds` are of one call, `examples` None for the usual number."""

    document: str
    url: str | None
    key: str | None
    other: str | None
    roles: tuple[tuple[str, str], ...]
    sources: tuple[str, ...]
    headers: tuple[tuple[str, str], ...]
    webhook_url: str | None
    webhook_port: int
    only: tuple[str, ...]
    skip: tuple[str, ...]
    seed: int
    examples: int | None
    manner: str
    read_only: bool
    max_requests: int | None
    rate: float | None
    seconds: float
    max_time: float | None
    yes: bool
    list: bool
    reproductions: Path | None
    reports: tuple[str, ...]

    def subject(self, opened: Opened, url: str) -> Subject:
        """The server at a URL, with the keys that were given."""
        from mockserver.conformance.subject import Subject

        return Subject(
            url,
            opened.contract,
            opened.provider.name if opened.provider is not None else None,
            key=self.key,
            other=self.other,
            roles=dict(self.roles),
            sources=self.sources,
            webhook_url=self.webhook_url,
            webhook_port=self.webhook_port,
            headers=self.headers,
        )

    @property
    def limits(self) -> Limits:
        from mockserver.conformance.session import Limits

        return Limits(
            self.max_requests,
            self.rate,
            self.read_only,
            round(self.seconds * 1_000),
            max_ms=None if self.max_time is None else round(self.max_time * 1_000),
        )

    @property
    def effort(self) -> Effort:
        from mockserver.conformance.effort import QUICK, THOROUGH, USUAL

        return {"quick": QUICK, "usual": USUAL, "thorough": THOROUGH}[self.manner].of(self.seed, self.examples)

    @property
    def choice(self) -> Choice:
        from mockserver.conformance.run import Choice

        return Choice(self.only, self.skip)


def read(name: str, about: str, words: Sequence[str], environ: Mapping[str, str]) -> Given | None:
    """What the words and the environment say; None after the help. Raises UsageError."""
    parser = _parser(name, about)
    said = parser.read(words)
    if said is None:
        return None
    if said.quick and said.thorough:
        raise UsageError(f"{name}: --quick and --thorough are two things: give one of them")
    return Given(
        document=said.document,
        url=said.url,
        key=said.key or environ.get(KEY_VARIABLE) or None,
        other=said.other_key or environ.get(OTHER_KEY_VARIABLE) or None,
        roles=tuple(_pair(name, "--key-for", word, "=", "revoked=KEY") for word in said.key_for),
        sources=tuple(said.source),
        headers=tuple(_pair(name, "--header", word, ":", "'X-Name: value'") for word in said.header),
        webhook_url=said.webhook_url,
        webhook_port=said.webhook_port,
        only=_names(said.only),
        skip=_names(said.skip),
        seed=said.seed,
        examples=said.examples,
        manner="quick" if said.quick else "thorough" if said.thorough else "usual",
        read_only=said.read_only,
        max_requests=said.max_requests,
        rate=said.rate,
        seconds=said.timeout,
        max_time=said.max_time,
        yes=said.yes,
        list=said.list,
        reproductions=said.reproductions,
        reports=tuple(said.report),
    )


def _parser(name: str, about: str) -> Words:
    parser = Words(name, about, _EPILOG)
    add = parser.add_argument
    add("document", metavar="PROVIDER|DOCUMENT", help="livepeer, restream, or any OpenAPI file: what is to be kept")
    add("--url", metavar="URL", help="the server to judge; left out, the provider's fake is started and judged")
    add("--key", metavar="KEY", help=f"the account to judge with (${KEY_VARIABLE})")
    add(
        "--other-key",
        metavar="KEY",
        help=f"a second account's, for what one may see of another (${OTHER_KEY_VARIABLE})",
    )
    add("--key-for", metavar="ROLE=KEY", action="append", default=[], help="a key of less: revoked, read-only, ...")
    add("--source", metavar="ID", action="append", default=[], help="a stream or file that may be clipped; repeatable")
    add("--header", metavar="NAME:VALUE", action="append", default=[], help="sent with every call; repeatable")
    add("--webhook-url", metavar="URL", help="where the server reaches our receiver, if not on loopback")
    add("--webhook-port", metavar="N", type=int, default=0, help="where that receiver listens (any free port)")
    add("--only", metavar="NAME", action="append", default=[], help="only these checks: names, commas, * and ?")
    add("--skip", metavar="NAME", action="append", default=[], help="all but these checks")
    add("--list", action="store_true", help="say which checks there are, and stop")
    add("--seed", metavar="N", type=int, default=0, help="what all that is sent is drawn from (0)")
    add("--examples", metavar="N", type=_count, help="so many requests of each kind (10)")
    add("--quick", action="store_true", help="a few requests of each kind")
    add("--thorough", action="store_true", help="a hundred of each kind")
    add("--read-only", action="store_true", help="make no call that could change anything")
    add("--max-requests", metavar="N", type=_count, help="stop after so many calls")
    add("--max-time", metavar="SECONDS", type=_positive, help="begin nothing after so long")
    add("--rate", metavar="N", type=_positive, help="at most so many calls a second")
    add("--timeout", metavar="SECONDS", type=_positive, default=10.0, help="how long a call may take (10)")
    add("--yes", action="store_true", help="write to another machine without asking")
    add("--reproductions", metavar="FOLDER", type=Path, help="write each finding as a curl script and a pytest file")
    add_report_option(parser)
    return parser


def _names(given: Sequence[str]) -> tuple[str, ...]:
    return tuple(name.strip() for said in given for name in said.split(",") if name.strip())


def _pair(command: str, option: str, word: str, mark: str, like: str) -> tuple[str, str]:
    name, found, value = word.partition(mark)
    if not found or not name.strip() or not value.strip():
        raise UsageError(f"{command}: {option} is written {like}")  # never the word: it may hold a key
    return name.strip(), value.strip()


def _count(text: str) -> int:
    value = int(text)
    if value < 1:
        raise ValueError(text)
    return value


def _positive(text: str) -> float:
    value = float(text)
    if not 0 < value < 1e9:
        raise ValueError(text)
    return value


_count.__name__, _positive.__name__ = "count of 1 or more", "number above 0"  # as argparse's errors call them
