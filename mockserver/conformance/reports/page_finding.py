"""One finding as a block of HTML to unfold: what, where, evidence, the calls with their bodies, commands to paste."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Final

from mockserver.conformance.finding import Check, Finding, Report, Step
from mockserver.conformance.reports import words
from mockserver.conformance.reports.shape import told
from mockserver.conformance.reports.sources import Sources
from mockserver.conformance.reports.words import escape
from mockserver.core.text import Json

_LONGEST_BODY: Final = 4_000


def finding_block(check: Check, finding: Finding, report: Report, sources: Sources, *, unfolded: bool) -> str:
    operation = f"<code>{escape(finding.operation)}</code>" if finding.operation else ""
    seen = f"<span class=quiet>{escape(words.seen(finding))}</span>" if words.seen(finding) else ""
    inside = "\n".join(_inside(finding, sources))
    return (
        f'<details class="finding {finding.level}" data-level={finding.level} data-check="{escape(check.name)}"'
        f"{' open' if unfolded else ''}>\n<summary><span class=title>{escape(words.sentence(finding.title))}</span>"
        f"<span class=what><span class=level>{words.level_word(report, finding.level)}</span>"
        f"<code>{escape(finding.rule)}</code>{operation}<span class=quiet>{escape(check.name)}</span>{seen}</span>"
        f"</summary>\n<div class=inside>\n{inside}\n</div></details>"
    )


def _inside(finding: Finding, sources: Sources) -> Iterator[str]:
    if finding.effects:
        items = "".join(
            f"<li><b class={effect.severity}>{effect.severity}</b> for {effect.side}: "
            f"{escape(words.ended(effect.because))}"
            for effect in finding.effects
        )
        yield f"<ul class=effects>{items}</ul>"
    if finding.evidence:
        yield f"<h3>What was seen</h3>\n<pre>{escape(finding.evidence)}</pre>"
    if finding.steps:
        items = "\n".join(f"<li>{_call(step)}" for step in finding.steps)
        yield f"<h3>The calls</h3>\n<ol class=calls>{items}</ol>"
    commands = sources.commands(finding)
    if commands:
        yield (
            "<h3>To see it again</h3>\n<div class=paste><button type=button class=copy>copy</button>"
            f"<pre>{escape(commands.rstrip())}</pre></div>"
        )
    if finding.must:
        yield f"<h3>What holds when it is mended</h3>\n<pre>{escape(chr(10).join(finding.must))}</pre>"
    yield from _rests_on(finding, sources)


def _rests_on(finding: Finding, sources: Sources) -> Iterator[str]:
    places = []
    if finding.document is not None:
        place = sources.place(finding)
        at = f"{sources.at(place)} " if place is not None else ""
        places.append(f"<code>{escape(at)}</code> <code class=quiet>#{escape(finding.document)}</code>")
    if finding.before is not None:
        old = sources.place_before(finding)
        at = f"{sources.at(old)} " if old is not None else ""
        places.append(f"before: <code>{escape(at)}</code> <code class=quiet>#{escape(finding.before)}</code>")
    about = f"<p>{escape(words.sentence(finding.about))}</p>" if finding.about else ""
    if places or about:
        yield f"<h3>What it rests on</h3>\n{about}" + "".join(f"<p>{place}</p>" for place in places)


def _call(step: Step) -> str:
    whole = told(step)
    parts = [_message(whole["request"], f"{whole['request']['method']} {whole['request']['target']}")]
    if whole["reply"] is not None:
        parts.append(_message(whole["reply"], str(whole["reply"]["status"])))
    return f"<details><summary><code>{escape(words.call(step))}</code></summary>{''.join(parts)}</details>"


def _message(message: Json, first: str) -> str:
    lines = [first, *(f"{name}: {value}" for name, value in message["headers"])]
    body = _readable(message["body"])
    return f"<pre>{escape(chr(10).join([*lines, *(['', body] if body else [])]))}</pre>"


def _readable(body: str | None) -> str:
    if not body:
        return ""
    with suppress(ValueError):
        body = json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    return words.cut(body, _LONGEST_BODY)
