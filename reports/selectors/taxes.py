"""What is due in taxes: out of the ledger and the quotes as sold."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from core.money import round_money
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
    SOLD_STATUS_VALUES,
    TEXT,
    add_up,
    count,
    money,
    series_of,
    sql_rows,
)
from .daily import SOLD

TAXES_SQL = f"""
WITH stay AS MATERIALIZED (
    SELECT booking.id, booking.property_id, booking.folio_id, booking.currency, booking.quote,
           (booking.departure - booking.arrival) * booking.rooms AS nights,
           (booking.departure - booking.arrival) * (booking.adults + cardinality(booking.children_ages)) AS guest_nights
      FROM bookings_booking booking
     WHERE booking.property_id = ANY(%(properties)s::bigint[]) AND booking.status IN ({SOLD})
       AND booking.departure >= %(start)s AND booking.departure < %(end)s AND booking.arrival < %(end)s
), standing AS (
    SELECT stay.id, stay.currency, stay.nights, stay.guest_nights, entry.kind, entry.description, entry.amount,
           entry.taxes,
           entry.kind = 'charge' AND entry.stay_date IS NOT NULL AND EXISTS (
               SELECT FROM inventory_roomtype kind
                WHERE kind.property_id = stay.property_id AND starts_with(entry.description, kind.name)
           ) AS is_night
      FROM stay
      JOIN payments_folioentry entry ON entry.folio_id = stay.folio_id
     WHERE entry.kind IN ('charge', 'tax', 'fee')
       AND NOT EXISTS (SELECT FROM payments_folioentry reversal WHERE reversal.reverses_id = entry.id)
       AND NOT EXISTS (SELECT FROM payments_folioentry reversal
                        WHERE reversal.folio_id = entry.folio_id AND reversal.kind = 'reversal'
                          AND reversal.reverses_id IS NULL AND reversal.id > entry.id)
), found AS (
    SELECT id, currency, nights, guest_nights, 'added' AS how, description AS name, amount
      FROM standing WHERE kind = 'tax'
    UNION ALL
    SELECT id, currency, nights, guest_nights, 'included', tax ->> 'name', (tax ->> 'amount')::numeric
      FROM standing
     CROSS JOIN LATERAL jsonb_array_elements(standing.taxes) AS tax
     WHERE kind <> 'tax' AND standing.taxes IS NOT NULL AND jsonb_typeof(standing.taxes) = 'array'
    UNION ALL
    SELECT stay.id, stay.currency, stay.nights, stay.guest_nights, 'included', line ->> 'label',
           (line ->> 'amount')::numeric
      FROM stay
     CROSS JOIN LATERAL jsonb_array_elements(stay.quote -> 'lines') AS line
     WHERE line ->> 'kind' = 'tax' AND (line ->> 'is_included')::boolean
       AND NOT EXISTS (SELECT FROM standing night
                        WHERE night.id = stay.id AND night.is_night AND jsonb_typeof(night.taxes) = 'array')
), summed AS (
    SELECT how, name, currency, id, max(nights) AS nights, max(guest_nights) AS guest_nights, sum(amount) AS amount
      FROM found GROUP BY how, name, currency, id
)
SELECT how, name, currency, count(*) AS bookings, sum(nights) AS nights, sum(guest_nights) AS guest_nights,
       sum(amount) AS amount
  FROM summed
 GROUP BY how, name, currency
 ORDER BY currency, how, amount DESC, name
"""  # noqa: S608 - made of our own names

TAX_SUMS = ("amount",)
HOW: dict[str, Text] = {"added": _("added to the price"), "included": _("included in the price")}
TAX_COLUMNS = (
    ReportColumn("how", _("How"), TEXT),
    count("bookings", _("Bookings")),
    count("nights", _("Room nights")),
    count("guest_nights", _("Guest nights")),
    money("amount", _("Tax due")),
)


def taxes(*, scope: Scope, period: Period, at: datetime) -> ReportResult:
    """Taxes and city tax of the stays that end in the period, by their name. One query.

    Added taxes (such as most city taxes) are the tax entries of the folios that stand: neither reversed one by one nor
    taken off with everything before a reversal of the whole stay. Included taxes (such as VAT) are what the entries
    of nights and extras say is contained in their prices; of nights that say nothing, what the quote as sold says. A
    tax is due with the stay, so the day of departure counts; bookings that fell through owe none here. Source: the
    ledger; what is due to whom is the law of the place.
    """
    del at
    parameters = {"properties": list(scope.property_ids), "start": period.start, "end": period.end}
    found = sql_rows(TAXES_SQL, parameters)

    def drill(currency: str, tax: str = "") -> Drill:
        return Drill(
            scope.property_ids,
            DrillBy.DEPARTURE,
            period.start,
            period.end,
            SOLD_STATUS_VALUES,
            currency,
            tax=tax,
        )

    rows = tuple(
        ReportRow(
            f"{row['how']}:{row['name']}:{row['currency']}",
            {
                "bucket": row["name"],
                "how": HOW[row["how"]],
                "bookings": row["bookings"],
                "nights": int(row["nights"]),
                "guest_nights": int(row["guest_nights"]),
                "amount": round_money(row["amount"], row["currency"]),
            },
            row["currency"],
            drill(row["currency"], row["name"]),
        )
        for row in found
    )
    totals = tuple(
        ReportRow(
            "total",
            {
                "bucket": "",
                "how": "",
                "bookings": None,
                "nights": None,
                "guest_nights": None,
                "amount": round_money(total["amount"], currency),
            },
            currency,
            drill(currency),
        )
        for currency, total in add_up(found, TAX_SUMS).items()
    )
    return ReportResult(
        report="taxes",
        scope=scope,
        period=period,
        table=ReportTable((ReportColumn("bucket", _("Tax"), TEXT), *TAX_COLUMNS), rows, totals),
        series=series_of(rows, (TAX_COLUMNS[4],)),
    )
