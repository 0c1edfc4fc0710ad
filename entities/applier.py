"""Ocean's state applier, with what it lacks: a deletion that is judged for each blueprint, and a
count of what Port refused."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable

from loguru import logger
from port_ocean.clients.port.types import UserAgentType
from port_ocean.context.event import event
from port_ocean.context.ocean import ocean
from port_ocean.core.handlers.entities_state_applier.port.applier import HttpEntitiesStateApplier
from port_ocean.core.handlers.entities_state_applier.port.get_related_entities import (
    get_related_entities,
)
from port_ocean.core.handlers.port_app_config.models import ResourceConfig
from port_ocean.core.models import Entity, EntityPortDiff
from port_ocean.core.ocean_types import EntityDiff
from port_ocean.core.utils.utils import get_port_diff
from port_ocean.helpers.metric.metric import MetricPhase, MetricType
from port_ocean.helpers.metric.utils import TimeMetric

from entities.deletion import Share, Verdict, judge, without_targets_of
from entities.upserts import Key, Upserts, current_upserts, key_of, watch

NAMED = 5
"""Blueprints that one message names."""


class EntitiesStateApplier(HttpEntitiesStateApplier):
    """Upserts as Ocean does, and deletes at the end of a full resync by the rules of ``judge``."""

    def watch(self) -> None:
        """Has Port's responses read from now on. Ocean has a client for each context."""
        watch(self.context.port_client.client)

    async def upsert(self, entities: list[Entity], user_agent_type: UserAgentType) -> list[Entity]:
        """Ocean's upsert; what Port says of each entity goes to ``current_upserts``."""
        self.watch()
        current_upserts().sent(entities)
        return await super().upsert(entities, user_agent_type)

    async def delete_diff(
        self,
        entities: EntityDiff,
        user_agent_type: UserAgentType,
        entity_deletion_threshold: float | None = None,
    ) -> None:
        """Deletes the stale entities: those of ``before`` that are not in ``after``.

        Ocean passes as ``before`` the entities of this installation that were not updated since the
        resync began, and as ``after`` all that it has generated, whether they were updated, left
        as they are or refused by Port. Ocean takes the stale ones for a share of ``before`` alone
        and judges all blueprints as one.
        """
        diff = get_port_diff(entities["before"], entities["after"])
        upserts = current_upserts()
        stale = await self._unprotected(diff, upserts) if diff.deleted else []
        allowed: list[Entity] = []
        if not entity_deletion_threshold:
            _log_kept(len(stale), "entityDeletionThreshold is 0")
        else:
            verdict = judge(_shares(diff, stale, upserts), entity_deletion_threshold)
            _log_verdict(verdict, entity_deletion_threshold)
            allowed = [one for one in stale if str(one.blueprint) not in verdict.kept]
            allowed = _without_replaced(allowed, diff, upserts.refused_keys)
            if event.port_app_config.delete_dependent_entities:
                staying = {*map(key_of, diff.deleted)} | upserts.refused_keys
                staying -= {*map(key_of, allowed)}
                others = [one for one in entities["before"] if key_of(one) in staying]
                count = len(allowed)
                allowed = without_targets_of(others, allowed)
                _log_kept(count - len(allowed), "entities that stay relate to them")
        if allowed:
            await TimeMetric(MetricPhase.DELETE)(self.delete)(allowed, user_agent_type)
        labels = [
            ocean.metrics.current_resource_kind(),
            MetricPhase.DELETE,
            MetricPhase.DeletionResult.DELETED,
        ]
        ocean.metrics.inc_metric(MetricType.OBJECT_COUNT_NAME, labels, len(allowed))

    async def _unprotected(self, diff: EntityPortDiff, upserts: Upserts) -> list[Entity]:
        """The entities of ``diff.deleted`` that nothing protects from being deleted."""
        refused = upserts.refused_keys
        # A refused entity that Port never had relates to nothing, and may be of no blueprint.
        created = [entity for entity in diff.created if key_of(entity) not in refused]
        protected = set(refused)
        if event.port_app_config.create_missing_related_entities:
            kept = created + diff.modified
            related = await get_related_entities(kept, self.context.port_client)
            protected.update(map(key_of, related))
        stale = [entity for entity in diff.deleted if key_of(entity) not in protected]
        unknown = upserts.unknown_blueprints
        if unknown:
            logger.error(
                f"Nothing is deleted of {_names(unknown)}: Port refused an entity that the mapping "
                "names by a search, and which one of the catalog it is cannot be said"
            )
        return _allowed_by_resources(
            [entity for entity in stale if str(entity.blueprint) not in unknown],
            event.port_app_config.resources,
        )


