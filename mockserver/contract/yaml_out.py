"""A value as YAML text that YAML 1.1 and 1.2 readers read alike: what one of them might take for a number is quoted."""

from __future__ import annotations

import re
from typing import Final

import yaml

from mockserver.core.text import Json

# Numbers to YAML 1.2 that PyYAML, which knows 1.1, would leave without quotes: 1e3, 0o17, .5.
_NUMBER: Final = re.compile(r"[-+]?(0o[0-7]+|0x[0-9a-fA-F]+|(\.[0-9]+|[0-9][0-9_]*(\.[0-9]*)?)([eE][-+]?[0-9]+)?)")
# Line breaks to YAML 1.1 and characters like any other to 1.2; only escaped do they mean the same to both.
_BREAKS: Final = re.compile("[\x85\u2028\u2029]")
_STRING: Final = "tag:yaml.org,2002:str"


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: object) -> bool:
        """Anchors would only be in the way of whoever reads or edits the text."""
        return True


def _string(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    if _BREAKS.search(text):
        return dumper.represent_scalar(_STRING, text, style='"')
    if "\n" in text:
        return dumper.represent_scalar(_STRING, text, style="|")
    return dumper.represent_scalar(_STRING, text, style="'" if _NUMBER.fullmatch(text) else None)


_Dumper.add_representer(str, _string)


def dump_yaml(value: Json) -> str:
    """The text of a JSON value, keys in their order, texts of several lines as blocks."""
    text: str = yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)
    return text
