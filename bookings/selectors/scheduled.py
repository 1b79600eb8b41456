"""What is due by the clock of each property: no-shows, mails before and after a stay, and the overview of the day.

The database narrows by dates with a day to spare on either side; the property's own clock decides here, so that the
hours of daylight saving are those on its wall.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from django.db.models import DateField, Exists, ExpressionWrapper, F, OuterRef

from bookings.models import Booking, BookingNotice, NoticeKind, StaffDigest
from bookings.transitions import BookingStatus
from core.dates import ONE_DAY, local_datetime, property_now, property_today
from inventory.models import Property

NO_SHOW_LOOKBACK_DAYS = 8
"""Older arrivals that nobody checked in are left to staff: a job that was off for weeks charges nobody."""
PRE_ARRIVAL_AT = time(9)
THANK_YOU_AT = time(10)
THANK_YOU_LOOKBACK_DAYS = 8
DIGEST_LATE_HOURS = 6
"""An overview that could not be sent for so long is not sent any more."""


def no_show_is_due(booking: Booking, *, at: datetime) -> bool:
    """Whether the property's own time on the day after the arrival is over. No query with the property at hand."""
    cut_off = booking.property.no_show_time
    if cut_off is None:
        return False
    return at >= local_datetime(booking.arrival + ONE_DAY, cut_off, booking.property.time_zone)


def no_shows_due(*, at: datetime, limit: int) -> list[int]:
    """Confirmed bookings whose guests have not come by their property's clock, oldest first. One query."""
    today = _today_utc(at)
    rows = (
        Booking.objects.filter(
            status=BookingStatus.CONFIRMED,
            arrival__gte=today - timedelta(days=NO_SHOW_LOOKBACK_DAYS),
            arrival__lte=today,
            property__no_show_time__isnull=False,
        )
        .select_related("property")
        .only("arrival", "property", "property__time_zone", "property__no_show_time")
        .order_by("arrival", "pk")
    )
    return [booking.pk for booking in rows if no_show_is_due(booking, at=at)][:limit]


def pre_arrival_is_due(booking: Booking, *, at: datetime) -> bool:
    """Whether the mail before the arrival is to be sent: from 9:00 so many days before it, until its day is over."""
    days = booking.property.pre_arrival_days
    if days is None or booking.status != BookingStatus.CONFIRMED or not booking.guest_email:
        return False
    time_zone = booking.property.time_zone
    from_when = local_datetime(booking.arrival - timedelta(days=days), PRE_ARRIVAL_AT, time_zone)
    return at >= from_when and property_today(time_zone, at) <= booking.arrival


def pre_arrivals_due(*, at: datetime, limit: int) -> list[int]:
    """Bookings to which the mail before their arrival is due and was not sent, the nearest arrival first. One query.

    Who books later than that gets it with the next run after the confirmation.
    """
    today = _today_utc(at)
    from_day = ExpressionWrapper(F("arrival") - F("property__pre_arrival_days"), output_field=DateField())
    rows = (
        Booking.objects.filter(
            status=BookingStatus.CONFIRMED,
            arrival__gte=today - ONE_DAY,
            property__pre_arrival_days__isnull=False,
        )
        .exclude(guest_email="")
        .alias(from_day=from_day)
        .filter(from_day__lte=today + ONE_DAY)
        .filter(~_was_sent(NoticeKind.PRE_ARRIVAL))
        .select_related("property")
        .order_by("arrival", "pk")
    )
    return [booking.pk for booking in rows if pre_arrival_is_due(booking, at=at)][:limit]


def thank_you_is_due(booking: Booking, *, at: datetime) -> bool:
    """Whether thanks are to be sent: on the day after the departure at 10:00, to who has stayed."""
    if booking.status != BookingStatus.CHECKED_OUT or not booking.guest_email:
        return False
    return at >= local_datetime(booking.departure + ONE_DAY, THANK_YOU_AT, booking.property.time_zone)


def thank_yous_due(*, at: datetime, limit: int) -> list[int]:
    """Stays of the last days whose guests were not thanked and have not written a review, oldest first. One query."""
    today = _today_utc(at)
    rows = (
        Booking.objects.filter(
            status=BookingStatus.CHECKED_OUT,
            departure__gte=today - timedelta(days=THANK_YOU_LOOKBACK_DAYS),
            departure__lte=today,
            review__isnull=True,
        )
        .exclude(guest_email="")
        .filter(~_was_sent(NoticeKind.THANK_YOU))
        .select_related("property")
        .order_by("departure", "pk")
    )
    return [booking.pk for booking in rows if thank_you_is_due(booking, at=at)][:limit]


def notice_was_sent(*, booking_id: int, kind: NoticeKind) -> bool:
    """Whether a booking had this mail. One query."""
    return BookingNotice.objects.filter(booking_id=booking_id, kind=kind).exists()


def digests_due(*, at: datetime) -> list[Property]:
    """Properties whose staff have not had the overview of the day, and whose clock says it is time. Two queries."""
    due = [
        house
        for house in Property.objects.filter(digest_time__isnull=False).order_by("pk")
        if digest_is_due(house, at=at)
    ]
    today = _today_utc(at)
    sent = set(
        StaffDigest.objects.filter(date__gte=today - ONE_DAY, date__lte=today + ONE_DAY).values_list(
            "property_id", "date"
        )
    )
    return [house for house in due if (house.pk, property_today(house.time_zone, at)) not in sent]


def digest_is_due(house: Property, *, at: datetime) -> bool:
    """Whether it is time for the overview of the day at the property, and not too late for it. No query."""
    if house.digest_time is None:
        return False
    today = property_now(house.time_zone, at).date()
    from_when = local_datetime(today, house.digest_time, house.time_zone)
    return from_when <= at < from_when + timedelta(hours=DIGEST_LATE_HOURS)


def _was_sent(kind: NoticeKind) -> Exists:
    return Exists(BookingNotice.objects.filter(booking=OuterRef("pk"), kind=kind))


def _today_utc(at: datetime) -> date:
    return at.astimezone(UTC).date()
