"""``python -m cli preview`` as a user runs it: a process of its own, with files and variables."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from cli.sail import ROOT
from sandbox.serving import serve
from tests.support.canned import CannedApi
from tests.support.core import resource

Run = subprocess.CompletedProcess[str]


def blueprint(name: str, **more: Any) -> dict[str, Any]:
    """A blueprint with one property, ``name``, and what ``more`` says."""
    properties = {"name": {"type": "string"}, **more.get("properties", {})}
    return {
        "identifier": name,
        "schema": {"properties": properties, "required": more.get("required", [])},
        "relations": more.get("relations", {}),
    }


class Previews:
    """Writes a mapping with its blueprints, and previews it."""

    def __init__(self, folder: Path, base_url: str) -> None:
        self.folder = folder
        self.settings = {"BASE_URL": base_url}
        self.environment: dict[str, str] = {}

    @property
    def mapping(self) -> Path:
        return self.folder / "port-app-config.yaml"

    def write(self, *resources: dict[str, Any], blueprints: Any = None, **config: Any) -> None:
        """The files of a mapping; ``blueprints`` None writes none."""
        self.mapping.write_text(yaml.safe_dump({"resources": list(resources), **config}))
        if blueprints is not None:
            (self.folder / "blueprints.json").write_text(json.dumps(blueprints))

    def command(self, *arguments: str) -> list[str]:
        files = [] if "--mapping" in arguments else ["--mapping", str(self.mapping)]
        return [sys.executable, "-m", "cli", "preview", *files, *arguments]

    def variables(self) -> dict[str, str]:
        config = "OCEAN__INTEGRATION__CONFIG__"
        own = {f"{config}{name}": value for name, value in self.settings.items()}
        return {"PATH": os.environ["PATH"], **own, **self.environment}

    def run(self, *arguments: str) -> Run:
        """The command's end; it must neither hang nor break."""
        done = subprocess.run(
            self.command(*arguments),
            cwd=ROOT,
            env=self.variables(),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert "Traceback" not in done.stdout + done.stderr, done.stderr
        return done

    def document(self, *arguments: str, status: int = 0) -> dict[str, Any]:
        """What ``--output json`` tells."""
        done = self.run("--output", "json", *arguments)
        assert done.returncode == status, done.stdout + done.stderr
        told: dict[str, Any] = json.loads(done.stdout)
        assert told["ok"] is (status == 0)
        return told

    def kind(self, *arguments: str, status: int = 0) -> dict[str, Any]:
        """What is told of the only kind."""
        (kind,) = self.document(*arguments, status=status)["kinds"]
        return dict(kind)


@pytest.fixture
def canned() -> CannedApi:
    """An API with one listing of three things."""
    api = CannedApi()
    api.json("/things", '[{"id": "a", "name": "A"}, {"id": "b", "name": "B"}, {"id": "c"}]')
    return api


@pytest.fixture
def url(canned: CannedApi) -> Iterator[str]:
    with serve(canned) as base_url:
        yield base_url


@pytest.fixture
def previews(tmp_path: Path, url: str) -> Previews:
    """Previews of ``canned``; the mapping has the kind /things until it is written anew."""
    made = Previews(tmp_path, url)
    made.write(resource("/things", data_path="."), blueprints=[blueprint("record")])
    return made


@pytest.fixture
def preview_of(tmp_path: Path) -> Callable[[str], Previews]:
    """Previews of any API, without a mapping yet."""
    return lambda base_url: Previews(tmp_path, base_url)
