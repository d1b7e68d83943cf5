"""A finding as a POSIX shell script: the calls with curl, values of replies with jq, racing calls in the background."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from mockserver.conformance.finding import Finding, Step
from mockserver.conformance.reproduction.values import (
    URL_VARIABLE,
    Literal,
    Part,
    Save,
    Saved,
    Variable,
    awaited,
    known,
    parts,
    saves,
    together,
    variables,
)
from mockserver.core.http import Request

# A longer body stands in a pipe of its own: an argument may have 128 KiB (Linux), and no reader wants that.
_LONGEST: Final = 2_000
_WIDE: Final = 112


def script(finding: Finding) -> str:
    """The script; empty for a finding without calls. It prints each status and body, and says what should be there."""
    if not finding.steps:
        return ""
    steps = finding.steps
    named = variables(steps)
    kept = saves(steps)
    lines = ["#!/bin/sh", *_comment(finding.title)]
    if finding.about:
        lines += _comment(finding.about)
    lines += ["set -u", f'url="${{{URL_VARIABLE}:-{steps[0].request.origin}}}"']
    lines += [f': "${{{name}:?set it to the key of an account}}"' for name in named]
    lines += ["dir=$(mktemp -d)", "trap 'rm -rf \"$dir\"' EXIT", ""]
    waits = awaited(finding)
    for group in together(steps):
        lines += _group(steps, group, kept, waits)
    lines += [f"# Mended, this holds: {_line(claim)}" for claim in finding.must]
    return "\n".join(lines).rstrip("\n") + "\n"


def _group(steps: tuple[Step, ...], group: range, kept: list[Save], waits: frozenset[int]) -> Iterator[str]:
    first = steps[group[0]]
    if first.after_ms:
        yield f"sleep {first.after_ms / 1_000:g}"
    if len(group) > 1:
        yield f"# {len(group)} calls at the same time"
    for number in group:
        call = _call(steps, number, background=len(group) > 1)
        yield from _patiently(call, number, steps[number]) if number in waits else call
    if len(group) > 1:
        yield "wait"
    for number in group:
        yield f'printf \'{number + 1}. %s\\n\' "$(cat "$dir/{number}.status")"; cat "$dir/{number}.body"; echo'
        for save in kept:
            if save.number == number:
                yield f'{save.name}=$(jq -r {_quoted(_jq(save.pointer))} "$dir/{number}.body")'
    yield ""


def _patiently(call: Iterator[str], number: int, step: Step) -> Iterator[str]:
    """A call that is made until it is answered as it was, for a minute."""
    comment, *lines = call
    status = step.reply.status if step.reply is not None else 0
    yield comment
    yield "for pause in 0 1 1 1 2 5 10 20 20; do"
    yield "  sleep $pause"
    yield from (f"  {line}" for line in lines)
    yield f'  if [ "$(cat "$dir/{number}.status")" = {status} ]; then break; fi'
    yield "done"


def _call(steps: tuple[Step, ...], number: int, *, background: bool) -> Iterator[str]:
    step, values = steps[number], known(steps, number)
    request = step.request
    seen = str(step.reply.status) if step.reply is not None else step.trouble
    note = f" ({step.note})" if step.note else ""
    yield from _comment(f"{number + 1}. {request.method} {request.path}{note}: {seen}")
    words = ["curl -sS -g --path-as-is", f'-o "$dir/{number}.body"', "-w '%{http_code}'"]
    words.append("--head" if request.method == "HEAD" else f"-X {request.method}")
    whole = values.get(request.origin + request.target)
    words.append(f'"${whole}"' if whole else f'"$url{_double(parts(request.target, values))}"')
    # An empty value is written with a semicolon: with a colon curl leaves the header out.
    pairs = (f"{name}: {value}" if value else f"{name};" for name, value in request.headers)
    words += [f'-H "{_double(parts(pair, values))}"' for pair in pairs]
    before = ""
    if request.body:
        if request.header("content-type") is None:
            words.append("-H 'Content-Type:'")
        text = _plain(request)
        if text is None:
            before = f"printf '{_octal(request.body)}' |"
            words.append("--data-binary @-")
        else:
            words.append(f'--data-binary "{_double(parts(text, values))}"')
    end = f'> "$dir/{number}.status"' + (" &" if background else "")
    lines = [*([before] if before else []), *_folded([*words, end])]
    yield " \\\n".join(lines)


def _folded(words: list[str]) -> Iterator[str]:
    """The words of a command on lines that can be read."""
    line = ""
    for word in words:
        if line and len(line) + len(word) > _WIDE:
            yield line
            line = f"  {word}"
        else:
            line = f"{line} {word}" if line else word
    yield line


def _plain(request: Request) -> str | None:
    """A body that can stand in the script; None for one of bytes, or a long one."""
    try:
        text = request.body.decode()
    except UnicodeDecodeError:
        return None
    odd = any((letter < " " and letter not in "\t\n") or letter == "\x7f" for letter in text)
    if odd or len(text) > _LONGEST or text.startswith("@"):  # which curl takes for a file's name
        return None
    return text


def _octal(data: bytes) -> str:
    """Bytes for printf: what is plain as it is, all else in octal."""
    plain = {ord(letter) for letter in 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 {}[]:,."_-/=&+'}
    return "".join(chr(byte) if byte in plain else f"\\{byte:03o}" for byte in data)


def _double(found: list[Part]) -> str:
    """Parts as they stand between double quotes."""
    return "".join(map(_spelled, found))


def _spelled(part: Part) -> str:
    if isinstance(part, Literal):
        return re.sub(r'([\\"$`])', r"\\\1", part.text)
    assert isinstance(part, (Saved, Variable))
    return f"${{{part.name}}}"


def _jq(pointer: str) -> str:
    """A JSON Pointer as jq has it."""
    out = ""
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        out += f"[{name}]" if name.isdecimal() else '["' + name.replace("\\", "\\\\").replace('"', '\\"') + '"]'
    return f".{out}"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def _comment(text: str) -> Iterator[str]:
    yield f"# {_line(text)}"


def _line(text: str) -> str:
    """On one line, without what a terminal would obey."""
    return re.sub(r"[^\x20-\x7e\u00a1-\ud7ff\ue000-\ufffd]+", " ", text)[:400]
