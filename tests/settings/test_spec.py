"""``.port/spec.yaml``, ``config.yaml`` and the model say the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from port_ocean.config.dynamic import default_config_factory
from pydantic.alias_generators import to_camel, to_snake

from settings import AuthType, PaginationType, Settings, parse_settings
from settings.model import ClientAuthMethod, is_secret, required_when

SPEC = yaml.safe_load(Path(".port/spec.yaml").read_text(encoding="utf-8"))
ENTRIES: dict[str, dict[str, Any]] = {entry["name"]: entry for entry in SPEC["configurations"]}
FIELDS = {to_camel(name): field for name, field in Settings.model_fields.items()}


def test_the_same_names_in_the_same_order() -> None:
    assert list(ENTRIES) == list(FIELDS)


@pytest.mark.parametrize("name", FIELDS)
def test_the_same_default(name: str) -> None:
    default = FIELDS[name].default
    spec = ENTRIES[name].get("default")
    if FIELDS[name].is_required() or default in (None, ()):
        assert spec is None
    else:
        assert spec == (default if isinstance(default, bool) else str(default))


@pytest.mark.parametrize("name", FIELDS)
def test_the_same_is_required_and_secret(name: str) -> None:
    assert ENTRIES[name].get("required", False) is FIELDS[name].is_required()
    assert ENTRIES[name].get("sensitive", False) is is_secret(to_snake(name))


@pytest.mark.parametrize("name", FIELDS)
def test_the_same_setting_makes_it_required(name: str) -> None:
    demands = [
        (dependency["on"], dependency["when"]["equals"])
        for dependency in ENTRIES[name].get("dependencies", [])
        if dependency["then"]["required"]
    ]
    need = required_when(to_snake(name))
    assert demands == ([] if need is None else [(to_camel(need[0]), need[1])])


def test_the_same_choices() -> None:
    assert ENTRIES["authType"]["enum"] == list(AuthType)
    assert ENTRIES["paginationType"]["enum"] == list(PaginationType)
    assert ENTRIES["clientAuthMethod"]["enum"] == list(ClientAuthMethod)
    assert len([name for name, entry in ENTRIES.items() if "enum" in entry]) == 3


def test_fields_of_one_type_show_for_it_alone() -> None:
    shown = {
        name: dependency["when"].get("in", [dependency["when"].get("equals")])
        for name, entry in ENTRIES.items()
        for dependency in entry.get("dependencies", [])
        if dependency["on"] == "paginationType"
    }
    assert shown["startPage"] == ["page"]
    assert shown["startOffset"] == ["offset"]
    assert shown["cursorPath"] == ["cursor"]
    assert shown["nextLinkPath"] == ["next_link"]
    assert shown["headerLinkRel"] == ["header_link"]
    assert shown["shortPageEnds"] == ["offset", "page"]
    # Signs are read with every type.
    assert shown.keys().isdisjoint({"hasMorePath", "totalPath", "totalPagesPath", "ignoredSigns"})


def test_lists_and_flags_have_their_own_types() -> None:
    types = {name: entry["type"] for name, entry in ENTRIES.items() if entry["type"] != "string"}
    assert types == {
        "customAuthRequest": "object",
        "customAuthRequestTemplate": "object",
        "customHeaders": "object",
        "shortPageEnds": "boolean",
        "ignoredSigns": "array",
        "retryStatuses": "array",
        "verifySsl": "boolean",
    }


def test_dependencies_and_sections_name_settings_that_exist() -> None:
    sections = [
        name for section in SPEC["interface"]["sections"] for name in section["configurationNames"]
    ]
    assert sorted(sections) == sorted(set(ENTRIES) - {"baseUrl"})
    for entry in ENTRIES.values():
        for dependency in entry.get("dependencies", []):
            assert dependency["on"] in ENTRIES
            values = dependency["when"].get("in", [dependency["when"].get("equals")])
            assert set(values) <= set(ENTRIES[dependency["on"]]["enum"])


def test_what_ocean_makes_of_texts_is_what_the_model_takes() -> None:
    texts = {to_snake(name): str(e["default"]) for name, e in ENTRIES.items() if "default" in e}
    texts.update(base_url="http://h")
    config = default_config_factory(SPEC["configurations"]).model_validate(texts)
    assert parse_settings(config.model_dump(mode="json")) == parse_settings({"baseUrl": "http://h"})


def test_config_yaml_reads_every_setting_from_its_environment_variable() -> None:
    config = yaml.safe_load(Path("config.yaml").read_text(encoding="utf-8"))
    expected = {
        name: f"{{{{ from env OCEAN__INTEGRATION__CONFIG__{to_snake(name).upper()} }}}}"
        for name in ENTRIES
    }
    assert config["integration"]["config"] == expected
    assert "OCEAN__SCHEDULED_RESYNC_INTERVAL" in config["scheduledResyncInterval"]
    assert "OCEAN__SEND_RAW_DATA_EXAMPLES" in config["sendRawDataExamples"]
