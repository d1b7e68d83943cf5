"""Contract coverage as one page of HTML that needs nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Final

from mockserver.core.text import Json
from mockserver.testing import coverage

_STYLE: Final = """
:root { color-scheme: light dark; --met: #1a7f4b; --never: #b3412e; --line: #8884; --soft: #8882; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 64rem; margin: 2.5rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.2rem; margin-top: 2.5rem; }
table { border-collapse: collapse; width: 100%; } td, th { text-align: left; padding: .4rem .6rem; vertical-align: top;
  border-bottom: 1px solid var(--line); } th { font-weight: 600; } td:nth-child(2) { text-align: right; }
code { font: 13px ui-monospace, monospace; } .path { opacity: .65; } tr.none { opacity: .55; }
.met, .never { display: inline-block; padding: 0 .5rem; margin: 0 .25rem .2rem 0;
  border-radius: 1rem; font-size: 13px; }
.met { background: var(--met); color: #fff; } .never { border: 1px solid var(--never); color: var(--never); }
.bar { height: .6rem; border-radius: .3rem; background: var(--soft); overflow: hidden; } .bar i { display: block;
  height: 100%; background: var(--met); }
"""


def page(whole: Json) -> str:
    """The page for `{"coverage": per cent, "providers": {...}}`."""
    told = coverage.called(whole["providers"])
    parts = [_provider(name, each) for name, each in told.items()] or ["<p>No mock was called.</p>"]
    return (
        f"<!doctype html>\n<html lang=en><meta charset=utf-8><title>Contract coverage</title><style>{_STYLE}</style>\n"
        "<h1>What of the documents your client has met</h1>\n"
        "<p>What is filled was met or sent; what is outlined is documented, and your client never met or sent it.</p>\n"
        + "\n".join(parts)
        + "\n</html>\n"
    )


def _provider(name: str, told: Json) -> str:
    operations, statuses = told["operations"], told["statuses"]
    share = 100 * statuses["met"] / statuses["of"] if statuses["of"] else 100.0
    rows = "\n".join(_row(each) for each in told["tried"] if each["simulated"])
    unmatched = f" {told['unmatched']} calls found no operation." if told["unmatched"] else ""
    return (
        f"<h2>{escape(name)}</h2>\n<div class=bar><i style='width:{share:.1f}%'></i></div>\n"
        f"<p>{operations['called']} of {operations['of']} operations called, {statuses['met']} of {statuses['of']} "
        f"documented replies met ({share:.0f} %), {told['calls']} calls.{unmatched}</p>\n"
        f"<table><tr><th>Operation<th>Calls<th>Replies<th>Parts of the request<th>Refusals"
        f"<th>Broken rules</tr>\n{rows}\n</table>\n{_lived(told)}"
    )


def _lived(told: Json) -> str:
    """How states were seen to change, and what went wrong on purpose."""
    rows = [(name, _marks(each["met"], each["never"])) for name, each in told.get("machines", {}).items()]
    rows.append(("faults", _marks(told["faults"]["met"], told["faults"]["never"])))
    told_rows = "".join(f"<tr><td>{escape(name)}<td>{marks}</tr>" for name, marks in rows)
    return f"<table class=lived><tr><th>Changes and faults<th></tr>\n{told_rows}\n</table>"


def _row(each: Json) -> str:
    marks = _marks(each["met"], each["never"])
    parts = _marks(each.get("sent", ()), each.get("neverSent", ()))
    refusals = _marks(each.get("refused", ()), each.get("neverRefused", ()))
    broken = ", ".join(f"{escape(code)} ({count})" for code, count in each["violations"].items())
    quiet = "" if each["calls"] else " class=none"
    return (
        f"<tr{quiet}><td><code>{escape(each['operation'])}</code><br><code class=path>{escape(each['method'])} "
        f"{escape(each['path'])}</code><td>{each['calls']}<td>{marks}<td>{parts}<td>{refusals}<td>{broken}</tr>"
    )


def _marks(met: Iterable[str], never: Iterable[str]) -> str:
    """Names, filled for what was met and outlined for what never was."""
    marks = [f"<span class=met>{escape(name)}</span>" for name in met]
    return "".join([*marks, *(f"<span class=never>{escape(name)}</span>" for name in never)])
