"""What was done with the backups, in the database, for those who look; nothing depends on it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import structlog
from django.db import DatabaseError, transaction
from django.utils import timezone

from core.models import BackupAction, BackupOutcome, BackupRun

MESSAGE_LENGTH = 2_000

logger = structlog.get_logger(__name__)


@dataclass(slots=True)
class RunRecord:
    """What the block tells of its run."""

    name: str = ""
    kind: str = ""
    level: str = ""
    size_bytes: int | None = None
    message: str = ""


@contextmanager
def run_recorded(
    action: BackupAction, *, name: str = "", kind: str = "", level: str = ""
) -> Iterator[RunRecord]:
    """Write down what the block does: when, how long, and its error, which goes on.

    A database that is away stops nothing: it may be the very reason for the work. Two queries.
    """
    record, clock = RunRecord(name=name, kind=kind, level=level), time.monotonic()
    row = BackupRun(action=action, name=name, kind=kind, level=level, started_at=timezone.now())
    _save(row)
    try:
        yield record
    except BaseException as error:
        interrupted = not isinstance(error, Exception)
        row.outcome = BackupOutcome.INTERRUPTED if interrupted else BackupOutcome.FAILED
        record.message = str(error)
        _finish(row, record, clock)
        raise
    row.outcome = BackupOutcome.DONE
    _finish(row, record, clock)


def runs_interrupt() -> None:
    """Mark what was cut off: whoever holds the lock knows that nothing else runs. One query."""
    try:
        with transaction.atomic():
            BackupRun.objects.filter(outcome=BackupOutcome.RUNNING).update(
                outcome=BackupOutcome.INTERRUPTED, finished_at=timezone.now()
            )
    except DatabaseError as error:
        logger.warning("backup_history_unwritten", error=str(error))


def _finish(row: BackupRun, record: RunRecord, clock: float) -> None:
    row.name, row.kind, row.level = record.name, record.kind, record.level
    row.size_bytes = record.size_bytes
    row.message = record.message.replace("\x00", "")[:MESSAGE_LENGTH]
    row.finished_at = timezone.now()
    row.seconds = round(time.monotonic() - clock, 3)
    _save(row)
    level = "info" if row.outcome == BackupOutcome.DONE else "error"
    getattr(logger, level)(
        "backup_run",
        action=str(row.action),
        name=row.name,
        outcome=str(row.outcome),
        seconds=row.seconds,
        message=row.message,
    )


def _save(row: BackupRun) -> None:
    try:
        with transaction.atomic():
            row.save()
    except DatabaseError as error:
        logger.warning("backup_history_unwritten", error=str(error))
