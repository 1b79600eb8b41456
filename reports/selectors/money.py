"""What is owed, and what was paid and given back: out of the ledger."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.money import round_money
from payments.models import PaymentMethod
from reports.types import (
    Drill,
    DrillBy,
    Period,
    ReportColumn,
    ReportResult,
    ReportRow,
    ReportTable,
    Scope,
    Text,
)

from .building import (
    BUCKETS,
    TEXT,
    add_up,
    bucket_cell,
    bucket_days,
    buckets_of,
    count,
    money,
    percent,
    series_of,
    share,
    sql_rows,
)
from .daily import SOLD, UNCOUNTED

BALANCE_SUMS = (
    "bookings",
    "charged",
    "paid",
    "owed",
    "owed_bookings",
    "credit",
    "deposit_due",
    "deposit_missing",
)
BALANCE_COLUMNS = (
    count("bookings", _("Bookings")),
    money("charged", _("Charged")),
    money("paid", _("Paid")),
    money("owed", _("Still to pay")),
    count("owed_bookings", _("Bookings that owe")),
    money("credit", _("To be given back")),
    money("deposit_due", _("Deposits agreed")),
    money("deposit_missing", _("Deposits missing")),
)


def _balances_statement(by: str) -> str:
    bucket = BUCKETS[by][0].format(date="booking.arrival")
    return f"""
SELECT {bucket} AS bucket, booking.currency, count(*) AS bookings,
       sum(ledger.charged) AS charged, sum(ledger.paid) AS paid,
       sum(GREATEST(ledger.charged - ledger.paid, 0)) AS owed,
       count(*) FILTER (WHERE ledger.charged > ledger.paid) AS owed_bookings,
       sum(GREATEST(ledger.paid - ledger.charged, 0)) AS credit,
       COALESCE(sum(booking.deposit_due) FILTER (WHERE booking.status IN ({SOLD})), 0) AS deposit_due,
       COALESCE(sum(GREATEST(booking.deposit_due - ledger.paid, 0))
                FILTER (WHERE booking.status = 'confirmed'), 0) AS deposit_missing
  FROM bookings_booking booking
 CROSS JOIN LATERAL (
       SELECT COALESCE(sum(entry.amount) FILTER (WHERE entry.kind IN ('charge', 'tax', 'fee', 'reversal')), 0)
              AS charged,
              -COALESCE(sum(entry.amount) FILTER (WHERE entry.kind NOT IN ('charge', 'tax', 'fee', 'reversal')), 0)
              AS paid
         FROM payments_folioentry entry
        WHERE entry.folio_id = booking.folio_id) ledger
 WHERE booking.property_id = ANY(%(properties)s::bigint[]) AND booking.status NOT IN ({UNCOUNTED})
   AND booking.arrival >= %(start)s AND booking.arrival < %(end)s
 GROUP BY 1, 2
 ORDER BY 1, 2
"""  # noqa: S608 - made of our own names


def balances(*, scope: Scope, period: Period, at: datetime, by: str = "month") -> ReportResult:
    """Deposits and balances of the bookings that arrive in the period, as the ledger stands now. One query.

    Charged = charges + taxes + fees + reversals of the folio. Paid = payments - refunds - what banks have taken back.
    Still to pay = charged - paid where that is positive, to be given back where it is negative, folio by folio, so that
    one guest's credit never hides another's debt. Deposits agreed: of bookings that are sold; missing: what of them
    has not been paid by guests who have not come yet. Source: the guest ledger and advance deposits of USALI, 11th
    revised edition.
    """
    del at
    parameters = {"properties": list(scope.property_ids), "start": period.start, "end": period.end}
    found = sql_rows(_balances_statement(by), parameters)
    places = {start: place for place, start in enumerate(buckets_of(period, by))}

    def cells(row: dict[str, Any], currency: str) -> dict[str, Any]:
        return {
            column.key: round_money(row[column.key], currency)
            if column.kind.value == "money"
            else int(row[column.key])
            for column in BALANCE_COLUMNS
        }

    def drill(currency: str, days: Period, owing: str) -> Drill:
        return Drill(
            scope.property_ids,
            DrillBy.ARRIVAL,
            days.start,
            days.end,
            currency=currency,
            booked_only=False,
            owing=owing,
        )

    rows = tuple(
        ReportRow(
            f"{places[row['bucket']]}:{row['currency']}",
            {"bucket": bucket_cell(row["bucket"], by), **cells(row, row["currency"])},
            row["currency"],
            drill(row["currency"], Period(*bucket_days(row["bucket"], by, period)), "owing"),
        )
        for row in found
    )
    totals = tuple(
        ReportRow(
            "total", {"bucket": "", **cells(total, currency)}, currency, drill(currency, period, "owing")
        )
        for currency, total in add_up(found, BALANCE_SUMS).items()
    )
    return ReportResult(
        report="balances",
        scope=scope,
        period=period,
        table=ReportTable((BUCKETS[by][1], *BALANCE_COLUMNS), rows, totals),
        series=series_of(rows, (BALANCE_COLUMNS[2], BALANCE_COLUMNS[3])),
        options={"by": by},
    )


POSTED_ON = "(entry.created_at AT TIME ZONE property.time_zone)::date"
POSTED_IN = f"""
entry.created_at >= %(start)s::date - 1 AND entry.created_at < %(end)s::date + 1
AND {POSTED_ON} >= %(start)s AND {POSTED_ON} < %(end)s
"""
"""As SQL: posted in the period by the property's clock; the first line is what an index can find."""

