"""What a preview works on: settings, mapping and blueprints, checked before any request."""

from __future__ import annotations

import contextlib
import difflib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from dotenv import dotenv_values
from pydantic.v1 import ValidationError

from errors import SettingsError
from mapping import CustomPortAppConfig, CustomResourceConfig, mapping_problems
from settings import Settings, parse_settings
from settings.preflight import as_mapping, read_configuration

ROOT = Path(__file__).resolve().parents[2]

NO_PORT: Mapping[str, Any] = {
    "port": {"client_id": "none", "client_secret": "none", "base_url": "http://127.0.0.1:9"},
    "integration": {"identifier": "preview", "type": "custom"},
    "event_listener": {"type": "ONCE", "should_resync": False},
    "caching_storage_mode": "memory",
}
"""Ocean's own settings, with a Port that nobody answers for: it is never asked."""

MAPPING_NAMES = ("port-app-config.yaml", "port-app-config.yml", "port-app-config.json")

Blueprints = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Inputs:
    """``chosen`` are the resources to preview with their places in the mapping; ``blueprints`` are
    by identifier, None where there is no file of them."""

    settings: Settings
    path: Path
    config: CustomPortAppConfig
    chosen: list[tuple[int, CustomResourceConfig]]
    blueprints: Blueprints | None


def read_inputs(mapping: str | None, env_file: str | None, kinds: Sequence[str] | None) -> Inputs:
    """Reads all inputs. Raises ``SettingsError`` with every problem that they have."""
    if env_file:
        _load_environment(Path(env_file))
    # Where Ocean has to be started: it reads files of the present folder.
    with contextlib.chdir(ROOT):
        configuration = read_configuration(**NO_PORT)
    path = Path(mapping) if mapping else _default_mapping(ROOT / configuration.resources_path)
    raw = configuration.integration.config
    errors: list[SettingsError] = []
    settings = _kept(errors, lambda: parse_settings(as_mapping(raw)))
    config = _kept(errors, lambda: _read_mapping(path))
    blueprints = _kept(errors, lambda: _read_blueprints(path.parent))
    if len(errors) == 1:
        raise errors[0]
    if settings is None or config is None:
        problems = [problem for error in errors for problem in error.problems]
        raise SettingsError(problems, subject=f"the settings and the files of {path}")
    return Inputs(settings, path, config, _chosen(config, kinds), blueprints)


def _kept[T](errors: list[SettingsError], read: Callable[[], T]) -> T | None:
    try:
        return read()
    except SettingsError as error:
        errors.append(error)
        return None


def _load_environment(path: Path) -> None:
    """What the environment has already is stronger, as everywhere."""
    if not path.is_file():
        raise SettingsError([f"--env-file: there is no file {path}"], subject="the arguments")
    for name, value in dotenv_values(path, interpolate=False).items():
        os.environ.setdefault(name, value or "")


def _default_mapping(folder: Path) -> Path:
    found = [folder / name for name in MAPPING_NAMES if (folder / name).is_file()]
    if not found:
        raise SettingsError(
            [f"--mapping: is missing, and there is no {MAPPING_NAMES[0]} in {folder}"],
            subject="the arguments",
        )
    return found[0]


def _read_mapping(path: Path) -> CustomPortAppConfig:
    subject = f"the mapping {path}"
    if not path.is_file():
        raise SettingsError([f"--mapping: there is no file {path}"], subject="the arguments")
    try:
        raw = yaml.safe_load(path.read_text("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SettingsError([f"is not YAML: {error}"], subject=subject) from None
    if not isinstance(raw, dict) or not isinstance(raw.get("resources"), list):
        raise SettingsError(["resources: is missing; allowed: a list"], subject=subject)
    try:
        return CustomPortAppConfig.parse_obj(raw)
    except ValidationError as error:
        raise SettingsError(mapping_problems(error), subject=subject) from None


def _chosen(
    config: CustomPortAppConfig, kinds: Sequence[str] | None
) -> list[tuple[int, CustomResourceConfig]]:
    every = list(enumerate(config.resources))
    mapped = [resource.kind for resource in config.resources]
    problems = [_unknown(kind, mapped) for kind in kinds or () if kind not in mapped]
    if problems:
        raise SettingsError(problems, subject="the arguments")
    return every if not kinds else [(index, one) for index, one in every if one.kind in kinds]


def _unknown(kind: str, mapped: list[str]) -> str:
    close = difflib.get_close_matches(kind, mapped, n=1, cutoff=0.5)
    hint = f"did you mean {close[0]}?" if close else f"the mapping has: {', '.join(mapped)}"
    return f"--kind: {kind!r} is not in the mapping; {hint}"


def _read_blueprints(folder: Path) -> Blueprints | None:
    path = folder / "blueprints.json"
    if not path.is_file():
        return None
    try:
        raw = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise SettingsError([f"is not JSON: {error}"], subject=f"the blueprints {path}") from None
    listed = raw if isinstance(raw, list) else [raw]
    if not all(isinstance(one, dict) and isinstance(one.get("identifier"), str) for one in listed):
        problem = "allowed: a list of blueprints, each an object with an identifier"
        raise SettingsError([problem], subject=f"the blueprints {path}")
    return {one["identifier"]: one for one in listed}
