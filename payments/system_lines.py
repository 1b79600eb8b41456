"""Whether the money adds up."""

from django.utils.translation import gettext_lazy as _

from core.system import Finding, Group, Reads, system_line
from core.system.checked import job_finding
from payments.metrics import INVOICES_JOB, LEDGER_JOB


@system_line("ledger", label=_("Ledger"), group=Group.DATA, runbook="ledger-drift", reads=Reads.DATABASE)
def ledger() -> Finding:
    """What the nightly proof of the ledger found. One query."""
    return job_finding(LEDGER_JOB, command="manage.py ledger_check")


@system_line(
    "invoices", label=_("Invoices"), group=Group.DATA, runbook="invoices-drift", reads=Reads.DATABASE
)
def invoices() -> Finding:
    """What the nightly proof of the invoices found. One query."""
    return job_finding(INVOICES_JOB, command="manage.py invoices_check")
