"""The command as a user runs it, in this process, against APIs on real sockets."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import cli.detect.context
from cli.__main__ import main
from client.retry import RetryPolicy
from sandbox.serving import serve
from tests.cli.detect.apis import PagingApis
from tests.core.conftest import (  # noqa: F401 - fixtures
    _one_set_of_certificates,
    canned,
    core,
    port_server,
    url,
)
from tests.support.core import forget_ocean


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the command ended, and all that it printed."""

    code: int
    out: str
    err: str

    @property
    def endpoints(self) -> list[dict[str, Any]]:
        """What ``--output json`` tells of each endpoint."""
        found: list[dict[str, Any]] = json.loads(self.out)["endpoints"]
        return found

    def confidence(self, setting: str, endpoint: int = 0) -> str:
        """How sure the finding of a setting is."""
        (found,) = (
            one["confidence"]
            for one in self.endpoints[endpoint]["findings"]
            if one["setting"] == setting
        )
        return str(found)


Detect = Callable[..., Outcome]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the command writes."""
    return tmp_path / "detected"


@pytest.fixture
def detect(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Detect]:
    """Runs ``detect``; retries wait milliseconds."""
    quick = RetryPolicy(attempts=3, base_seconds=0.01, throttled_base_seconds=0.01)
    monkeypatch.setattr(cli.detect.context, "RETRY", quick)

    def run(*arguments: str, output: str = "json") -> Outcome:
        forget_ocean()
        capsys.readouterr()
        code = main(["detect", *arguments, "--write", str(folder), "--output", output])
        forget_ocean()
        return Outcome(code, *capsys.readouterr())

    yield run
    forget_ocean()


@pytest.fixture(scope="session")
def shapes_server() -> Iterator[tuple[PagingApis, str]]:
    """All shapes, served once."""
    apis = PagingApis()
    with serve(apis) as base_url:
        yield apis, base_url


@pytest.fixture
def shapes(shapes_server: tuple[PagingApis, str]) -> PagingApis:
    """The server of all shapes; its record of requests is empty."""
    shapes_server[0].asked.clear()
    return shapes_server[0]


@pytest.fixture
def shapes_url(shapes_server: tuple[PagingApis, str]) -> str:
    """The base URL of the shapes."""
    return shapes_server[1]
