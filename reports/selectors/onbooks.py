"""What was on the books at some instant, for each night of some period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from core.replicas.reading import read_connection
from reports.types import Period

from .daily import COUNTED, NIGHT_NET

BOOKED_AT = "COALESCE(booking.confirmed_at, booking.created_at)"
"""As SQL: when a booking came on the books. A hold is not on them before it is confirmed."""

ON_THE_BOOKS = f"""
({COUNTED} AND {BOOKED_AT} <= question.asof
 AND (booking.status <> 'cancelled' OR booking.cancelled_at > question.asof)
 AND (booking.status <> 'no_show'
      OR booking.arrival >= (question.asof AT TIME ZONE property.time_zone)::date))
"""
"""As SQL: on the books at ``question.asof``. A no-show was expected until the end of the day of arrival."""

STATEMENT = f"""
SELECT question.number, night.date, booking.currency, count(*) AS sold, sum({NIGHT_NET}) AS revenue
  FROM unnest(%(starts)s::date[], %(ends)s::date[], %(instants)s::timestamptz[])
       WITH ORDINALITY AS question(start, "end", asof, number)
  JOIN inventory_property property ON property.id = ANY(%(properties)s::bigint[])
 CROSS JOIN LATERAL (
       SELECT * FROM bookings_booking booking
        WHERE booking.property_id = property.id
          AND booking.arrival < question."end" AND booking.departure > question.start AND {ON_THE_BOOKS}
       OFFSET 0) booking
 CROSS JOIN LATERAL (
       SELECT * FROM bookings_bookingnight night
        WHERE night.booking_id = booking.id AND night.date >= question.start AND night.date < question."end"
       OFFSET 0) night
 GROUP BY 1, 2, 3
"""  # noqa: S608 - made of our own names


@dataclass(frozen=True, slots=True)
class Books:
    """What the nights of a period came to at an instant."""

    period: Period
    asof: datetime


Nights = dict[tuple[date, str], tuple[int, Decimal]]
"""Room nights and room revenue by night and currency."""


def on_the_books(*, property_ids: Sequence[int], questions: Sequence[Books]) -> list[Nights]:
    """Room nights and revenue (without taxes) that were on the books, for each question. One query.

    A booking is on the books from its confirmation until it is cancelled; one whose guest did not come, until the end
    of the day of arrival. Stays that were changed since count with the nights and the price they have now.
    """
    answers: list[Nights] = [{} for _question in questions]
    with read_connection().cursor() as cursor:
        cursor.execute(
            STATEMENT,
            {
                "properties": list(property_ids),
                "starts": [question.period.start for question in questions],
                "ends": [question.period.end for question in questions],
                "instants": [question.asof for question in questions],
            },
        )
        for number, night, currency, sold, revenue in cursor.fetchall():
            answers[number - 1][night, currency] = (sold, revenue)
    return answers
