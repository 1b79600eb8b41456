"""Reviews for readers, for their authors and for the proof that the ratings are right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.permissions import property_ids_with, roles_for
from accounts.selectors import staff_access
from bookings.exceptions import ReviewNotFound
from bookings.models import Booking, Review, ReviewStatus
from bookings.transitions import BookingStatus
from core.cache.keys import CATALOGUE
from core.cache.read import get_or_compute
from core.dates import local_datetime
from core.replicas.reading import read_connection
from inventory.models.ratings import CATEGORY_LABELS, RATING_CATEGORIES
from inventory.selectors import PropertySummary

REVIEW_ORDERS = {
    "newest": ("-published_at", "-id"),
    "best": ("-score", "-published_at", "-id"),
    "worst": ("score", "published_at", "id"),
}
PAGE_SIZE = 10


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """A published review as the public reads it."""

    id: int
    author_name: str
    author_country: str
    language: str
    title: str
    text: str
    score: Decimal
    points: tuple[tuple[str, int], ...]
    published_at: datetime
    stayed_in: datetime
    room_type_name: str
    reply: str
    replied_at: datetime | None

    @property
    def categories(self) -> list[tuple[str, int]]:
        """Each category's label, in the active language, and its points."""
        return [(str(CATEGORY_LABELS[category]), points) for category, points in self.points]


@dataclass(frozen=True, slots=True)
class RatingSummary:
    """What the published reviews of a property come to. ``score`` and ``categories`` are means from 1 to 5."""

    review_count: int
    score: Decimal | None
    means: tuple[tuple[str, Decimal], ...]

    @property
    def categories(self) -> list[tuple[str, Decimal]]:
        """Each category's label, in the active language, and its mean."""
        return [(str(CATEGORY_LABELS[category]), mean) for category, mean in self.means]


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """One page of a property's reviews; ``page`` starts at 1."""

    items: tuple[ReviewLine, ...]
    total: int
    page: int
    pages: int
    order: str

    @property
    def has_next(self) -> bool:
        return self.page < self.pages

    @property
    def has_previous(self) -> bool:
        return self.page > 1


@dataclass(frozen=True, slots=True)
class RatingDifference:
    """A property whose rating is not what its published reviews add up to; counts first, then the sums."""

    property_id: int
    property_name: str
    recorded: tuple[int, ...]
    expected: tuple[int, ...]


def rating_of(house: PropertySummary) -> RatingSummary:
    """Return the rating that came with the catalogue, zero reviews if nobody has said anything. No query."""
    return RatingSummary(house.review_count or 0, house.score, house.rating_means)


def reviews_page(*, house: PropertySummary, order: str = "newest", page: int = 1) -> ReviewPage:
    """Return a page of published reviews. No query if cached or if the rating counts none, else one.

    An unknown order is the newest first; a page beyond the last is the last one.
    """
    order = order if order in REVIEW_ORDERS else "newest"
    total = house.review_count or 0
    if not total:
        return ReviewPage(items=(), total=0, page=1, pages=1, order=order)
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(max(page, 1), pages)

    def compute() -> ReviewPage:
        rows = reviews_published(property_id=house.id, order=order)
        first = (page - 1) * PAGE_SIZE
        items = tuple(review_line(row) for row in rows[first : first + PAGE_SIZE])
        return ReviewPage(items=items, total=total, page=page, pages=pages, order=order)

    return get_or_compute(CATALOGUE, house.id, ("reviews", order, page), compute)


def reviews_published(*, property_id: int, order: str = "newest") -> QuerySet[Review]:
    """Published reviews of a property with booking and room type, to be paginated. One query when read."""
    rows = Review.objects.published().filter(property_id=property_id)
    return rows.select_related("booking__room_type").order_by(*REVIEW_ORDERS[order])


def review_line(review: Review) -> ReviewLine:
    """Return a review as the public reads it; no query with booking and room type at hand."""
    assert review.published_at is not None
    return ReviewLine(
        id=review.pk,
        author_name=review.author_name,
        author_country=review.author_country,
        language=review.language,
        title=review.title,
        text=review.text,
        score=review.score,
        points=tuple(review.points_by_category().items()),
        published_at=review.published_at,
        stayed_in=datetime.combine(review.booking.arrival, datetime.min.time()),
        room_type_name=review.booking.room_type.name,
        reply=review.reply,
        replied_at=review.replied_at,
    )


