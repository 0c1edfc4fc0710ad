"""Where Port maps and loads the items (Ocean's DSP mode): what is reported of a resync."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from port_ocean.core.models import IntegrationFeatureFlag

from errors import SettingsError
from sandbox.port_api import PortApi
from tests.support.canned import CannedApi
from tests.support.core import Core, resource

FLAGS = (
    IntegrationFeatureFlag.LAKEHOUSE_ELIGIBLE,
    IntegrationFeatureFlag.DATA_SOURCE_PROCESSOR_ENABLED,
)


@pytest.fixture
def catalog() -> Any:
    made = PortApi(feature_flags=FLAGS)
    yield made
    made.close()


@dataclass
class ActingApi(CannedApi):
    """Does something before it answers a path."""

    acts: dict[str, Callable[[], None]] = field(default_factory=dict)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.acts.get(scope["path"], lambda: None)()
        await super().__call__(scope, receive, send)


@pytest.fixture
def canned() -> ActingApi:
    api = ActingApi()
    api.json("/good", json.dumps({"items": [{"id": f"g{number}"} for number in range(30)]}))
    api.json("/other", json.dumps({"items": [{"id": "o"}]}))
    api.json("/bad", '{"error": "no"}')
    return api


def reported(core: Core, part: str) -> list[str]:
    return [one["status"] for one in core.catalog.lifecycle() if one["part"] == part]


async def test_a_whole_resync_is_finished(core: Core, canned: CannedApi, url: str) -> None:
    outcome = await core.resync({"baseUrl": url}, resource("/good"), resource("/other"))
    assert outcome.succeeded, outcome.error
    assert reported(core, "resync") == ["started", "finished"]
    assert reported(core, "kind") == ["started", "finished"] * 2
    assert len(core.catalog.raw_items()) == 31


@pytest.mark.parametrize("kinds", [["/bad", "/good", "/other"], ["/good", "/other", "/bad"]])
async def test_a_resync_of_which_a_kind_failed_is_failed(
    core: Core, canned: CannedApi, url: str, kinds: list[str]
) -> None:
    """Port deletes what a finished resync did not bring. The other kinds are sent all the same."""
    outcome = await core.resync({"baseUrl": url}, *map(resource, kinds))
    assert not outcome.succeeded
    assert "an error with a status of success" in outcome.error
    assert reported(core, "resync") == ["started", "failed"]
    ended = ["failed" if kind == "/bad" else "finished" for kind in kinds]
    assert reported(core, "kind") == [one for end in ended for one in ("started", end)]
    assert len(core.catalog.raw_items()) == 31


async def test_the_resync_after_it_is_finished(core: Core, canned: CannedApi, url: str) -> None:
    app = await core.start({"baseUrl": url}, resource("/bad"), resource("/good"))
    with pytest.raises(ExceptionGroup):
        await app.integration.sync_raw_all()
    canned.json("/bad", '{"items": []}')
    assert await app.integration.sync_raw_all()
    assert reported(core, "resync") == ["started", "failed", "started", "finished"]


async def test_a_resync_with_a_wrong_mapping_is_failed_and_leaves_nothing_running(
    core: Core, canned: CannedApi, url: str
) -> None:
    wrong = resource("/of/{nobody}")
    app = await core.start({"baseUrl": url}, resource("/good"), wrong)
    before = asyncio.all_tasks()
    with pytest.raises(SettingsError, match="nobody"):
        await app.integration.sync_raw_all()
    assert reported(core, "resync") == ["started", "failed"]
    assert canned.asked == []
    assert asyncio.all_tasks() <= before


async def test_a_mode_that_changes_while_a_resync_runs_loses_nothing(
    core: Core, canned: ActingApi, url: str
) -> None:
    """Ocean would neither load the items that come after it nor leave their entities alone."""
    core.catalog.feature_flags.clear()
    app = await core.start({"baseUrl": url}, resource("/other"), resource("/good", "team"))
    app.port_client._organization_cache_ttl = 0  # It is five minutes.
    assert await app.integration.sync_raw_all()
    assert len(core.catalog.identifiers("team")) == 30
    canned.acts["/other"] = lambda: core.catalog.feature_flags.extend(FLAGS)
    await app.integration.sync_raw_all()
    assert len(core.catalog.identifiers("team")) == 30
    assert core.catalog.deletions() == []
    del canned.acts["/other"]
    assert await app.integration.sync_raw_all()
    assert len(core.catalog.raw_items()) == 31
    assert core.catalog.deletions() == []


async def test_port_that_does_not_tell_the_mode_for_a_moment_gets_all_items(
    core: Core, canned: ActingApi, url: str
) -> None:
    """Ocean would send those to nobody, and report a resync that has finished."""
    app = await core.start({"baseUrl": url}, *map(resource, ("/bad", "/good", "/other")))
    app.port_client._organization_cache_ttl = 0
    canned.acts["/bad"] = lambda: core.catalog.refuse("/organization", 500)
    canned.acts["/good"] = lambda: core.catalog.refuse("/organization", 200)
    canned.acts["/other"] = canned.acts["/bad"]
    with pytest.raises(ExceptionGroup):
        await app.integration.sync_raw_all(silent=False)
    assert reported(core, "resync") == ["started", "failed"]
    assert len(core.catalog.raw_items()) == 31


async def test_without_an_answer_to_the_mode_ocean_loads_all(
    core: Core, canned: ActingApi, url: str
) -> None:
    app = await core.start({"baseUrl": url}, *map(resource, ("/good", "/other")))
    core.catalog.refuse("/organization", 500)
    canned.acts["/other"] = lambda: core.catalog.refuse("/organization", 200)
    assert await app.integration.sync_raw_all()
    assert len(core.catalog.identifiers("record")) == 31
    assert await app.integration.sync_raw_all()
    assert reported(core, "resync") == ["started", "finished"]
    assert len(core.catalog.raw_items()) == 31
