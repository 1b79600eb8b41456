"""The nightly proof of the ledger."""

from __future__ import annotations

import structlog
from django.utils.translation import gettext_lazy as _

from core.exceptions import DomainError
from core.observability.queries import bulk_work
from payments.selectors import folios_count, ledger_problems
from payments.signals import ledger_broken
from payments.types import LedgerProblem

LINES_MAX = 50

logger = structlog.get_logger(__name__)


class LedgerDiffers(DomainError):
    """Some folio does not add up: a defect. ``data["problems"]`` counts what is wrong."""

    code = "ledger_differs"
    http_status = 500
    message = _("Some folios do not add up.")


def ledger_check_nightly() -> int:
    """Compare every folio's entries with its charges, payments and refunds; how many folios there are.

    Raises `LedgerDiffers` after logging it and announcing `ledger_broken`.
    """
    with bulk_work():
        folios, problems = folios_count(), ledger_problems()
    if problems:
        lines = [ledger_line(problem) for problem in problems]
        logger.error("ledger_differs", problems=len(problems), first=lines[0])
        ledger_broken.send_robust(sender=LedgerProblem, lines=lines[:LINES_MAX])
        raise LedgerDiffers(data={"problems": len(problems), "first": lines[:LINES_MAX]})
    return folios


def ledger_line(problem: LedgerProblem) -> str:
    """A problem in one line, for operators."""
    causes = [
        f"{name} {pk}" for name, pk in (("payment", problem.payment_id), ("refund", problem.refund_id)) if pk
    ]
    where = ", ".join([f"folio {problem.folio_id}", *causes])
    return f"{where}: {problem.code}, expected {problem.expected}, found {problem.actual}"
