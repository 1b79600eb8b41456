"""The vocabulary of booking queries."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Self, TypedDict, cast

from django.db import models
from django.db.models import Case, Count, F, Func, Q, Value, When, Window
from django.db.models.functions import Cast, Lower, RowNumber

from .transitions import HOLDING_STATUSES, SOLD_STATUSES, BookingStatus

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    from .models import Booking, Review  # noqa: F401 - named in the bases below

CALLED_OFF_STATUSES = (BookingStatus.CANCELLED, BookingStatus.EXPIRED)


_EXPECTED_STATUSES = (BookingStatus.HELD, BookingStatus.CONFIRMED, BookingStatus.CHECKED_IN)
_IS_UPCOMING = Q(status__in=_EXPECTED_STATUSES, departure__gte=F("today"))
_IS_PAST = Q(status__in=_EXPECTED_STATUSES, departure__lt=F("today")) | Q(
    status__in=(BookingStatus.CHECKED_OUT, BookingStatus.NO_SHOW)
)


class PlaceInGroup(TypedDict):
    """What `BookingQuerySet.with_place_in_group` adds."""

    list_group: str
    place: int
    group_total: int


class BookingQuerySet(models.QuerySet["Booking"]):
    def occupying(self) -> Self:
        """Bookings that take rooms out of sale: held or sold."""
        return self.filter(status__in=(*HOLDING_STATUSES, *SOLD_STATUSES))

    def hold_expired(self, *, at: datetime.datetime) -> Self:
        return self.filter(status=BookingStatus.HELD, hold_expires_at__lte=at)

    def with_summary(self) -> Self:
        """What a list line of a booking shows, in the same query."""
        return self.select_related("property", "room_type", "rate_plan")

    def of_guest_email(self, email: str) -> Self:
        """Bookings made with an e-mail address, however it is spelt."""
        return self.alias(guest_email_lower=Lower("guest_email")).filter(guest_email_lower=email.lower())

    def upcoming(self, *, at: datetime.datetime) -> Self:
        """Held or sold, and not over yet on the property's calendar."""
        return self._with_today(at).filter(_IS_UPCOMING)

    def past(self, *, at: datetime.datetime) -> Self:
        """Stayed, missed, or over on the property's calendar."""
        return self._with_today(at).filter(_IS_PAST)

    def with_review_state(self) -> Self:
        """Add ``is_reviewed``: whether the guest has written about the stay."""
        return self.annotate(is_reviewed=Q(review__isnull=False))

    def called_off(self) -> Self:
        """Cancelled by somebody, or never paid for."""
        return self.filter(status__in=CALLED_OFF_STATUSES)

    def with_place_in_group(
        self, *, at: datetime.datetime
    ) -> models.QuerySet[WithAnnotations[Booking, PlaceInGroup]]:
        """Add ``list_group`` (upcoming, past or cancelled), ``place`` in it from 1, and ``group_total``.

        The next arrival comes first among upcoming stays, the newest among others.
        """
        group = Case(
            When(_IS_UPCOMING, then=Value("upcoming")),
            When(_IS_PAST, then=Value("past")),
            default=Value("cancelled"),
            output_field=models.CharField(),
        )
        since = Case(When(_IS_UPCOMING, then=F("arrival") - F("today")), default=F("today") - F("arrival"))
        rows = self._with_today(at).annotate(
            list_group=group,
            place=Window(RowNumber(), partition_by=group, order_by=(since, F("pk").desc())),
            group_total=Window(Count("pk"), partition_by=group),
        )
        return cast("models.QuerySet[WithAnnotations[Booking, PlaceInGroup]]", rows)

    def _with_today(self, at: datetime.datetime) -> Self:
        at_property = Func(
            F("property__time_zone"),
            Value(at, output_field=models.DateTimeField()),
            function="timezone",
            output_field=models.DateTimeField(),
        )
        return self.alias(today=Cast(at_property, models.DateField()))


class ReviewQuerySet(models.QuerySet["Review"]):
    def published(self) -> Self:
        return self.filter(status="published")

    def with_stay(self) -> Self:
        """What a line of a list shows of the stay, in the same query."""
        return self.select_related("booking", "property")
