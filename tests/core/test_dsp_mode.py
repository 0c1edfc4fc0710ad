"""Where Port maps and loads the items (Ocean's DSP mode): what is reported of a resync."""

from __future__ import annotations

import asyncio
import json
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


@pytest.fixture
def canned() -> CannedApi:
    api = CannedApi()
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