def review_get(*, review_id: int) -> Review:
    """Return a review with booking, room type and property. One query. Raises `ReviewNotFound`."""
    review = _reviews().filter(pk=review_id).first()
    if review is None:
        raise ReviewNotFound
    return review


def review_of_booking(*, booking_id: int) -> Review | None:
    """Return the review of a stay, if there is one. One query."""
    return _reviews().filter(booking_id=booking_id).first()


def review_for_staff(*, review_id: int, user: User) -> Review:
    """Return a review of a property where the user may see them. Two queries. Raises `ReviewNotFound` for others."""
    review = reviews_visible(user=user).filter(pk=review_id).first() if user.is_staff else None
    if review is None:
        raise ReviewNotFound
    return review


def reviews_visible(*, user: User, status: str = "", property_id: int | None = None) -> QuerySet[Review]:
    """A guest's own reviews; for staff those of the properties where they may see them. Newest first.

    One query when read, one more for staff.
    """
    rows = _reviews()
    if user.is_staff:
        ids = property_ids_with(staff_access(user), roles_for("bookings.review", "view"))
        if ids is not None:
            rows = rows.filter(property_id__in=ids)
    else:
        rows = rows.filter(user=user)
    if status:
        rows = rows.filter(status=status)
    if property_id is not None:
        rows = rows.filter(property_id=property_id)
    return rows.order_by("-submitted_at", "-id")


def review_until(booking: Booking) -> datetime:
    """Until when a stay may be reviewed. No query with the property at hand."""
    house = booking.property
    left = booking.checked_out_at or local_datetime(booking.departure, house.departure_until, house.time_zone)
    return left + timedelta(days=settings.REVIEW_WINDOW_DAYS)


def review_is_possible(booking: Booking, *, at: datetime | None = None) -> bool:
    """Whether the stay is over and not too long ago; a review of it may be there already."""
    return booking.status == BookingStatus.CHECKED_OUT and (at or timezone.now()) <= review_until(booking)


def review_is_editable(review: Review, *, at: datetime) -> bool:
    """Whether its author may still change it: nobody has decided, and it is not long ago."""
    edit_until = review.submitted_at + timedelta(hours=settings.REVIEW_EDIT_HOURS)
    return review.status == ReviewStatus.PENDING and at <= edit_until


_SUMS = ", ".join(f"sum({category})" for category in RATING_CATEGORIES)
_RECORDED = ", ".join(f"{category}_sum" for category in RATING_CATEGORIES)
DIFFERENCES_SQL = f"""
WITH expected AS (
    SELECT property_id, ARRAY[count(*), {_SUMS}]::bigint[] AS numbers
      FROM bookings_review WHERE status = 'published' GROUP BY property_id
), recorded AS (
    SELECT property_id, ARRAY[review_count, {_RECORDED}]::bigint[] AS numbers
      FROM inventory_propertyrating
)
SELECT property.id, property.name,
       COALESCE(recorded.numbers, '{{0,0,0,0,0,0}}'), COALESCE(expected.numbers, '{{0,0,0,0,0,0}}')
  FROM recorded FULL JOIN expected USING (property_id)
  JOIN inventory_property property ON property.id = property_id
 WHERE COALESCE(recorded.numbers, '{{0,0,0,0,0,0}}') <> COALESCE(expected.numbers, '{{0,0,0,0,0,0}}')
 ORDER BY property.name, property.id
"""  # noqa: S608 - made of our own column names


def rating_differences() -> list[RatingDifference]:
    """Every property whose rating is not what its published reviews add up to. One statement, one moment."""
    with read_connection().cursor() as cursor:
        cursor.execute(DIFFERENCES_SQL)
        return [
            RatingDifference(property_id, name, tuple(recorded), tuple(expected))
            for property_id, name, recorded, expected in cursor.fetchall()
        ]


def _reviews() -> QuerySet[Review]:
    return Review.objects.select_related("booking__room_type", "property", "booking__property")
