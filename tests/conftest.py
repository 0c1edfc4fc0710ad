"""Servers on real sockets that all tests share, and a log that tests can read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from loguru import logger

from sandbox.port_api import PortApi
from sandbox.sample_api import SampleApi
from sandbox.serving import serve

ROOT = Path(__file__).parent.parent

# Without loguru's own sink, whose tracebacks with values are slow; the ``log`` fixture has one.
logger.remove()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tells aloud which third-party servers were not tested, and why."""
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = [one.longrepr[2] for one in skipped if "real" in one.keywords]
    if not reasons:
        return
    terminalreporter.section("REAL SERVERS NOT TESTED", sep="!", red=True, bold=True)
    for reason, count in Counter(reasons).items():
        told = f"{count} skipped: {reason.removeprefix('Skipped: ')}"
        terminalreporter.line(told, red=True, bold=True)


@pytest.fixture(autouse=True)
def _project_as_working_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ocean reads ``config.yaml``, ``pyproject.toml`` and ``.port`` from where it is started."""
    monkeypatch.chdir(ROOT)


@pytest.fixture(scope="session")
def sample_server() -> Iterator[tuple[SampleApi, str]]:
    """The sample API and its base URL, served once for all tests."""
    api = SampleApi(sizes={"teams": 12, "services": 60, "deployments": 250, "users": 30})
    with serve(api.app) as url:
        yield api, url


@pytest.fixture
def api(sample_server: tuple[SampleApi, str]) -> Iterator[SampleApi]:
    """The sample API, as new."""
    sample_server[0].reset()
    sample_server[0].restore()
    yield sample_server[0]
    sample_server[0].reset()


@pytest.fixture(scope="session")
def api_url(sample_server: tuple[SampleApi, str]) -> str:
    """The base URL of the sample API."""
    return sample_server[1]


@pytest.fixture
def catalog() -> Iterator[PortApi]:
    """An empty Port catalog; serve it with ``sandbox.serving.serve``."""
    port = PortApi()
    yield port
    port.close()


@pytest.fixture
def log() -> Iterator[list[str]]:
    """Every log line from DEBUG up, exceptions with their tracebacks included."""
    lines: list[str] = []
    sink = logger.add(lambda line: lines.append(str(line)), level="DEBUG", diagnose=False)
    yield lines
    logger.remove(sink)
