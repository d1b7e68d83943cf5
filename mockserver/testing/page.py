"""Contract coverage as one page of HTML that needs nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Final

from mockserver.core.text import Json
from mockserver.testing import coverage

_STYLE: Final = """
:root { color-scheme: light dark; --met: #1a7f4b; --never: #b3412e; --line: #8884; --soft: #8882; }
@media (prefers-color-scheme: dark) { :root { --never: #f08a75; } }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 64rem; margin: 2.5rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.25rem; margin-top: 2.5rem; }
h3 { font-size: 1rem; margin: 0; padding-top: .9rem; border-top: 1px solid var(--line); }
code { font: 13px ui-monospace, monospace; } h3 small { font-weight: 400; opacity: .7; margin-left: .6rem; }
dl { display: grid; grid-template-columns: 8rem 1fr; gap: .3rem .8rem; margin: .4rem 0 1.1rem; }
dt { opacity: .7; } dd { margin: 0; }
.met, .never { display: inline-block; white-space: nowrap; padding: 0 .5rem; margin: 0 .25rem .2rem 0;
  border-radius: 1rem; font-size: 13px; }
.met { background: var(--met); color: #fff; } .never { border: 1px solid var(--never); color: var(--never); }
.bar { height: .6rem; border-radius: .3rem; background: var(--soft); overflow: hidden; } .bar i { display: block;
  height: 100%; background: var(--met); }
@media (max-width: 40rem) { dl { grid-template-columns: 1fr; } }
"""


def page(whole: Json) -> str:
    """The page for `{"coverage": per cent, "providers": {...}}`."""
    told = coverage.called(whole["providers"])
    parts = [_provider(name, each) for name, each in told.items()] or ["<p>No mock was called.</p>"]
    return (
        "<!doctype html>\n<html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        f"<title>Contract coverage</title><style>{_STYLE}</style>\n"
        "<h1>What of the documents your client has met</h1>\n"
        "<p>What is filled was met or sent; what is outlined is documented, and your client never met or sent it.</p>\n"
        + "\n".join(parts)
        + "\n</html>\n"
    )


def _provider(name: str, told: Json) -> str:
    operations, statuses = told["operations"], told["statuses"]
    share = 100 * statuses["met"] / statuses["of"] if statuses["of"] else 100.0
    tried = [each for each in told["tried"] if each["simulated"]]
    called = "\n".join(_operation(each) for each in tried if each["calls"])
    never = _marks((), [each["operation"] for each in tried if not each["calls"]])
    unmatched = f" {told['unmatched']} calls found no operation." if told["unmatched"] else ""
    return (
        f"<h2>{escape(name)}</h2>\n<div class=bar><i style='width:{share:.1f}%'></i></div>\n"
        f"<p>{operations['called']} of {operations['of']} operations called, {statuses['met']} of {statuses['of']} "
        f"documented replies met ({share:.0f} %), {told['calls']} calls.{unmatched}</p>\n"
        f"{called}\n<h3>Beyond single calls</h3>\n"
        f"{_list([*_machines(told), ('Faults', _marks(told['faults']['met'], told['faults']['never']))])}"
        + (f"\n<h3>Never called</h3>\n<p>{never}</p>" if never else "")
    )


def _machines(told: Json) -> list[tuple[str, str]]:
    """How the states of each thing were seen to change."""
    return [
        (f"{name.capitalize()} states", _marks(each["met"], each["never"]))
        for name, each in told.get("machines", {}).items()
    ]


def _operation(each: Json) -> str:
    broken = ", ".join(f"<code>{escape(code)}</code> ({count})" for code, count in each["violations"].items())
    rows = [
        ("Replies", _marks(each["met"], each["never"])),
        ("Request", _marks(each.get("sent", ()), each.get("neverSent", ()))),
        ("Refused for", _marks(each.get("refused", ()), each.get("neverRefused", ()))),
        ("Rules broken", broken),
    ]
    calls = f"{each['calls']} call{'s' if each['calls'] > 1 else ''}"
    where = f"{escape(each['method'])} {escape(each['path'])}"
    return f"<h3>{escape(each['operation'])}<small><code>{where}</code>, {calls}</small></h3>\n{_list(rows)}"


def _list(rows: Iterable[tuple[str, str]]) -> str:
    told = "\n".join(f"<dt>{escape(name)}<dd>{said}" for name, said in rows if said)
    return f"<dl>\n{told}\n</dl>"


def _marks(met: Iterable[str], never: Iterable[str]) -> str:
    """Names, filled for what was met and outlined for what never was."""
    marks = [f"<span class=met>{escape(name)}</span>" for name in met]
    return " ".join([*marks, *(f"<span class=never>{escape(name)}</span>" for name in never)])
