"""Which stale entities may go: ``entityDeletionThreshold``, judged for each blueprint."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from port_ocean.core.models import Entity
from port_ocean.core.utils.entity_identifier import normalize_identifier

FEW = 20
"""Entities. So few may go even where they are all that a blueprint has."""


@dataclass(frozen=True, slots=True)
class Share:
    """How many of this installation's entities of one blueprint are stale."""

    blueprint: str
    stale: int
    total: int

    def over(self, threshold: float) -> bool:
        """Whether more than ``threshold`` (0 to 1) of the entities are stale."""
        return self.total > 0 and self.stale / self.total > threshold


@dataclass(frozen=True, slots=True)
class Verdict:
    """The blueprints that keep their stale entities, and why.

    ``over`` are those over the threshold by themselves. ``together`` have few stale entities each,
    but as many in all that the whole installation is over the threshold.
    """

    over: tuple[Share, ...] = ()
    together: tuple[Share, ...] = ()

    @property
    def kept(self) -> frozenset[str]:
        """The blueprints of which nothing may be deleted."""
        return frozenset(share.blueprint for share in (*self.over, *self.together))


def judge(shares: Sequence[Share], threshold: float) -> Verdict:
    """Judges the stale entities by ``threshold``, the mapping's ``entityDeletionThreshold``.

    ``shares`` are all blueprints of the installation, those without stale entities included. One
    that is over the threshold keeps its stale entities if there are more than ``FEW``. Fewer may
    go, unless there are more than ``FEW`` in all such blueprints and the installation as a whole is
    over the threshold, too: an API that returns nothing at all empties no catalog of small kinds.
    """
    over = [share for share in shares if share.stale and share.over(threshold)]
    many = tuple(share for share in over if share.stale > FEW)
    few = tuple(share for share in over if share.stale <= FEW)
    whole = Share("", sum(one.stale for one in shares), sum(one.total for one in shares))
    if sum(share.stale for share in few) <= FEW or not whole.over(threshold):
        few = ()
    return Verdict(many, few)


def without_targets_of(staying: Iterable[Entity], going: Sequence[Entity]) -> list[Entity]:
    """Leaves out of ``going`` what a staying entity relates to, directly or through others.

    With ``deleteDependentEntities`` Port deletes an entity together with all that relate to it. A
    relation names its target by the identifier; the blueprint is not looked at, so this rather
    leaves out too many.
    """
    left = list(going)
    found = list(staying)
    while found:
        named = {name for entity in found for name in _targets(entity)}
        found = [entity for entity in left if normalize_identifier(entity.identifier) in named]
        left = [entity for entity in left if normalize_identifier(entity.identifier) not in named]
    return left


def _targets(entity: Entity) -> Iterable[str]:
    for value in entity.relations.values():
        for identifier in value if isinstance(value, list) else [value]:
            if identifier is not None:
                yield normalize_identifier(identifier)
