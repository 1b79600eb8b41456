"""What accounts tell the apps above them, without the ORM."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

HOUSEKEEPING = "housekeeping"
"""The role (`accounts.models.StaffRole`) that "any role" does not mean."""


@dataclass(frozen=True, slots=True)
class StaffAccess:
    """Where somebody works and as what. Superusers are everything everywhere.

    Housekeeping counts only where it is named: who cleans rooms deals with no guest's data or money.
    """

    is_unlimited: bool = False
    roles_by_property: Mapping[int, frozenset[str]] = field(default_factory=dict)

    def property_ids(self, *roles: str) -> list[int] | None:
        """Where one of ``roles`` (none: any role but housekeeping) is held, sorted; None means every property."""
        if self.is_unlimited:
            return None
        return sorted(property_id for property_id in self.roles_by_property if self.may(property_id, *roles))

    def may(self, property_id: int | None, *roles: str) -> bool:
        """Whether one of ``roles`` (none: any role but housekeeping) is held at the property."""
        if self.is_unlimited:
            return True
        held = self.roles_by_property.get(property_id or 0, frozenset())
        return bool(held & frozenset(roles) if roles else held - {HOUSEKEEPING})
