"""The log's own work at set times."""

from __future__ import annotations

from typing import Any

import structlog
from django.utils.translation import gettext_lazy as _

from core.exceptions import DomainError
from core.models import ScheduledJob

from .sealing import entries_seal
from .verifying import AuditReport, audit_verify

SEAL_JOB = "core.audit_seal"
VERIFY_JOB = "core.audit_verify"

logger = structlog.get_logger(__name__)


class LogBroken(DomainError):
    """The log of changes is not as it was written; `audit_verify` says where."""

    code = "audit_log_broken"
    message = _("The log of changes is not as it was written. Run audit_verify.")

    def __str__(self) -> str:
        return f"{self.message} {self.data.get('first', '')}".strip()


def log_seal() -> int:
    """Give what was committed its place in the chain; how many entries."""
    return entries_seal().entries


def log_verify() -> dict[str, Any]:
    """Check the whole log, and against the head that the last good run noted. Raises `LogBroken`.

    The head also goes into the log lines, which are kept elsewhere: with it a log that was written anew is found.
    """
    record = ScheduledJob.objects.filter(name=VERIFY_JOB).values_list("last_result", flat=True).first()
    head = record.get("head", "") if isinstance(record, dict) else ""
    return verified(audit_verify(head=head))


def verified(report: AuditReport) -> dict[str, Any]:
    """What a job notes of a log that is in order. Raises `LogBroken` for any other."""
    if report.problem_count:
        logger.error("audit_log_broken", problems=report.problem_count, first=report.problems[0].sentence)
        raise LogBroken(data={"problems": report.problem_count, "first": report.problems[0].sentence})
    logger.info("audit_log_verified", head=report.head, position=report.position)
    return {"entries": report.entries, "position": report.position, "head": report.head}
