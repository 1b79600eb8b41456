"""Staff decide on reviews, and answer them."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import OPERATION_PERMISSIONS
from accounts.selectors import staff_may
from bookings.exceptions import (
    EditConflict,
    ReviewInvalid,
    ReviewNotEditable,
    ReviewNotPublished,
)
from bookings.links import booking_url
from bookings.models import REVIEW_TRANSITIONS, Review, ReviewStatus
from bookings.services.mails import review_replied_mail
from core.exceptions import PermissionDenied, translate_integrity_errors
from notifications.services import notification_enqueue
from notifications.types import GENERIC

from .locking import review_lock, review_publish, review_save

REASON_MAX_LENGTH = 300
REPLY_MAX_LENGTH = 3000


@translate_integrity_errors()
def review_moderate(
    *,
    review_id: int,
    is_published: bool,
    actor: User,
    reason: str = "",
    version: int | None = None,
    at: datetime | None = None,
) -> Review:
    """Publish a review, or take it off or keep it back for a reason, which its author is told.

    ``version`` is the one that was read, so that nobody publishes what was changed meanwhile. Locks the review.
    Raises `PermissionDenied`, `ReviewInvalid` without a reason, `ReviewNotEditable` where its state forbids it,
    `EditConflict`, `ReviewNotFound`.
    """
    at = at or timezone.now()
    with transaction.atomic(durable=True):
        review = review_lock(review_id=review_id)
        operation_check(actor, review, "review_moderate")
        if version is not None and version != review.version:
            raise EditConflict(data={"version": review.version})
        target = ReviewStatus.PUBLISHED if is_published else ReviewStatus.REJECTED
        if review.status == target:
            return review
        if (review.status, target) not in REVIEW_TRANSITIONS:
            raise ReviewNotEditable
        review.moderated_by, review.moderated_at = actor, at
        return review_publish(review, at=at) if is_published else review_reject(review, reason=reason)


def review_reject(review: Review, *, reason: str) -> Review:
    """Keep a locked review from the public and tell its author why. Inside the caller's transaction."""
    reason = reason.strip()[:REASON_MAX_LENGTH]
    if not reason:
        raise ReviewInvalid(_("Please say why: the author is told."), field="reason")
    review.status = ReviewStatus.REJECTED
    review.rejection_reason = reason
    review_save(review)
    _rejected_mail(review)
    return review


@translate_integrity_errors()
def review_reply_set(*, review_id: int, text: str, actor: User, at: datetime | None = None) -> Review:
    """Write the property's one reply, or change it; an empty text takes it away. The first is mailed to the author.

    Locks the review. Raises `PermissionDenied`, `ReviewNotPublished`, `ReviewInvalid`, `ReviewNotFound`.
    """
    at = at or timezone.now()
    text = text.strip()
    if len(text) > REPLY_MAX_LENGTH or "\0" in text:
        message = _("Please write at most %(most)d characters.") % {"most": REPLY_MAX_LENGTH}
        raise ReviewInvalid(message, field="reply")
    with transaction.atomic(durable=True):
        review = review_lock(review_id=review_id)
        operation_check(actor, review, "review_reply")
        if review.status != ReviewStatus.PUBLISHED:
            raise ReviewNotPublished
        review.reply = text
        review.reply_by = actor if text else None
        review.replied_at = (review.replied_at or at) if text else None
        review_save(review)
        if text:
            review_replied_mail(review.booking, reply=text)
        return review


def operation_check(actor: User | None, review: Review, operation: str) -> None:
    """Refuse everybody but staff of the property in a role of the table. One query. Raises `PermissionDenied`."""
    roles = OPERATION_PERMISSIONS[operation]
    if not staff_may(actor, review.property_id, *roles):
        raise PermissionDenied


def _rejected_mail(review: Review) -> None:
    booking = review.booking
    with override(booking.language):
        context = {
            "name": booking.guest_name,
            "title": gettext("Your review was not published"),
            "paragraphs": [
                gettext(
                    "Thank you for writing about your stay at %(property)s. We have not published your review:"
                )
                % {"property": review.property.name},
                review.rejection_reason,
            ],
            "action_url": booking_url(booking, step="review"),
            "action_label": gettext("Your review"),
            "property": None,
        }
    notification_enqueue(
        type=GENERIC,
        recipient=booking.guest_email,
        context=context,
        dedup_key=f"review_rejected:{review.pk}:{review.version}",
        language=booking.language,
        user=booking.user,
        property_id=review.property_id,
    )