def _without_replaced(
    stale: list[Entity], diff: EntityPortDiff, refused: Collection[Key]
) -> list[Entity]:
    """Leaves out what has lost its place to entities that Port refused, by the mapping that made
    them: where Port took none of a blueprint, its stale entities stay, and so do those of a
    blueprint that nothing is mapped to any more, as that may be the one they had before."""
    taken = {
        str(one.blueprint) for one in (*diff.created, *diff.modified) if key_of(one) not in refused
    }
    lost = {blueprint for _, blueprint in refused} - taken
    if not lost:
        return stale
    going = [one for one in stale if str(one.blueprint) in taken]
    kept = {str(one.blueprint) for one in stale} - taken
    if kept:
        logger.error(
            f"Nothing is deleted of {_names(kept)}: Port refused all entities of {_names(lost)}, "
            "and what it has may be the same ones under their former identifier or blueprint"
        )
    return going


def _shares(diff: EntityPortDiff, stale: list[Entity], upserts: Upserts) -> list[Share]:
    """Each blueprint's entities in the catalog when the resync began, and the stale ones of them.

    In ``diff``, ``created`` are those that Port updated in this resync, and also those that it
    created or refused: they were not in the catalog.
    """
    refused: frozenset[Key] = upserts.refused_keys
    totals: Counter[str] = Counter(str(one.blueprint) for one in (*diff.modified, *diff.deleted))
    totals.update(str(one.blueprint) for one in diff.created if key_of(one) not in refused)
    going = Counter(str(entity.blueprint) for entity in stale)
    return [
        Share(name, going[name], max(totals[name] - upserts.created(name), going[name]))
        for name in totals
    ]


def _allowed_by_resources(stale: list[Entity], resources: Iterable[ResourceConfig]) -> list[Entity]:
    """Leaves out what belongs to a resource with ``enableDelete: false``.

    Of an entity only the blueprint is known. So the blueprint of such a resource keeps all. Where
    it is an expression, it may be any blueprint but those that only other resources name.
    """
    closed = {_blueprint(one) for one in resources if not one.enable_delete}
    if not closed:
        return stale
    opened = {_blueprint(one) for one in resources if one.enable_delete} - closed
    going = [
        entity
        for entity in stale
        if str(entity.blueprint) in opened
        or (None not in closed and str(entity.blueprint) not in closed)
    ]
    why = "enableDelete is false for a resource with their blueprint"
    _log_kept(len(stale) - len(going), why)
    return going


def _blueprint(resource: ResourceConfig) -> str | None:
    """The blueprint of a resource, where it is a plain text and not computed from the item."""
    try:
        blueprint = json.loads(resource.port.entity.mappings.blueprint)
    except ValueError:
        return None
    return blueprint if isinstance(blueprint, str) else None


def _log_kept(entities: int, why: str) -> None:
    if entities:
        logger.info(f"{entities:,} stale entities are kept: {why}")


def _log_verdict(verdict: Verdict, threshold: float) -> None:
    advice = (
        f"more than entityDeletionThreshold ({threshold:g}) allows, so none of them is deleted. If "
        "they are gone for good, raise entityDeletionThreshold in the mapping for one resync (1 "
        "allows everything)"
    )
    for share in verdict.over:
        logger.error(
            f"Blueprint {share.blueprint}: {share.stale:,} of {share.total:,} entities were not "
            f"returned by the API, {advice}"
        )
    if verdict.together:
        stale = sum(share.stale for share in verdict.together)
        names = _names([share.blueprint for share in verdict.together])
        logger.error(f"{stale:,} entities of {names} were not returned by the API, {advice}")


def _names(blueprints: Collection[str]) -> str:
    names = sorted(blueprints)
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"blueprint{'s' if len(names) > 1 else ''} {', '.join(names[:NAMED])}{more}"
