"""What Ocean says, by the words of ``docs/troubleshooting.md``; see ``tests/core``."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from port_ocean.core.models import IntegrationFeatureFlag

from sandbox.port_api import PortApi
from sandbox.serving import serve
from tests.support.core import IDENTIFIER, Core, resource

SERVICES = resource("/services")
WITHOUT_IDENTIFIER = resource("/services", identifier=".no_such_key")


async def _overlapping(core: Core) -> None:
    core.api.behave(latency_ms=20)
    app = await core.start(core.settings("offset"), SERVICES)
    first = asyncio.create_task(app.integration.sync_raw_all())
    await asyncio.sleep(0)
    await asyncio.gather(first, app.integration.sync_raw_all())


async def _failing(core: Core) -> None:
    core.api.behave(fault="404", fault_times=0)
    app = await core.start(core.settings("offset"), SERVICES)
    assert not await app.integration.sync_raw_all()


async def _nameless(core: Core) -> None:
    await core.resync(core.settings("offset"), WITHOUT_IDENTIFIER)


async def _too_much_to_delete(core: Core) -> None:
    app = await core.start(core.settings("offset"), SERVICES)
    assert await app.integration.sync_raw_all()
    core.api.remove("services", [record["id"] for record in core.api.records("services")[::2]])
    core.catalog.set_config(IDENTIFIER, {"resources": [SERVICES], "entityDeletionThreshold": 0.1})
    await app.integration.sync_raw_all()
    assert len(core.catalog.identifiers("record")) == 60


async def _some_nameless(core: Core) -> None:
    some = resource("/services", identifier='if .id == "svc-0001" then null else .id end')
    outcome = await core.resync(core.settings("offset"), some)
    assert outcome.succeeded, outcome.error


def _apart(expression: str) -> Callable[[Core], Awaitable[None]]:
    async def case(core: Core) -> None:
        apart = resource("/services", identifier=".item", data_path="[{a: [.items[].id]}, {}]")
        apart["port"]["itemsToParse"] = expression
        await core.resync(core.settings("none"), apart)

    return case


async def _failing_expression(core: Core) -> None:
    await core.resync(core.settings("offset"), resource("/services", identifier=".id.of"))


async def _failing_where_port_maps(core: Core) -> None:
    flags = (
        IntegrationFeatureFlag.LAKEHOUSE_ELIGIBLE,
        IntegrationFeatureFlag.DATA_SOURCE_PROCESSOR_ENABLED,
    )
    catalog = PortApi(feature_flags=flags)
    core.api.behave(fault="404", fault_times=0)
    with serve(catalog.app) as port_url:
        other = Core(catalog, port_url, core.api, core.api_url)
        await other.resync(other.settings("offset"), SERVICES)
    catalog.close()


async def _modeless(core: Core) -> None:
    core.catalog.refuse("/organization", 500)
    await core.resync(core.settings("offset"), SERVICES)


async def _small_kinds_vanish(core: Core) -> None:
    kinds = [resource("/teams", one) for one in ("team", "service")]
    app = await core.start(core.settings("offset"), *kinds)
    assert await app.integration.sync_raw_all()
    gone = resource("/teams", "team", query="false")
    core.catalog.set_config(IDENTIFIER, {"resources": [gone]})
    await app.integration.sync_raw_all()
    assert len(core.catalog.identifiers("team") + core.catalog.identifiers("service")) == 24


async def _refused(core: Core) -> None:
    await core.resync(core.settings("offset"), resource("/services", "nothing"))


async def _replaced(core: Core) -> None:
    await core.resync(core.settings("offset"), SERVICES)
    await core.resync(core.settings("offset"), resource("/services", "nothing"))


async def _refused_by_search(core: Core) -> None:
    await core.resync(core.settings("offset"), SERVICES)
    searching = resource("/services")
    searching["port"]["entity"]["mappings"]["identifier"] = {
        "combinator": '"and"',
        "rules": [{"property": '"name"', "operator": '"="', "value": ".name"}],
    }
    await core.resync(core.settings("offset"), searching)
    assert len(core.catalog.identifiers("record")) == 60


CASES: dict[str, Callable[[Core], Awaitable[None]]] = {
    "A resync is due": _overlapping,
    "Failed to execute resync": _failing,
    "skipping delete phase": _failing,
    "Blueprint <blueprint>: <n> of <n> entities": _too_much_to_delete,
    "<n> entities of <blueprints> were not": _small_kinds_vanish,
    "Port refused <n> entities": _refused,
    "refused all entities": _replaced,
    "names by a search": _refused_by_search,
    "Unable to find valid data": _nameless,
    "transformations of batch failed": _nameless,
    "none of <n> items has an identifier": _nameless,
    "or blueprint <expression> fails": _failing_expression,
    "items have no identifier or no blueprint": _some_nameless,
    "itemsToParse <expression> fails": _apart(".a.b"),
    "itemsToParse <expression> leads to what": _apart(".a[0]"),
    "itemsToParse <expression> is no plain": _apart("[.a[]?]"),
    "itemsToParse <expression> is null in all": _apart(".b"),
    "itemsToParse <expression> is null in <n>": _apart(".a"),
    "does not say which mode": _modeless,
    "kinds failed, so nothing": _failing_where_port_maps,
}