PAYMENTS_SQL = f"""
SELECT payment.method AS bucket, folio.currency,
       count(*) FILTER (WHERE entry.kind = 'payment') AS payments,
       COALESCE(-sum(entry.amount) FILTER (WHERE entry.kind = 'payment'), 0) AS received,
       count(*) FILTER (WHERE entry.kind = 'refund') AS refunds,
       COALESCE(sum(entry.amount) FILTER (WHERE entry.kind IN ('refund', 'refund_returned')), 0) AS refunded,
       COALESCE(sum(entry.amount) FILTER (WHERE entry.kind IN ('dispute', 'dispute_returned')), 0) AS disputed,
       -sum(entry.amount) AS net
  FROM inventory_property property
  JOIN payments_folio folio ON folio.property_id = property.id AND NOT folio.is_collective
  JOIN payments_folioentry entry ON entry.folio_id = folio.id
  LEFT JOIN payments_refund refund ON refund.id = entry.refund_id
  LEFT JOIN payments_dispute dispute ON dispute.id = entry.dispute_id
  JOIN payments_payment payment ON payment.id = COALESCE(entry.payment_id, refund.payment_id, dispute.payment_id)
 WHERE property.id = ANY(%(properties)s::bigint[])
   AND entry.kind IN ('payment', 'refund', 'refund_returned', 'dispute', 'dispute_returned') AND {POSTED_IN}
 GROUP BY 1, 2
 ORDER BY 2, 4 DESC, 1
"""  # noqa: S608 - made of our own names

PAYMENT_SUMS = ("payments", "received", "refunds", "refunded", "disputed", "net")
PAYMENT_COLUMNS = (
    count("payments", _("Payments")),
    money("received", _("Received")),
    percent("share", _("Share")),
    count("refunds", _("Refunds")),
    money("refunded", _("Refunded")),
    money("disputed", _("Withdrawn by banks")),
    money("net", _("Remains")),
)
METHODS: dict[str, Text] = dict(PaymentMethod.choices)


def payments(*, scope: Scope, period: Period, at: datetime) -> ReportResult:
    """Money received and given back by method of payment, by the day it was posted. One query.

    Received = payment entries of the folios; refunded = refund entries less what came back of them, under the method of
    the payment they give back; remains = received - refunded - withdrawn by banks (chargebacks, less what was
    returned). The property's calendar decides the day. Payments for several stays count where they were passed on to.
    Source: the ledger.
    """
    del at
    parameters = {"properties": list(scope.property_ids), "start": period.start, "end": period.end}
    found = sql_rows(PAYMENTS_SQL, parameters)
    sums = add_up(found, PAYMENT_SUMS)

    def cells(row: dict[str, Any], currency: str) -> dict[str, Any]:
        return {
            "payments": row["payments"],
            "received": round_money(row["received"], currency),
            "share": share(row["received"], sums[currency]["received"]),
            "refunds": row["refunds"],
            "refunded": round_money(row["refunded"], currency),
            "disputed": round_money(row["disputed"], currency),
            "net": round_money(row["net"], currency),
        }

    def drill(currency: str, method: str = "") -> Drill:
        return Drill(
            scope.property_ids,
            DrillBy.POSTED,
            period.start,
            period.end,
            currency=currency,
            booked_only=False,
            entry_kinds=("payment", "refund", "refund_returned", "dispute", "dispute_returned"),
            method=method,
        )

    rows = tuple(
        ReportRow(
            f"{row['bucket']}:{row['currency']}",
            {"bucket": METHODS.get(row["bucket"], row["bucket"]), **cells(row, row["currency"])},
            row["currency"],
            drill(row["currency"], row["bucket"]),
        )
        for row in found
    )
    totals = tuple(
        ReportRow("total", {"bucket": "", **cells(total, currency)}, currency, drill(currency))
        for currency, total in sums.items()
    )
    return ReportResult(
        report="payments",
        scope=scope,
        period=period,
        table=ReportTable((ReportColumn("bucket", _("Method"), TEXT), *PAYMENT_COLUMNS), rows, totals),
        series=series_of(rows, (PAYMENT_COLUMNS[1],)),
    )
