"""A guest writes a review, changes it while nobody has read it, and may take it back or leave the name out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from bookings.exceptions import (
    EditConflict,
    ReviewExists,
    ReviewInvalid,
    ReviewNotAllowed,
    ReviewNotEditable,
    ReviewTooLate,
)
from bookings.models import Review, ReviewStatus
from bookings.selectors.reviews import review_is_editable, review_until
from bookings.services.guests import language_active
from bookings.services.moving import booking_row_lock
from bookings.transitions import BookingStatus
from core.cache.generations import bump
from core.cache.keys import USER_BOOKINGS
from core.exceptions import translate_integrity_errors
from inventory.cache import catalogue_changed
from inventory.models.ratings import CATEGORY_LABELS, RATING_CATEGORIES, RATING_MAX

from .locking import review_lock, review_publish, review_save

TITLE_MAX_LENGTH = 120
TEXT_MAX_LENGTH = 5000
NAME_MAX_LENGTH = 60


@translate_integrity_errors()
def review_write(
    *,
    booking_id: int,
    points: Mapping[str, int],
    title: str = "",
    text: str = "",
    language: str = "",
    actor: User | None = None,
    at: datetime | None = None,
) -> Review:
    """Write the review of a stay that is over, once; with ``REVIEWS_MODERATED`` off it is public at once.

    ``points`` are 1 to 5 for each of `RATING_CATEGORIES`. The author is shown by first name and country. One durable
    transaction; locks the booking. Raises `ReviewNotAllowed`, `ReviewTooLate`, `ReviewExists`, `ReviewInvalid`,
    `BookingNotFound`.
    """
    at = at or timezone.now()
    fields = _fields(points, title, text)
    with transaction.atomic(durable=True):
        booking = booking_row_lock(booking_id=booking_id)
        if booking.status != BookingStatus.CHECKED_OUT:
            raise ReviewNotAllowed
        if at > review_until(booking):
            raise ReviewTooLate(data={"days": settings.REVIEW_WINDOW_DAYS})
        if Review.objects.filter(booking_id=booking_id).exists():
            raise ReviewExists
        review = Review(
            booking=booking,
            property_id=booking.property_id,
            user=booking.user or actor,
            author_name=first_name(booking.guest_name),
            author_country=booking.guest_country,
            language=_language(language),
            submitted_at=at,
            **fields,
        )
        review.save()
        if booking.user_id is not None:
            bump(USER_BOOKINGS, booking.user_id)
        return review if settings.REVIEWS_MODERATED else review_publish(review, at=at)


@translate_integrity_errors()
def review_change(
    *,
    review_id: int,
    points: Mapping[str, int],
    title: str = "",
    text: str = "",
    version: int | None = None,
    at: datetime | None = None,
) -> Review:
    """Change a review that waits for moderation, for a short time. ``version`` is the one the guest saw.

    Locks the review. Raises `ReviewNotEditable`, `EditConflict`, `ReviewInvalid`, `ReviewNotFound`.
    """
    at = at or timezone.now()
    fields = _fields(points, title, text)
    with transaction.atomic(durable=True):
        review = review_lock(review_id=review_id)
        if not review_is_editable(review, at=at):
            raise ReviewNotEditable
        if version is not None and version != review.version:
            raise EditConflict(data={"version": review.version})
        for name, value in fields.items():
            setattr(review, name, value)
        return review_save(review)


@translate_integrity_errors()
def review_withdraw(*, review_id: int, at: datetime | None = None) -> Review:
    """Take a review back: words, name and account are erased, the points do not count any more. For good.

    Locks the review. Raises `ReviewNotEditable` if it was taken back before, `ReviewNotFound`.
    """
    with transaction.atomic(durable=True):
        review = review_lock(review_id=review_id)
        if review.status == ReviewStatus.WITHDRAWN:
            raise ReviewNotEditable
        review.status = ReviewStatus.WITHDRAWN
        review.title, review.text = "", ""
        review.reply, review.replied_at, review.reply_by = "", None, None
        _author_clear(review)
        return review_save(review)


@translate_integrity_errors()
def review_author_erase(*, review_id: int) -> Review:
    """Leave the author's name, country and account out of a review; what it says stays. Locks the review."""
    with transaction.atomic(durable=True):
        review = review_lock(review_id=review_id)
        _author_clear(review)
        return review_save(review)


def reviews_author_erase(*, user: User) -> int:
    """Take a person out of all their reviews, when their data is erased; how many. Two statements."""
    with transaction.atomic():
        rows = Review.objects.filter(user=user)
        houses = set(rows.values_list("property_id", flat=True))
        erased = rows.update(author_name="", author_country="", user=None, updated_at=timezone.now())
        for property_id in houses:
            catalogue_changed(property_id=property_id)
    return erased


def first_name(full_name: str) -> str:
    """What of a name is shown: its first word."""
    return (full_name.split() or [""])[0][:NAME_MAX_LENGTH]


def _author_clear(review: Review) -> None:
    review.author_name, review.author_country, review.user = "", "", None


def _language(language: str) -> str:
    return language if language in dict(settings.LANGUAGES) else language_active()


def _fields(points: Mapping[str, int], title: str, text: str) -> dict[str, object]:
    """The review's own fields, checked. Raises `ReviewInvalid` naming the field."""
    for category in RATING_CATEGORIES:
        if points.get(category) not in range(1, RATING_MAX + 1):
            message = _("Please give 1 to 5 points: %(category)s.") % {"category": CATEGORY_LABELS[category]}
            raise ReviewInvalid(message, field=category)
    for field, value, most in (("title", title, TITLE_MAX_LENGTH), ("text", text, TEXT_MAX_LENGTH)):
        if len(value) > most or "\0" in value:
            raise ReviewInvalid(_("Please write at most %(most)d characters.") % {"most": most}, field=field)
    wanted = {category: points[category] for category in RATING_CATEGORIES}
    return {**wanted, "title": " ".join(title.split()), "text": text.strip()}
