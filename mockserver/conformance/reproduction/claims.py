"""What a reproduction claims: a finding's assertions, with what a server made up taken from its replies of that run."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from mockserver.conformance.finding import Finding
from mockserver.core.text import Json

# Shorter texts are words, which agree by chance.
_SHORTEST = 8


def claims(finding: Finding) -> tuple[str, ...]:
    """Assertions over `replies`. An id that a reply told and no request had stands in them as a place in that reply."""
    told: dict[str, str] = {}
    for number, step in enumerate(finding.steps[:-1]):
        value = step.reply.value if step.reply is not None else None
        for text, where in _texts(value, f"replies[{number}].json()"):
            told.setdefault(text, where)
    sent = "\n".join(f"{step.request.target} {step.request.body.decode('utf-8', 'replace')}" for step in finding.steps)
    return tuple(
        _placed(claim, {text: where for text, where in told.items() if text not in sent}) for claim in finding.must
    )


def _placed(claim: str, told: Mapping[str, str]) -> str:
    if not any(text in claim for text in told):
        return claim
    placing = _Placing(told)
    tree = placing.visit(ast.parse(claim, mode="eval"))
    return ast.unparse(tree) if placing.changed else claim


class _Placing(ast.NodeTransformer):
    def __init__(self, told: Mapping[str, str]) -> None:
        self._told = told
        self.changed = False

    def visit_Constant(self, node: ast.Constant) -> ast.AST:  # as ast names it
        where = self._told.get(node.value) if isinstance(node.value, str) else None
        if where is None:
            return node
        self.changed = True
        return ast.parse(where, mode="eval").body


def _texts(value: Json, where: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str) and len(value) >= _SHORTEST:
        yield value, where
    elif isinstance(value, dict):
        for name, one in value.items():
            yield from _texts(one, f"{where}[{name!r}]")
    elif isinstance(value, list):
        for index, one in enumerate(value):
            yield from _texts(one, f"{where}[{index}]")
