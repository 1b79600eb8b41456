"""What bookings do when payments or accounts tell them something, and which caches a change of a booking outdates."""

from __future__ import annotations

from typing import Any

import structlog
from allauth.account.signals import email_confirmed
from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from core.cache.generations import bump
from core.cache.keys import REPORTS, USER_BOOKINGS
from inventory.cache import catalogue_changed
from inventory.signals import calendar_read
from payments.models import Dispute, Payment, Refund
from payments.selectors import payment_get
from payments.signals import (
    dispute_recorded,
    ledger_broken,
    payment_authorized,
    payment_captured,
    payment_disputed,
    payment_failed,
    payment_guaranteed,
    payment_recorded,
    refund_failure_recorded,
    refund_recorded,
    refund_returned,
    refund_succeeded,
)

from .exceptions import PaymentRequired
from .models import Booking, Review
from .services import booking_confirm, bookings_claim
from .services.disputes import dispute_tell
from .services.events import dispute_event, payment_event, refund_event, refund_failed_event
from .services.mails import payment_failed_mail, trip_payment_failed_mail
from .services.scheduled import calendar_troubles_report, ledger_problems_mail
from .services.spaces import space_folio_settle
from .services.trips import trips_claim

logger = structlog.get_logger(__name__)


@receiver((payment_authorized, payment_captured, payment_guaranteed), dispatch_uid="bookings.payment_settled")
def payment_settled_confirms(*, payment_id: int, folio_id: int, **_kwargs: Any) -> None:
    """Confirm the booking whose payment came. What fails here is found by the reconcile."""
    booking = _booking_of(folio_id)
    if booking is None:
        space_folio_settle(folio_id=folio_id)
        return
    try:
        booking_confirm(booking_id=booking.pk)
    except PaymentRequired:
        logger.info("payment_does_not_cover_booking", booking_id=booking.pk, payment_id=payment_id)
    _bump(booking)


@receiver(payment_recorded, dispatch_uid="bookings.payment_recorded")
def payment_tells_programs(*, payment: Payment, **_kwargs: Any) -> None:
    """Write the event in the payment's own transaction: it cannot be missed, and nothing has to repair it."""
    payment_event(payment)


@receiver(refund_recorded, dispatch_uid="bookings.refund_recorded")
def refund_tells_programs(*, refund: Refund, **_kwargs: Any) -> None:
    """Write the event in the refund's own transaction."""
    refund_event(refund)


@receiver(refund_failure_recorded, dispatch_uid="bookings.refund_failure_recorded")
def refund_failure_tells_programs(*, refund: Refund, **_kwargs: Any) -> None:
    """Write the event in the transaction in which the refund failed."""
    refund_failed_event(refund)


@receiver(dispute_recorded, dispatch_uid="bookings.dispute_recorded")
def dispute_tells_programs(*, dispute: Dispute, **_kwargs: Any) -> None:
    """Write the event in the dispute's own transaction."""
    dispute_event(dispute)


@receiver(payment_failed, dispatch_uid="bookings.payment_failed")
def payment_failed_tells(*, payment_id: int, folio_id: int, **_kwargs: Any) -> None:
    """Tell the guest, who may try again while the rooms are held: of a trip's payment once, whatever its shares."""
    booking = _booking_of(folio_id)
    if booking is None:
        return
    payment = payment_get(payment_id=payment_id)
    with transaction.atomic():
        if payment.collective is None:
            payment_failed_mail(booking, payment=payment)
        else:
            trip_payment_failed_mail(payment=payment.collective)


@receiver((refund_succeeded, refund_returned), dispatch_uid="bookings.refund_succeeded")
def refund_outdates_lists(*, folio_id: int, **_kwargs: Any) -> None:
    """What is owed has changed."""
    booking = _booking_of(folio_id)
    if booking is not None:
        _bump(booking)


@receiver((post_save, post_delete), sender=Booking, dispatch_uid="bookings.changed")
def booking_change_outdates_lists(*, instance: Booking, **_kwargs: Any) -> None:
    """The user's list and the property's reports."""
    _bump(instance)


@receiver((post_save, post_delete), sender=Review, dispatch_uid="bookings.review_changed")
def review_change_outdates_ratings(*, instance: Review, **_kwargs: Any) -> None:
    """Where ratings are shown, and where the author is asked to review."""
    catalogue_changed(property_id=instance.property_id)
    if instance.user_id is not None:
        bump(USER_BOOKINGS, instance.user_id)


@receiver(email_confirmed, dispatch_uid="bookings.email_confirmed")
def email_confirmed_claims(*, email_address: Any, **_kwargs: Any) -> None:
    """Bookings made with an address before its owner had an account appear in the account."""
    bookings_claim(user=email_address.user)
    trips_claim(user=email_address.user)


@receiver(calendar_read, dispatch_uid="bookings.calendar_read")
def calendar_read_tells_staff(*, calendar_id: int, **_kwargs: Any) -> None:
    """Conflicts and failures of an outside calendar are written to staff; what is missed here the schedule finds."""
    calendar_troubles_report(calendar_id=calendar_id)


@receiver(payment_disputed, dispatch_uid="bookings.payment_disputed")
def payment_disputed_tells(*, dispute_id: int, folio_id: int, **_kwargs: Any) -> None:
    """Tell staff, who have days to answer, and outdate what is shown of the booking's money."""
    dispute_tell(dispute_id=dispute_id)
    booking = _booking_of(folio_id)
    if booking is not None:
        _bump(booking)


@receiver(ledger_broken, dispatch_uid="bookings.ledger_broken")
def ledger_broken_tells_superusers(*, lines: list[str], **_kwargs: Any) -> None:
    """The nightly proof of the ledger has failed."""
    ledger_problems_mail(lines=lines)


def _booking_of(folio_id: int) -> Booking | None:
    return Booking.objects.with_summary().select_related("user").filter(folio_id=folio_id).first()


def _bump(booking: Booking) -> None:
    if booking.user_id is not None:
        bump(USER_BOOKINGS, booking.user_id)
    bump(REPORTS, booking.property_id)
