"""The linter on documents beaten up at random: it never gives up, and what it says can be looked up."""

from __future__ import annotations

import copy

from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.contract.document import published
from mockserver.contract.lint import LINT_CODES, Defect, lint
from mockserver.contract.places import Document, Mark
from mockserver.core.text import resolve

TEXT = b"""openapi: 3.1.0
info: {title: t, version: '1'}
paths:
  /a/{id}:
    get:
      operationId: a
      parameters: [{name: id, in: path, required: true, schema: {type: string, example: b}}]
      responses: {'200': {description: done}}
"""
UUID = "4cb959fd-1494-4914-8ce7-8f3ff81ba4f9"
ASSET = "#/components/schemas/asset"
SIMPLE = st.sampled_from([None, True, 0, -1, 1.5, 10**30, "", "x", "object", "#/", ASSET, "(", UUID, "a/b", "http://x"])
NESTED = st.sampled_from([[], {}, [1], ["a", "a"], [{}], {"a": {}}, {"type": "string"}, {"name": "id", "in": "path"}])
REFERENCES = st.sampled_from([{"$ref": "#"}, {"$ref": ASSET}, {"$ref": 1}, {"$ref": UUID}, {"$id": "x"}, "\ud800"])
JUNK = (SIMPLE | NESTED | REFERENCES).map(copy.deepcopy)
KEYS = st.sampled_from(["$ref", "type", "properties", "items", "enum", "required", "example", "default", "parameters"])


@st.composite
def beaten(draw: st.DrawFn) -> Document:
    """A provider's document with some values replaced, removed, or added where they don't belong."""
    value = copy.deepcopy(published(draw(st.sampled_from(["livepeer", "restream"]))).value)
    if draw(st.booleans()):
        value["openapi"] = draw(st.sampled_from(["3.0.3", "3.1.0", 3, None]))
    for _ in range(draw(st.integers(1, 8))):
        holder = value
        for _ in range(draw(st.integers(0, 10))):
            inside = list(holder.values()) if isinstance(holder, dict) else holder
            below = [item for item in inside if isinstance(item, dict | list) and item]
            if not below:
                break
            holder = draw(st.sampled_from(below))
        if isinstance(holder, list):
            holder[draw(st.integers(0, len(holder) - 1))] = draw(JUNK)
        elif draw(st.booleans()):
            holder[draw(st.sampled_from(sorted(holder)) | KEYS)] = draw(JUNK)
        else:
            del holder[draw(st.sampled_from(sorted(holder)))]
            if not holder:
                break
    return Document(value, "beaten.yaml", lambda: Mark("beaten.yaml", 1, 1))


@settings(max_examples=150)
@given(beaten())
def test_no_document_is_too_broken(document: Document) -> None:
    for defect in lint(document):
        assert defect.line >= 1 and defect.severity == LINT_CODES[defect.code].severity
        resolve(document.value, defect.pointer)


@given(st.data())
def test_no_text_is_too_broken(data: st.DataObject) -> None:
    text = bytearray(TEXT)
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(text)))
        text[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    assert all(isinstance(defect, Defect) and defect.line >= 1 for defect in lint(bytes(text)))
