"""The files of a first installation: environment, mapping and blueprints."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import yaml
from pydantic import Secret, SecretStr

from cli.detect.findings import Detection
from cli.detect.installation import installation_identifier
from cli.detect.modelling import Model
from cli.detect.options import PREFIX, Task
from cli.detect.texts import title_of
from resync.overrides import SETTING_OF
from settings import PaginationType, Settings
from settings.model import is_secret

SETTINGS, MAPPING, BLUEPRINTS = "settings.env", "port-app-config.yaml", "blueprints.json"
NAMES = (SETTINGS, MAPPING, BLUEPRINTS)
OWNER_ONLY = 0o600
EVERYBODY = 0o644


def contents(task: Task, models: Sequence[Model], with_secrets: bool) -> dict[str, str]:
    """By file name: the text of each file."""
    common = _common([model.detection for model in models])
    mapping = {"resources": [_resource(model, common.pagination) for model in models]}
    blueprints = [_blueprint(model) for model in models]
    return {
        SETTINGS: _environment(task, common, with_secrets),
        MAPPING: yaml.safe_dump(mapping, sort_keys=False, allow_unicode=True, width=100),
        BLUEPRINTS: json.dumps(blueprints, indent=2) + "\n",
    }


def existing(folder: Path) -> list[Path]:
    """The files that are there already."""
    return [folder / name for name in NAMES if (folder / name).exists()]


def write(folder: Path, texts: Mapping[str, str], *, force: bool, secret: bool) -> list[Path]:
    """Writes the files, with ``secret`` the environment for its owner alone.

    Raises ``FileExistsError`` unless ``force``, and ``OSError`` where the folder cannot be used.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for name, text in texts.items():
        path = folder / name
        if force:
            path.unlink(missing_ok=True)
        mode = OWNER_ONLY if secret and name == SETTINGS else EVERYBODY
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        written.append(path)
    return written


def kind_of(detection: Detection) -> str:
    """The endpoint's kind: its path, with the query that it needs."""
    query = "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in detection.params)
    return f"{detection.endpoint.path}?{query}" if query else detection.endpoint.path


def selector_of(detection: Detection) -> dict[str, Any]:
    """The selector without its pagination."""
    selector: dict[str, Any] = {"query": "true"}
    if detection.data_path != ".":
        selector["data_path"] = detection.data_path
    if detection.format:
        selector["format"] = detection.format
    return selector


def _quoted(text: str) -> str:
    return quote(text, safe="$[]:,@/")


def _common(detections: Sequence[Detection]) -> Detection:
    """The endpoint whose pagination becomes the integration's: the first that has pages."""
    none = PaginationType.NONE
    paged = [one for one in detections if one.pagination["pagination_type"] != none]
    return (paged or list(detections))[0]


def _resource(model: Model, common: Mapping[str, Any]) -> dict[str, Any]:
    detection = model.detection
    selector = selector_of(detection)
    override = _override(detection.pagination, common)
    if override:
        selector["pagination"] = override
    mappings: dict[str, Any] = {"identifier": model.identifier_expression}
    if model.title_expression:
        mappings["title"] = model.title_expression
    mappings["blueprint"] = json.dumps(model.blueprint)
    mappings["properties"] = {one.key: one.expression for one in model.fields.properties}
    if model.relations:
        mappings["relations"] = {one.key: one.expression for one in model.relations}
    return {
        "kind": kind_of(detection),
        "selector": selector,
        "port": {"entity": {"mappings": mappings}},
    }


def _override(own: Mapping[str, Any], common: Mapping[str, Any]) -> dict[str, Any]:
    """``selector.pagination`` where an endpoint pages otherwise than the integration."""
    keys = {setting: key for key, setting in SETTING_OF.items()}
    if own == common:
        return {}
    if own["pagination_type"] != common["pagination_type"]:
        return {keys[name]: _plain(value) for name, value in own.items()}
    # What is not named is taken over, so that what does not apply must be taken back.
    names = [name for name in {**common, **own} if own.get(name) != common.get(name)]
    return {keys[name]: _plain(own.get(name)) for name in names}


def _blueprint(model: Model) -> dict[str, Any]:
    relations = {
        one.key: {
            "title": title_of(one.key),
            "target": one.target,
            "required": False,
            "many": one.many,
        }
        for one in model.relations
    }
    return {
        "identifier": model.blueprint,
        "title": model.title,
        "schema": {
            "properties": {one.key: one.schema for one in model.fields.properties},
            "required": [],
        },
        "relations": relations,
    }


def _environment(task: Task, common: Detection, with_secrets: bool) -> str:
    settings = task.settings
    identifier = installation_identifier(settings.base_url, task.endpoints, task.prefix)
    # In the order of the model, which is that of Port's form.
    given = [name for name in Settings.model_fields if name in settings.model_fields_set]
    own = [name for name in given if name not in ("base_url", "auth_type")]
    open_ = {name: getattr(settings, name) for name in own if not is_secret(name)}
    secrets = [name for name in own if is_secret(name)]
    lines = [
        "# To fill in.",
        "# OCEAN__PORT__CLIENT_ID=",
        "# OCEAN__PORT__CLIENT_SECRET=",
        *(_secret(settings, name, with_secrets) for name in secrets),
        "",
        "# Ocean deletes what an installation of this identifier returned before and not now:",
        "# take another one for other endpoints, and for another account of the same API.",
        f"OCEAN__INTEGRATION__IDENTIFIER={identifier}",
        "OCEAN__INTEGRATION__TYPE=custom",
        "",
        "# As the API works.",
    ]
    values = {
        "base_url": settings.base_url,
        "auth_type": settings.auth_type,
        **open_,
        **common.pagination,
    }
    lines += [_line(name, value) for name, value in values.items()]
    if common.unproven:
        lines += ["", "# Likely, but not proven."]
        lines += [f"# {_line(name, value)}" for name, value in common.unproven.items()]
    return "\n".join(lines) + "\n"


def _secret(settings: Settings, name: str, with_secrets: bool) -> str:
    if not with_secrets:
        return f"# {PREFIX}{name.upper()}="
    value = getattr(settings, name)
    assert isinstance(value, SecretStr | Secret)
    shown = value.get_secret_value()
    return _line(name, shown if isinstance(shown, str) else json.dumps(_plain(shown)))


def _line(name: str, value: Any) -> str:
    """A variable as ``.env`` files have it; what they cannot hold becomes a comment."""
    variable = f"{PREFIX}{name.upper()}"
    text = json.dumps(value) if isinstance(value, list) else str(_plain(value))
    if not text.isprintable() or "${" in text:
        return f"# {variable} cannot be written here: set it in the environment"
    if text.strip() != text or text[:1] in ("'", '"') or " #" in text:
        escaped = text.replace("\\", "\\\\").replace("'", "\\'")
        text = f"'{escaped}'"
    return f"{variable}={text}"


def _plain(value: Any) -> Any:
    """``value`` in types that YAML, JSON and variables have."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:g}"
    if hasattr(value, "model_dump"):
        return value.model_dump(by_alias=True, exclude_none=True)
    return str(value) if isinstance(value, str) else value
