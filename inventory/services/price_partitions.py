"""The months of the price history: made ahead, and dropped when nobody wants them any more."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime

import structlog
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from psycopg import sql

from core.exceptions import ValidationFailed
from core.locks import lock_timeout
from inventory.months import month_add

MONTHS_AHEAD = 3
LOCK_TIMEOUT_SECONDS = 10
PARTITION_NAME = re.compile(r"inventory_pricechange_y(\d{4})m(\d{2})\Z")
PARTITIONS_SQL = """
SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'inventory_pricechange'::regclass ORDER BY 1
"""
CAUGHT_SQL = """
SELECT DISTINCT date_trunc('month', changed_at AT TIME ZONE 'UTC')::date FROM inventory_pricechange_default
"""

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class PartitionReport:
    """Months (their first days) that were made, and how many rows the default partition had caught meanwhile."""

    made: list[date] = field(default_factory=list)
    caught: int = 0

    def as_json(self) -> dict[str, object]:
        """The report for logs and commands."""
        return asdict(self) | {"made": [month.isoformat() for month in self.made]}


def price_partitions_ensure(
    *, months_ahead: int = MONTHS_AHEAD, at: datetime | None = None
) -> PartitionReport:
    """Make the partitions of this month (UTC) and of ``months_ahead`` more.

    A row that came before its partition was caught by the default partition. That loses nothing but must not happen:
    an error is logged, the month is made and its rows are moved there. One transaction and two queries for each month;
    two at once make each month once. Raises `Unavailable` where a lock cannot be had in ten seconds.
    """
    this_month = (at or timezone.now()).astimezone(UTC).date().replace(day=1)
    months = {month_add(this_month, ahead) for ahead in range(months_ahead + 1)}
    with connection.cursor() as cursor:
        cursor.execute(CAUGHT_SQL)
        months |= {month for (month,) in cursor.fetchall()}
    made, caught = [], 0
    for month in sorted(months):
        moved = _partition_make(month)
        if moved is not None:
            made.append(month)
            caught += moved
    if caught:
        logger.error("price_history_partition_was_missing", rows=caught)
    return PartitionReport(made=made, caught=caught)


def price_partitions_drop(
    *, older_than_months: int, detach: bool = False, dry_run: bool = False, at: datetime | None = None
) -> list[str]:
    """Drop the partitions whose month ended more than ``older_than_months`` whole months before this one.

    Returns their names, oldest first. With ``detach`` they stay as tables of their own, to be archived. What is shown
    of the history begins later then; nothing else depends on it. One transaction each. Raises `ValidationFailed` for
    less than one month.
    """
    if older_than_months < 1:
        raise ValidationFailed(_("At least one month is kept."), field="older_than")
    this_month = (at or timezone.now()).astimezone(UTC).date().replace(day=1)
    kept_from = month_add(this_month, -min(older_than_months, (this_month.year - 1) * 12))
    old = [name for name, month in price_partitions() if month < kept_from]
    for name in () if dry_run else old:
        with transaction.atomic(), lock_timeout(LOCK_TIMEOUT_SECONDS), connection.cursor() as cursor:
            table = sql.Identifier(name)
            cursor.execute(sql.SQL("ALTER TABLE inventory_pricechange DETACH PARTITION {}").format(table))
            if not detach:
                cursor.execute(sql.SQL("DROP TABLE {}").format(table))
        logger.info("price_history_partition_dropped", partition=name, detached=detach)
    return old


def price_partitions() -> list[tuple[str, date]]:
    """Return the partitions by name with the first day of their month, oldest first. One query."""
    with connection.cursor() as cursor:
        cursor.execute(PARTITIONS_SQL)
        names = [name for (name,) in cursor.fetchall()]
    found = [(name, PARTITION_NAME.match(name)) for name in names]
    return [(name, date(int(match[1]), int(match[2]), 1)) for name, match in found if match]


def _partition_make(month: date) -> int | None:
    """Make one; how many rows moved into it, None if it was there."""
    with transaction.atomic(), lock_timeout(LOCK_TIMEOUT_SECONDS), connection.cursor() as cursor:
        cursor.execute("SELECT inventory_pricechange_partition(%s)", [month])
        moved: int | None = cursor.fetchone()[0]
    return moved
