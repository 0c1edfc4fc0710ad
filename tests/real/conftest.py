"""Third-party servers, and what a user does with them: detect, preview, resync."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import pytest
import yaml

from cli.detect.files import BLUEPRINTS, MAPPING, SETTINGS
from cli.detect.options import PREFIX
from cli.sail import KEPT, ROOT
from tests.cli.detect.test_resync import files, imported
from tests.core.conftest import (  # noqa: F401 - fixtures
    _one_set_of_certificates,
    core,
    port_server,
)
from tests.support.core import Core, resource
from tests.support.installed import NotInstalled, command

RECORDS, REMOVED = 330, 30
"""Three pages of a hundred and a part of one; then three whole pages."""


@pytest.fixture(scope="session")
def program() -> Callable[[str, str], list[str]]:
    """What runs a program of a server, such as ``("kinto-26.5.0", "kinto")``; the test is skipped
    where the server cannot be installed."""

    def find(name: str, program: str) -> list[str]:
        try:
            return command(name, program)
        except NotInstalled as error:
            pytest.skip(f"{name} cannot be installed here: {error}")

    return find


class User:
    """What a user does, in the order in which it is done, with the files in ``folder``."""

    def __init__(self, core: Core, folder: Path) -> None:  # noqa: F811
        self.core = core
        self.folder = folder
        self.secrets: dict[str, str] = {}

    def detect(self, *arguments: str, status: int = 0) -> dict[str, Any]:
        """What ``detect`` tells of the only endpoint; the files are in ``folder`` then."""
        command = ["detect", *arguments, "--write", str(self.folder), "--output", "json"]
        done = self._run(*command, status=status)
        (endpoint,) = json.loads(done.stdout)["endpoints"]
        return dict(endpoint)

    def refused(self, *arguments: str) -> str:
        """What ``detect`` says where it cannot do anything."""
        return self._run("detect", *arguments, "--no-write", status=3).stderr

    def write(
        self, settings: dict[str, str], blueprint: str, kind: str, identifier: str, **selector: Any
    ) -> None:
        """The files as they are written by hand."""
        self.folder.mkdir(parents=True, exist_ok=True)
        lines = [f"{PREFIX}{name.upper()}={value}" for name, value in settings.items()]
        (self.folder / SETTINGS).write_text("\n".join(lines))
        mapping = {"resources": [resource(kind, blueprint, identifier=identifier, **selector)]}
        (self.folder / MAPPING).write_text(yaml.safe_dump(mapping))
        schema = {"properties": {"name": {"type": "string"}}, "required": []}
        blueprints = [{"identifier": blueprint, "title": blueprint, "schema": schema}]
        (self.folder / BLUEPRINTS).write_text(json.dumps(blueprints))

    def preview(self, *arguments: str) -> dict[str, Any]:
        """What ``preview`` tells of the only kind, which must be well."""
        inputs = [
            "--mapping",
            str(self.folder / MAPPING),
            "--env-file",
            str(self.folder / SETTINGS),
        ]
        done = self._run("preview", *inputs, "--output", "json", *arguments)
        (kind,) = json.loads(done.stdout)["kinds"]
        return dict(kind)

    async def resync(self, blueprint: str, expected: Collection[str]) -> None:
        """A whole resync, after which the catalog holds exactly ``expected``, each sent once or,
        where nothing has changed, not at all."""
        settings, mapping, blueprints = files(self.folder)
        for one in blueprints:
            self.core.catalog.add_blueprint(one)
        known, before = set(self.core.catalog.identifiers(blueprint)), imported(self.core)
        outcome = await self.core.resync({**settings, **self.secrets}, *mapping["resources"])
        assert outcome.succeeded, outcome.error
        assert self.core.catalog.identifiers(blueprint) == sorted(expected)
        sent = imported(self.core) - before
        assert sent == len(expected) if not known else sent <= len(expected)
        gone = {one for where, one in self.core.catalog.deletions() if where == blueprint}
        assert gone == known - set(expected)

    def _run(self, *arguments: str, status: int = 0) -> subprocess.CompletedProcess[str]:
        own = {name: os.environ[name] for name in KEPT if name in os.environ}
        own |= {f"{PREFIX}{name.upper()}": value for name, value in self.secrets.items()}
        done = subprocess.run(
            [sys.executable, "-m", "cli", *arguments],
            cwd=ROOT,
            env=own,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done


@pytest.fixture
def user(core: Core, tmp_path: Path) -> User:  # noqa: F811
    """A user with an empty folder and an empty catalog."""
    return User(core, tmp_path / "detected")


def pages(requests: list[str]) -> list[str]:
    """The requests of a resync, none of which may have been sent twice."""
    assert len(set(requests)) == len(requests), requests
    return sorted(requests)
