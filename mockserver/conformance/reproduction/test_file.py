"""A finding as a pytest file with httpx, in no need of this package: it fails on the defect, and passes when mended."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator, Mapping
from typing import Final

from mockserver.conformance.finding import Finding, Step
from mockserver.conformance.reproduction.claims import claims
from mockserver.conformance.reproduction.values import (
    URL_VARIABLE,
    Literal,
    Part,
    Save,
    Variable,
    awaited,
    known,
    parts,
    saves,
    together,
    variables,
)
from mockserver.core.http import Request
from mockserver.core.payload import is_json
from mockserver.core.text import Json, TextError, dump, parse

_LONGEST_NAME: Final = 80
_INDENT: Final = " " * 8


def module(finding: Finding) -> str:
    """The file; empty for a finding that calls and their replies alone don't show: a webhook that is not signed."""
    if not finding.steps or not (finding.must or any(step.reply is None for step in finding.steps)):
        return ""
    steps = finding.steps
    racing = any(step.beside for step in steps)
    held = claims(finding)
    lines = [f'"""{_docstring(finding)}"""', ""]
    lines += ["import os"]
    lines += ["import re"] if any("re." in claim for claim in held) else []
    lines += ["import time"] if awaited(finding) or any(step.after_ms for step in steps) else []
    lines += ["from concurrent.futures import ThreadPoolExecutor"] if racing else []
    lines += ["", "import httpx", ""]
    lines += [f'URL = os.environ.get("{URL_VARIABLE}", {steps[0].request.origin!r})']
    lines += [f'{_constant(name)} = os.environ["{name}"]' for name in variables(steps)]
    lines += ["", "", f"def test_{test_name(finding)}() -> None:"]
    lines += ["    replies: list[httpx.Response] = []"]
    lines += ["    with httpx.Client(timeout=30) as client:"]
    kept = saves(steps)
    waits = awaited(finding)
    for group in together(steps):
        lines += _group(steps, group, kept, waits)
    lines += [f"    assert {claim}" for claim in held]
    return "\n".join(lines) + "\n"


def test_name(finding: Finding) -> str:
    """What the test is called, but for the `test_` at its front: the operation and the rule in words."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", finding.operation or "")
    plain = re.sub(r"\W+", "_", f"{words}_{finding.rule}".lower()).strip("_")[:_LONGEST_NAME].strip("_")
    return plain or "finding"


def _group(steps: tuple[Step, ...], group: range, kept: list[Save], waits: frozenset[int]) -> Iterator[str]:
    first = steps[group[0]]
    if first.after_ms:
        yield f"{_INDENT}time.sleep({first.after_ms / 1_000:g})"
    if len(group) == 1:
        step = first
        yield f"{_INDENT}# {_line(step)}"
        if group[0] in waits and step.reply is not None:
            yield f"{_INDENT}for pause in (0, 0.5, 0.5, 1, 1, 2, 5, 10, 20, 20):  # it may take its time"
            yield f"{_INDENT}    time.sleep(pause)"
            yield f"{_INDENT}    reply = client.request({_arguments(steps, group[0], _INDENT + '    ')})"
            yield f"{_INDENT}    if reply.status_code == {step.reply.status}:"
            yield f"{_INDENT}        break"
            yield f"{_INDENT}replies.append(reply)"
        else:
            yield f"{_INDENT}replies.append(client.request({_arguments(steps, group[0], _INDENT)}))"
    else:
        yield f"{_INDENT}# {len(group)} calls at the same time"
        yield f"{_INDENT}calls = ["
        for number in group:
            yield f"{_INDENT}    lambda: client.request({_arguments(steps, number, _INDENT + '    ')}),"
        yield f"{_INDENT}]"
        yield f"{_INDENT}with ThreadPoolExecutor(len(calls)) as pool:"
        yield f"{_INDENT}    replies += pool.map(lambda call: call(), calls)"
    for save in kept:
        if save.number in group:
            where = "".join(f"[{part}]" for part in _subscripts(save.pointer))
            yield f"{_INDENT}{_variable(save.name)} = replies[{save.number}].json(){where}"


def _arguments(steps: tuple[Step, ...], number: int, indent: str) -> str:
    request, values = steps[number].request, known(steps, number)
    whole = values.get(request.origin + request.target)
    target = _variable(whole) if whole else _joined([Variable("URL"), *parts(request.target, values)], constant=True)
    lines = [f"{request.method!r}", target]
    if request.headers:
        pairs = ", ".join(f"({_text(name, {})}, {_header(value, values)})" for name, value in request.headers)
        lines.append(f"headers=[{pairs}]")
    if request.body:
        lines.append(_body(request, values))
    inner = f",\n{indent}    ".join(lines)
    return f"\n{indent}    {inner},\n{indent}"


def _header(text: str, values: Mapping[str, str]) -> str:
    """A header's value; httpx takes texts of ASCII, and any bytes."""
    return _text(text, values) if text.isascii() else repr(text.encode("utf-8", "surrogateescape"))


def _body(request: Request, values: Mapping[str, str]) -> str:
    if is_json((request.header("content-type") or "").partition(";")[0].strip().lower()):
        try:
            value = parse(request.body)
            # The same but for spaces, which httpx puts between.
            if request.body.isascii() and dump(value) == request.body and request.header("content-encoding") is None:
                return f"json={_literal(value, values)}"
        except (TextError, ValueError):
            pass
    try:
        return f"content={_text(request.body.decode(), values)}.encode()"
    except UnicodeDecodeError:
        return f"content={request.body!r}"


def _literal(value: Json, values: Mapping[str, str]) -> str:
    """A JSON value in Python, with saved ones by their names."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name!r}: {_literal(one, values)}" for name, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_literal(one, values) for one in value) + "]"
    return _text(value, values) if isinstance(value, str) else repr(value)


def _text(text: str, values: Mapping[str, str]) -> str:
    found = parts(text, values)
    if all(isinstance(part, Literal) for part in found):
        return repr(text)
    if len(found) == 1:
        (part,) = found
        return _constant(part.name) if isinstance(part, Variable) else _variable(getattr(part, "name", ""))
    return _joined(found)


def _joined(found: list[Part], *, constant: bool = False) -> str:
    """Parts as an f-string."""
    out = ""
    for part in found:
        if isinstance(part, Literal):
            out += repr('"' + part.text)[2:-1].replace("{", "{{").replace("}", "}}").replace('"', '\\"')
        elif isinstance(part, Variable):
            out += f"{{{part.name if constant and part.name == 'URL' else _constant(part.name)}}}"
        else:
            out += f"{{{_variable(part.name)}}}"
    return f'f"{out}"'


def _constant(name: str) -> str:
    return name.rpartition("CHECK_")[2]


def _variable(name: str) -> str:
    taken = keyword.iskeyword(name) or name in ("replies", "client", "calls", "pool", "os", "re", "time", "httpx")
    return f"{name}_" if taken else name


def _subscripts(pointer: str) -> Iterator[str]:
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        yield name if name.isdecimal() else repr(name)


def _line(step: Step) -> str:
    seen = str(step.reply.status) if step.reply is not None else step.trouble
    said = f"{step.note}; it was answered {seen}" if step.note else f"it was answered {seen}"
    return re.sub(r"[^\x20-\x7e]+", " ", said)[:100]


def _docstring(finding: Finding) -> str:
    about = f"\n\n{finding.about}" if finding.about else ""
    text = re.sub(r"[^\x20-\x7e\n\u00a1-\ud7ff\ue000-\ufffd]+", " ", f"{finding.title}{about}")
    return text.replace("\\", "\\\\").replace('"""', "'''").rstrip('"').strip()
