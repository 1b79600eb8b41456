"""What accounts tell the apps above them, without the ORM."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class StaffAccess:
    """Where somebody works and as what. Superusers are everything everywhere."""

    is_unlimited: bool = False
    roles_by_property: Mapping[int, frozenset[str]] = field(default_factory=dict)

    def property_ids(self, *roles: str) -> list[int] | None:
        """Where one of ``roles`` (none: any role) is held, sorted; None means every property."""
        if self.is_unlimited:
            return None
        wanted = frozenset(roles)
        return sorted(
            property_id for property_id, held in self.roles_by_property.items() if not wanted or held & wanted
        )

    def may(self, property_id: int | None, *roles: str) -> bool:
        """Whether one of ``roles`` (none: any role) is held at the property."""
        if self.is_unlimited:
            return True
        held = self.roles_by_property.get(property_id or 0, frozenset())
        return bool(held & frozenset(roles)) if roles else bool(held)
