"""The nightly proof of the invoices."""

from __future__ import annotations

import structlog
from django.utils.translation import gettext_lazy as _

from core.exceptions import DomainError
from core.observability.queries import bulk_work
from payments.selectors import invoice_problems, invoices_count
from payments.signals import ledger_broken
from payments.types import InvoiceProblem

LINES_MAX = 50

logger = structlog.get_logger(__name__)


class InvoicesDiffer(DomainError):
    """Some invoice is not right: a defect. ``data["problems"]`` counts what is wrong."""

    code = "invoices_differ"
    http_status = 500
    message = _("Some invoices are not right.")


def invoices_check_nightly() -> int:
    """Prove every invoice; how many there are. Raises `InvoicesDiffer` after logging and announcing it."""
    with bulk_work():
        invoices, problems = invoices_count(), invoice_problems()
    if problems:
        lines = [invoice_line(problem) for problem in problems]
        logger.error("invoices_differ", problems=len(problems), first=lines[0])
        ledger_broken.send_robust(sender=InvoiceProblem, lines=lines[:LINES_MAX])
        raise InvoicesDiffer(data={"problems": len(problems), "first": lines[:LINES_MAX]})
    return invoices


def invoice_line(problem: InvoiceProblem) -> str:
    """A problem in one line, for operators."""
    return (
        f"property {problem.property_id}, {problem.number}: {problem.code}, "
        f"expected {problem.expected}, found {problem.actual}"
    )
