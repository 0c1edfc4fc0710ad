"""From items to entities: the state applier, and what Port accepted, refused and created."""

from entities.applier import EntitiesStateApplier
from entities.upserts import Refused, Upserts, current_upserts, resource_index

__all__ = ["EntitiesStateApplier", "Refused", "Upserts", "current_upserts", "resource_index"]
