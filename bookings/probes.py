"""The main reads of bookings, for perf_check."""

from __future__ import annotations

from django.db.models import Count
from django.utils import timezone

from accounts.models import User
from bookings.models import Booking, Review
from bookings.selectors import bookings_for_user, stays_glance
from bookings.selectors.reviews import reviews_published
from bookings.selectors.today import day_at_desk
from core.observability.probes import Budget, Run, probe
from inventory.models import Property

PAGE = 20


def _guest() -> User | None:
    """A guest with many bookings, among those who booked lately."""
    lately = Booking.objects.exclude(user=None).order_by("-pk").values("user")[:500]
    return (
        User.objects.filter(pk__in=[row["user"] for row in lately])
        .annotate(number=Count("bookings"))
        .order_by("-number")
        .first()
    )


@probe(
    "a user's bookings with payments",
    selector="bookings.selectors.bookings_for_user",
    cold=Budget(6, 3),
    cached=Budget(1.5, 0),
)
def _bookings_of_guest() -> Run | None:
    guest = _guest()
    return None if guest is None else lambda: bookings_for_user(user=guest)


@probe(
    "a guest's dashboard, its stays",
    selector="bookings.selectors.stays_glance",
    cold=Budget(12, 2),  # most of it is Django's, which puts the windows of the query into words each time
    cached=Budget(1.5, 0),
)
def _dashboard() -> Run | None:
    guest = _guest()
    return None if guest is None else lambda: stays_glance(user=guest, at=timezone.now())


@probe("the day of a house", selector="bookings.selectors.today.day_at_desk", cold=Budget(40, 4))
def _day() -> Run | None:
    house = Property.objects.annotate(number=Count("room_types")).order_by("-number", "pk").first()
    return None if house is None else lambda: day_at_desk(house=house)


@probe(
    "reviews of a property",
    selector="bookings.selectors.reviews.reviews_published",
    cold=Budget(4, 1),
)
def _reviews() -> Run | None:
    house_id = Review.objects.published().values_list("property_id", flat=True).first()
    return None if house_id is None else lambda: list(reviews_published(property_id=house_id)[:PAGE])
