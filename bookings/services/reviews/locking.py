"""Locking one review, and publishing it."""

from __future__ import annotations

from datetime import datetime

from bookings.exceptions import ReviewNotFound
from bookings.models import Review, ReviewStatus
from core.locks import lock_timeout
from inventory.cache import catalogue_changed
from notifications.services import domain_event_record
from notifications.types.events import REVIEW_PUBLISHED


def review_lock(*, review_id: int) -> Review:
    """Lock a review, with its booking and property at hand. Two queries. Raises `ReviewNotFound`, `Unavailable`."""
    with lock_timeout():
        review = (
            Review.objects.select_for_update(of=("self",), no_key=True)
            .select_related(
                "property", "booking__property", "booking__room_type", "booking__rate_plan", "booking__user"
            )
            .filter(pk=review_id)
            .first()
        )
    if review is None:
        raise ReviewNotFound
    return review


def review_save(review: Review) -> Review:
    """Write a locked review and count its version up; what shows ratings is outdated on commit."""
    review.version += 1
    review.save()
    catalogue_changed(property_id=review.property_id)
    return review


def review_publish(review: Review, *, at: datetime) -> Review:
    """Make a locked or new review public and tell the property's programs. Inside the caller's transaction."""
    review.status = ReviewStatus.PUBLISHED
    review.published_at = review.published_at or at
    review.rejection_reason = ""
    review_save(review)
    domain_event_record(
        type=REVIEW_PUBLISHED,
        property_id=review.property_id,
        subject=f"booking:{review.booking.reference}",
        data={
            "review": review.pk,
            "reference": review.booking.reference,
            "language": review.language,
            "title": review.title,
            "text": review.text,
            "author": review.author_name,
            "country": review.author_country,
            "points": review.points_by_category(),
            "published_at": review.published_at.isoformat(),
        },
        at=at,
    )
    return review
