"""``detect`` and ``ocean sail -O`` as a user runs them: processes, and files between them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from dotenv import dotenv_values

from cli.sail import sail
from sandbox.port_api import PortApi
from sandbox.sample_api import SampleApi
from sandbox.serving import serve


@pytest.fixture
def port_url(catalog: PortApi) -> Iterator[str]:
    with serve(catalog.app) as url:
        yield url


def test_what_is_written_is_all_that_a_resync_needs(
    catalog: PortApi, port_url: str, api: SampleApi, api_url: str, tmp_path: Path
) -> None:
    urls = [f"{api_url}/bearer_token/{one}" for one in ("offset/teams", "cursor/services")]
    token = {"OCEAN__INTEGRATION__CONFIG__API_TOKEN": api.token}
    done = subprocess.run(
        [sys.executable, "-m", "cli", "detect", *urls, "--write", str(tmp_path)],
        env={**os.environ, **token},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert api.token not in done.stdout + done.stderr
    written = {k: v or "" for k, v in dotenv_values(tmp_path / "settings.env").items()}
    voyage = sail(
        {
            **written,
            **token,
            "OCEAN__PORT__BASE_URL": port_url,
            "OCEAN__PORT__CLIENT_ID": "sandbox",
            "OCEAN__PORT__CLIENT_SECRET": "sandbox-secret",
            "OCEAN__RESOURCES_PATH": str(tmp_path),
        }
    )
    assert voyage.status == 0, voyage.output
    blueprints = json.loads((tmp_path / "blueprints.json").read_text(encoding="utf-8"))
    assert [one["identifier"] for one in blueprints] == ["team", "service"]
    for blueprint, resource in {"team": "teams", "service": "services"}.items():
        expected = sorted(record["id"] for record in api.records(resource))
        assert catalog.identifiers(blueprint) == expected
