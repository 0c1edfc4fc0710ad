"""``docs/settings.md`` is what ``make docs`` writes, and tells what is so."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from port_ocean.config.settings import ApplicationSettings, IntegrationConfiguration
from pydantic import BaseModel
from pydantic.alias_generators import to_camel

from scripts.settings_reference import OF_OCEAN, PAGE, PREFIX, reference
from settings import Settings
from settings.model import is_secret

ROW = re.compile(r"^\| `(?P<name>\w+)`<br>`(?P<variable>\w+)` \| (?P<cells>.+) \|$", re.MULTILINE)


def test_the_page_is_not_stale() -> None:
    assert PAGE.read_text(encoding="utf-8") == reference(), "run `make docs`"


def test_every_setting_has_one_row_that_tells_whether_it_is_secret() -> None:
    rows = {row["name"]: row for row in ROW.finditer(PAGE.read_text(encoding="utf-8"))}
    assert sorted(rows) == sorted(to_camel(name) for name in Settings.model_fields)
    for name in Settings.model_fields:
        row = rows[to_camel(name)]
        assert row["variable"] == PREFIX + name.upper()
        assert ("**Secret.**" in row["cells"]) is is_secret(name)


@pytest.mark.parametrize("variable", OF_OCEAN)
def test_ocean_s_own_settings_exist_with_that_default(
    variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = OF_OCEAN[variable][0].strip("`")
    prefix, *names = variable.lower().split("__")
    if prefix == "application":
        found = getattr(ApplicationSettings(), names[0])
    else:
        found = ocean_default(monkeypatch, names)
    shown = found if isinstance(found, str) else json.dumps(found)
    assert shown == {"required": "given", "none": "null"}.get(told, told)


def ocean_default(monkeypatch: pytest.MonkeyPatch, names: list[str]) -> Any:
    """What Ocean's configuration holds where only Port's credentials are given."""
    monkeypatch.setenv("OCEAN__PORT__CLIENT_ID", "given")
    monkeypatch.setenv("OCEAN__PORT__CLIENT_SECRET", "given")
    found: Any = IntegrationConfiguration()  # type: ignore[call-arg]
    for name in names:
        assert isinstance(found, BaseModel)
        assert name in type(found).model_fields
        found = getattr(found, name)
    return found
