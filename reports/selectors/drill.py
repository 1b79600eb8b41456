"""The bookings behind a figure."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import DateField, F, Q, QuerySet
from django.db.models.expressions import RawSQL

from bookings.models import Booking
from bookings.transitions import BookingStatus
from reports.types import Drill, DrillBy

from .building import UNKNOWN

BOOKED_ON_SQL = """
(COALESCE(bookings_booking.confirmed_at, bookings_booking.created_at)
 AT TIME ZONE (SELECT time_zone FROM inventory_property WHERE id = bookings_booking.property_id))::date
"""
CANCELLED_ON_SQL = """
(bookings_booking.cancelled_at
 AT TIME ZONE (SELECT time_zone FROM inventory_property WHERE id = bookings_booking.property_id))::date
"""
BALANCE_SQL = """
(SELECT COALESCE(sum(amount), 0) FROM payments_folioentry WHERE folio_id = bookings_booking.folio_id)
"""
NEVER_BOOKED = Q(status__in=(BookingStatus.HELD, BookingStatus.EXPIRED)) | Q(
    status=BookingStatus.CANCELLED, confirmed_at__isnull=True
)


def drill_bookings(drill: Drill) -> QuerySet[Booking]:
    """The bookings behind a figure, by arrival, with property, room type and rate plan. One query when it is read."""
    bookings: QuerySet[Any] = (
        Booking.objects.filter(property_id__in=drill.property_ids, **_equal(drill))
        .select_related("property", "room_type", "rate_plan")
        .annotate(booked_on=RawSQL(BOOKED_ON_SQL, (), output_field=DateField()))  # noqa: S611 - no value of anybody
    )
    bookings = _by_day(bookings, drill)
    if drill.booked_only:
        bookings = bookings.exclude(NEVER_BOOKED)
    bookings = _by_length(bookings, drill)
    if drill.waitlist:
        bookings = bookings.filter(waitlist_offer__isnull=False)
    if drill.tax:
        bookings = bookings.filter(
            Q(folio__entries__kind="tax", folio__entries__description=drill.tax)
            | Q(quote__lines__contains=[{"kind": "tax", "label": drill.tax}])
            | Q(folio__entries__taxes__contains=[{"name": drill.tax}])
        ).distinct()
    if drill.owing:
        bookings = bookings.extra(where=[f"{BALANCE_SQL} > 0"])  # noqa: S610 - no value of anybody
    return bookings.order_by("arrival", "id")


def _equal(drill: Drill) -> dict[str, Any]:
    """What must be equal; "-" stands for what is not known."""
    wanted: dict[str, Any] = {
        "status__in": drill.statuses,
        "currency": drill.currency,
        "room_type_id": drill.room_type_id,
        "rate_plan_id": drill.rate_plan_id,
        "channel": drill.channel,
        "market_segment": drill.segment,
        "guest_country": drill.country,
    }
    return {
        name: "" if value == UNKNOWN else value
        for name, value in wanted.items()
        if value not in (None, "", ())
    }


def _by_day(bookings: QuerySet[Any], drill: Drill) -> QuerySet[Any]:
    if drill.by == DrillBy.STAY:
        bookings = bookings.filter(arrival__lt=drill.end, departure__gt=drill.start)
    elif drill.by == DrillBy.CANCELLED:
        bookings = bookings.annotate(
            cancelled_on=RawSQL(CANCELLED_ON_SQL, (), output_field=DateField())  # noqa: S611 - no value of anybody
        ).filter(cancelled_on__gte=drill.start, cancelled_on__lt=drill.end)
    elif drill.by == DrillBy.POSTED:
        bookings = bookings.filter(folio_id__in=_folios_moved(drill))
    else:
        name = {DrillBy.ARRIVAL: "arrival", DrillBy.DEPARTURE: "departure", DrillBy.BOOKED: "booked_on"}[
            drill.by
        ]
        bookings = bookings.filter(**{f"{name}__gte": drill.start, f"{name}__lt": drill.end})
    if drill.booked_from is not None:
        bookings = bookings.filter(booked_on__gte=drill.booked_from)
    if drill.booked_until is not None:
        bookings = bookings.filter(booked_on__lte=drill.booked_until)
    return bookings


POSTED_SQL = """
SELECT folio.id
  FROM inventory_property property
  JOIN payments_folio folio ON folio.property_id = property.id
  JOIN payments_folioentry entry ON entry.folio_id = folio.id
  LEFT JOIN payments_refund refund ON refund.id = entry.refund_id
  LEFT JOIN payments_dispute dispute ON dispute.id = entry.dispute_id
  LEFT JOIN payments_payment payment
            ON payment.id = COALESCE(entry.payment_id, refund.payment_id, dispute.payment_id)
 WHERE property.id = ANY(%s::bigint[]) AND entry.kind = ANY(%s::text[])
   AND (entry.created_at AT TIME ZONE property.time_zone)::date >= %s
   AND (entry.created_at AT TIME ZONE property.time_zone)::date < %s
   AND (%s = '' OR payment.method = %s)
"""
DECIDED_SQL = """
SELECT payment.folio_id
  FROM inventory_property property
  JOIN payments_folio folio ON folio.property_id = property.id
  JOIN payments_payment payment ON payment.folio_id = folio.id
  JOIN payments_refund refund ON refund.payment_id = payment.id
 WHERE property.id = ANY(%s::bigint[])
   AND (refund.created_at AT TIME ZONE property.time_zone)::date >= %s
   AND (refund.created_at AT TIME ZONE property.time_zone)::date < %s
"""


def _folios_moved(drill: Drill) -> RawSQL:
    """The folios on which money moved on the days: refunds as they were decided, everything else as it was posted."""
    properties = list(drill.property_ids)
    if drill.entry_kinds == ("refund",):
        return RawSQL(DECIDED_SQL, (properties, drill.start, drill.end))  # noqa: S611 - values are parameters
    return RawSQL(  # noqa: S611 - values are parameters
        POSTED_SQL,
        (properties, list(drill.entry_kinds), drill.start, drill.end, drill.method, drill.method),
    )


def _by_length(bookings: QuerySet[Any], drill: Drill) -> QuerySet[Any]:
    if drill.nights_from is not None:
        bookings = bookings.filter(departure__gte=F("arrival") + timedelta(days=drill.nights_from))
    if drill.nights_to is not None:
        bookings = bookings.filter(departure__lte=F("arrival") + timedelta(days=drill.nights_to))
    if drill.lead_from:
        bookings = bookings.filter(arrival__gte=F("booked_on") + timedelta(days=drill.lead_from))
    if drill.lead_to is not None:
        bookings = bookings.filter(arrival__lte=F("booked_on") + timedelta(days=drill.lead_to))
    return bookings
