"""Who may read which report, of which properties."""

from __future__ import annotations

from accounts.permissions import OPERATION_PERMISSIONS, property_ids_with
from accounts.types import StaffAccess

DESK_REPORTS = frozenset({"occupancy", "arrivals"})
"""What the front desk may read too; everything else is for managers and finance."""

READ, DESK_READ, EXPORT = "report_read", "report_desk_read", "export_make"


def report_operation(key: str) -> str:
    """Return the operation, in the table of permissions, of reading a report."""
    return DESK_READ if key in DESK_REPORTS else READ


def report_house_ids(access: StaffAccess, key: str) -> list[int] | None:
    """Return the properties of which somebody may read a report; None means all, nothing means nowhere."""
    return property_ids_with(access, OPERATION_PERMISSIONS[report_operation(key)])


def report_keys(access: StaffAccess, keys: list[str]) -> list[str]:
    """Return those reports that somebody may read of some property."""
    return [key for key in keys if report_house_ids(access, key) != []]


def export_house_ids(access: StaffAccess) -> list[int] | None:
    """Return the properties of which somebody may make exports; None means all, nothing means nowhere."""
    return property_ids_with(access, OPERATION_PERMISSIONS[EXPORT])
