"""Whether the nights that are sold are those that are booked."""

from django.utils.translation import gettext_lazy as _

from bookings.metrics import CHECK_JOB
from core.system import Finding, Group, Reads, system_line
from core.system.checked import job_finding


@system_line(
    "inventory", label=_("Inventory"), group=Group.DATA, runbook="inventory-drift", reads=Reads.DATABASE
)
def inventory() -> Finding:
    """What the nightly comparison of inventory and bookings found. One query."""
    return job_finding(CHECK_JOB, command="manage.py inventory_check")
