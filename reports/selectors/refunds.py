"""Money on its way back to guests, and what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.money import round_money
from reports.types import Drill, DrillBy, Period, ReportResult, ReportRow, ReportTable, Scope

from .building import (
    BUCKETS,
    add_up,
    bucket_cell,
    bucket_days,
    buckets_of,
    count,
    money,
    series_of,
    sql_rows,
)

SUMS = ("refunds", "made", "pending", "pending_refunds", "failed", "failed_refunds")
COLUMNS = (
    count("refunds", _("Refunds")),
    money("made", _("Refunded")),
    count("pending_refunds", _("Pending")),
    money("pending", _("Pending amount")),
    count("failed_refunds", _("Failed")),
    money("failed", _("Failed amount")),
)
CREATED_ON = "(refund.created_at AT TIME ZONE property.time_zone)::date"


def _statement(by: str) -> str:
    def of(state: str) -> str:
        return f"FILTER (WHERE refund.status = '{state}')"

    return f"""
SELECT {BUCKETS[by][0].format(date=CREATED_ON)} AS bucket, folio.currency, count(*) AS refunds,
       COALESCE(sum(refund.amount) {of("succeeded")}, 0) AS made,
       count(*) {of("pending")} AS pending_refunds, COALESCE(sum(refund.amount) {of("pending")}, 0) AS pending,
       count(*) {of("failed")} AS failed_refunds, COALESCE(sum(refund.amount) {of("failed")}, 0) AS failed
  FROM inventory_property property
  JOIN payments_folio folio ON folio.property_id = property.id AND NOT folio.is_collective
  JOIN payments_payment payment ON payment.folio_id = folio.id
  JOIN payments_refund refund ON refund.payment_id = payment.id
 WHERE property.id = ANY(%(properties)s::bigint[]) AND {CREATED_ON} >= %(start)s AND {CREATED_ON} < %(end)s
 GROUP BY 1, 2
 ORDER BY 1, 2
"""  # noqa: S608 - made of our own names


def refunds(*, scope: Scope, period: Period, at: datetime, by: str = "month") -> ReportResult:
    """Refunds by the day they were decided on, and what became of them. One query.

    Refunded: the provider has taken them; pending: not yet; failed: the money is still here and somebody has to see to
    it. The property's calendar decides the day. Source: the refunds of the ledger's payments.
    """
    del at
    parameters = {"properties": list(scope.property_ids), "start": period.start, "end": period.end}
    found = sql_rows(_statement(by), parameters)
    places = {start: place for place, start in enumerate(buckets_of(period, by))}

    def cells(row: dict[str, Any], currency: str) -> dict[str, Any]:
        return {
            column.key: round_money(row[column.key], currency)
            if column.kind.value == "money"
            else row[column.key]
            for column in COLUMNS
        }

    def drill(currency: str, days: Period) -> Drill:
        return Drill(
            scope.property_ids,
            DrillBy.POSTED,
            days.start,
            days.end,
            currency=currency,
            booked_only=False,
            entry_kinds=("refund",),
        )

    rows = tuple(
        ReportRow(
            f"{places[row['bucket']]}:{row['currency']}",
            {"bucket": bucket_cell(row["bucket"], by), **cells(row, row["currency"])},
            row["currency"],
            drill(row["currency"], Period(*bucket_days(row["bucket"], by, period))),
        )
        for row in found
    )
    totals = tuple(
        ReportRow("total", {"bucket": "", **cells(total, currency)}, currency, drill(currency, period))
        for currency, total in add_up(found, SUMS).items()
    )
    return ReportResult(
        report="refunds",
        scope=scope,
        period=period,
        table=ReportTable((BUCKETS[by][1], *COLUMNS), rows, totals),
        series=series_of(rows, (COLUMNS[1],)),
        options={"by": by},
    )
