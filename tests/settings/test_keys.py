"""Every setting and key stands in ``docs/keys.md`` with a test that exists."""

from __future__ import annotations

import re
from pathlib import Path

from port_ocean.core.handlers.port_app_config.models import Selector
from pydantic.alias_generators import to_camel

from mapping import CustomSelector, PathParameter
from resync.overrides import KEYS
from settings import Settings

ROW = re.compile(r"^\| `(\w+)` \| `(tests/[\w/]+\.py)::(\w+)` \|$")


def rows() -> dict[str, dict[str, tuple[str, str]]]:
    """By section of the document: key, and the file and name of its test."""
    found: dict[str, dict[str, tuple[str, str]]] = {}
    section = ""
    for line in Path("docs/keys.md").read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            section = line[3:]
            found[section] = {}
        elif match := ROW.match(line):
            found[section][match.group(1)] = (match.group(2), match.group(3))
    return found


def test_every_key_has_a_row() -> None:
    of_ocean = set(Selector.__fields__) - {"query"}
    assert set(rows()["Integration settings"]) == {to_camel(name) for name in Settings.model_fields}
    assert set(rows()["Selector"]) == set(CustomSelector.__fields__) - of_ocean
    assert set(rows()["A path parameter"]) == set(PathParameter.__fields__)
    assert set(rows()["A resource's pagination"]) == set(KEYS)


def test_every_row_names_a_test_that_exists() -> None:
    missing = [
        f"{file}::{name}"
        for section in rows().values()
        for file, name in section.values()
        if f"def {name}(" not in Path(file).read_text(encoding="utf-8")
    ]
    assert missing == []
