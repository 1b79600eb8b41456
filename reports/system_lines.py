"""Whether the figures of days are what the bookings say."""

from django.utils.translation import gettext_lazy as _

from core.system import Finding, Group, Reads, system_line
from core.system.checked import job_finding
from reports.metrics import CHECK_JOB


@system_line(
    "figures", label=_("Figures of days"), group=Group.DATA, runbook="figures-drift", reads=Reads.DATABASE
)
def figures() -> Finding:
    """What the nightly comparison of the figures found. One query."""
    return job_finding(CHECK_JOB, command="manage.py dailystats_check")
