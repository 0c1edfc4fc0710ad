"""Contract: what this integration relies on in the framework and does not see in its signatures."""

from __future__ import annotations

import inspect
import re

from port_ocean.clients.port.mixins.entities import EntityClientMixin
from port_ocean.clients.port.mixins.organization import OrganizationClientMixin
from port_ocean.core.event_listener.once import OnceEventListener
from port_ocean.core.handlers.entities_state_applier.port.applier import HttpEntitiesStateApplier
from port_ocean.core.handlers.entity_processor.jq_entity_processor import JQEntityProcessor
from port_ocean.core.integrations.mixins.sync_raw import SyncRawMixin
from port_ocean.core.integrations.mixins.utils import handle_items_to_parse, is_dsp_mode_enabled


def source(function: object) -> str:
    """The source of a function, its blanks as single ones."""
    return " ".join(inspect.getsource(inspect.unwrap(function)).split())  # type: ignore[arg-type]


def test_the_client_sends_the_requests_that_are_read_here() -> None:
    bulk = source(EntityClientMixin.upsert_entities_bulk)
    sent_to = r'self\.client\.post\( f"\{self\.auth\.api_url\}/blueprints/%s"'
    assert re.search(sent_to % re.escape("{blueprint}/entities/bulk"), bulk)
    assert 'json={ "entities": [ entity.dict(exclude_unset=True, by_alias=True)' in bulk
    single = source(EntityClientMixin.upsert_entity)
    assert re.search(sent_to % re.escape("{entity.blueprint}/entities"), single)
    assert "json=entity.dict(exclude_unset=True, by_alias=True)" in single


def test_a_resync_deletes_by_delete_diff_alone() -> None:
    """``before`` is what was not updated since the resync began, ``after`` all that was made."""
    end = source(SyncRawMixin._resync_reconciliation)
    assert "entities_at_port = await ocean.port_client.search_entities(" in end
    assert "search_entities( user_agent_type, before=before )" in end
    assert '{"before": entities_at_port, "after": generated_entities}, user_agent_type,' in end
    assert end.count("entities_state_applier") == 1
    resync = source(SyncRawMixin.sync_raw_all)
    assert "entities_state_applier" not in resync
    assert "await self.resync_reconciliation(" in resync


def test_what_port_refuses_is_in_after_too() -> None:
    load = source(SyncRawMixin._register_resource_raw)
    assert "for entity in objects_diff[0].entity_selector_diff.passed" in load
    assert "await self.entities_state_applier.upsert(" in load


def test_what_port_refuses_is_tried_again_where_this_is_noted() -> None:
    assert "event.entity_topological_sorter.register_entity(entity)" in source(
        HttpEntitiesStateApplier.upsert
    )
    assert "self.sort_and_upsert_failed_entities(user_agent_type)" in source(
        SyncRawMixin._resync_reconciliation
    )
    assert "port_client.upsert_entity(" in source(SyncRawMixin.sort_and_upsert_failed_entities)


def test_one_resync_is_a_full_or_an_incremental_one() -> None:
    start = source(OnceEventListener._start)
    assert "await ocean.app.integration.sync_incremental(" in start
    assert "await self._resync({})" in start


def test_what_port_says_of_its_mode_is_kept_where_it_is_held_here() -> None:
    ask = source(OrganizationClientMixin)
    for name in ("_organization_cache", "_organization_cached_at", "_organization_cache_ttl"):
        assert f"self.{name}" in ask
    assert "now - self._organization_cached_at < self._organization_cache_ttl" in ask
    assert "get_organization_feature_flags()" in source(is_dsp_mode_enabled)


def test_items_are_mapped_where_they_are_counted() -> None:
    parse = source(JQEntityProcessor._parse_items)
    assert "self.merge_results( sync_results, async_results, raw_results )" in parse
    assert 'if result.entity.get("identifier") and result.entity.get("blueprint"):' in parse
    apart = source(handle_items_to_parse)
    assert "entity_processor._search(item, items_to_parse)" in apart
    assert "entity_processor._search(item, jq_expression)" in apart


def test_where_port_maps_an_error_of_a_resource_fails_the_resync_and_nothing_else_does() -> None:
    resync = source(SyncRawMixin.sync_raw_all)
    assert "await self.process_resource(resource, index, user_agent_type)" in resync
    failed = resync.index("except Exception as e:")
    assert "lifecycle_client.notify_resync_failed(" in resync[failed : failed + 600]
    handed_off = resync.index("DSP mode active: skipping reconciliation")
    end = resync[handed_off : resync.index("return True", handed_off)]
    assert "notify_resync_finished(" in end
    assert "notify_resync_failed(" not in end
