"""What became of those who waited for a room."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from reports.types import Drill, DrillBy, Period, ReportColumn, ReportResult, ReportRow, ReportTable, Scope

from .building import (
    BUCKETS,
    TEXT,
    bucket_cell,
    bucket_days,
    buckets_of,
    count,
    decimal,
    percent,
    quotient,
    series_of,
    share,
    sql_rows,
)

JOINED_ON = "(entry.created_at AT TIME ZONE property.time_zone)::date"
ANY_ROOM_TYPE = _("any room type")

COLUMNS = (
    count("joined", _("Joined")),
    count("offered", _("Were offered a room")),
    count("offers", _("Offers made")),
    count("booked", _("Booked")),
    percent("conversion", _("Conversion")),
    percent("acceptance", _("Booked of those with an offer")),
    count("declined", _("Declined")),
    count("expired", _("Expired")),
    count("gone", _("Left")),
    count("waiting", _("Still waiting")),
    decimal("hours", _("Hours to the first offer")),
)
COUNTS = ("joined", "offered", "offers", "booked", "declined", "expired", "gone", "waiting")


def _statement(by: str) -> str:
    if by == "room_type":
        bucket, name = "entry.room_type_id", "room_type.name"
    else:
        bucket, name = BUCKETS[by][0].format(date=JOINED_ON), "NULL::text"
    return f"""
SELECT {bucket} AS bucket, {name} AS name, count(*) AS joined,
       count(*) FILTER (WHERE offers.made > 0) AS offered, COALESCE(sum(offers.made), 0) AS offers,
       count(*) FILTER (WHERE offers.is_booked) AS booked,
       count(*) FILTER (WHERE entry.status = 'declined') AS declined,
       count(*) FILTER (WHERE entry.status = 'expired') AS expired,
       count(*) FILTER (WHERE entry.status = 'left') AS gone,
       count(*) FILTER (WHERE entry.status IN ('waiting', 'offered')) AS waiting,
       COALESCE(sum(EXTRACT(epoch FROM offers.first_at - entry.created_at)) / 3600, 0) AS waited
  FROM inventory_property property
  JOIN waitlist_waitlistentry entry ON entry.property_id = property.id
  LEFT JOIN inventory_roomtype room_type ON room_type.id = entry.room_type_id
 CROSS JOIN LATERAL (
       SELECT count(*) AS made, min(offer.created_at) AS first_at,
              COALESCE(bool_or(booking.confirmed_at IS NOT NULL), false) AS is_booked
         FROM waitlist_waitlistoffer offer
         JOIN bookings_booking booking ON booking.id = offer.booking_id
        WHERE offer.entry_id = entry.id) offers
 WHERE property.id = ANY(%(properties)s::bigint[]) AND {JOINED_ON} >= %(start)s AND {JOINED_ON} < %(end)s
 GROUP BY 1, 2
 ORDER BY 1 NULLS FIRST
"""  # noqa: S608 - made of our own names


def waitlist(*, scope: Scope, period: Period, at: datetime, by: str = "month") -> ReportResult:
    """What became of those who joined the waitlist in the period, by month or room type. One query.

    Booked: an offer of theirs became a confirmed booking, whatever became of that later. Conversion = booked / joined
    x 100; booked of those with an offer = booked / offered x 100. Hours to the first offer: the mean of those that got
    one. Source: the usual definition of a conversion rate; the states are those of the waitlist.
    """
    del at
    parameters = {"properties": list(scope.property_ids), "start": period.start, "end": period.end}
    found = sql_rows(_statement(by), parameters)
    places = {start: place for place, start in enumerate(buckets_of(period, by))} if by in BUCKETS else {}

    def drill(days: Period, room_type_id: int | None = None) -> Drill:
        return Drill(
            scope.property_ids,
            DrillBy.BOOKED,
            days.start,
            days.end,
            room_type_id=room_type_id,
            booked_only=False,
            waitlist=True,
        )

    def row_of(row: dict[str, Any]) -> ReportRow:
        bucket = row["bucket"]
        if by == "room_type":
            label, key, behind = row["name"] or ANY_ROOM_TYPE, str(bucket), drill(period, bucket)
        else:
            label, key = bucket_cell(bucket, by), str(places[bucket])
            behind = drill(Period(*bucket_days(bucket, by, period)))
        return ReportRow(key, {"bucket": label, **_cells(row)}, drill=behind)

    rows = tuple(row_of(row) for row in found)
    sums = {name: sum(row[name] for row in found) for name in (*COUNTS, "waited")}
    head = ReportColumn("bucket", _("Room type"), TEXT) if by == "room_type" else BUCKETS[by][1]
    return ReportResult(
        report="waitlist",
        scope=scope,
        period=period,
        table=ReportTable(
            (head, *COLUMNS), rows, (ReportRow("total", {"bucket": "", **_cells(sums)}, drill=drill(period)),)
        ),
        series=series_of(rows, (COLUMNS[0], COLUMNS[3])),
        options={"by": by},
    )


def _cells(row: dict[str, Any]) -> dict[str, Any]:
    return {
        **{name: int(row[name]) for name in COUNTS},
        "conversion": share(row["booked"], row["joined"]),
        "acceptance": share(row["booked"], row["offered"]),
        "hours": quotient(row["waited"], row["offered"]),
    }
