"""What bookings of spaces tell their guest and the house: one message for all that happens at once.

In the caller's transaction; each effect has a key of its own, so that it is told once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.urls import reverse

from accounts.models import StaffRole
from accounts.selectors import property_people
from bookings.models import SpaceBooking
from bookings.services.mails.house import language_of, recipients
from bookings.space_links import space_booking_url
from bookings.space_transitions import SpaceBookingStatus
from core.money import round_money
from notifications.contexts import property_context
from notifications.services import notification_enqueue
from notifications.types import (
    SPACE_APPROVED,
    SPACE_ASKED,
    SPACE_CALLED_OFF,
    SPACE_CANCELLED,
    SPACE_CHANGED,
    SPACE_CONFIRMED,
    SPACE_DECLINED,
    SPACE_EXPIRED,
    SPACE_NO_SHOW,
    SPACE_REFUNDED,
    SPACE_REMINDER,
    SPACE_REQUESTED,
    SpaceContext,
)
from payments.models import Refund
from payments.selectors import folio_money

TOLD_ROLES = (StaffRole.MANAGER, StaffRole.FRONT_DESK)


def booked_mail(bookings: Sequence[SpaceBooking], *, at: datetime) -> None:
    """Just made: the request is with the house, which is told; or it is booked. What waits for money is not told."""
    first = bookings[0]
    if first.status == SpaceBookingStatus.REQUESTED:
        _write(SPACE_REQUESTED, bookings)
        _staff_write(SPACE_ASKED, bookings)
    elif first.status == SpaceBookingStatus.CONFIRMED:
        _write(SPACE_CONFIRMED, bookings)


def confirmed_mail(bookings: Sequence[SpaceBooking]) -> None:
    """The money has come, and it is booked."""
    _write(SPACE_CONFIRMED, bookings)


def approved_mail(bookings: Sequence[SpaceBooking], *, reason: str) -> None:
    """The house says yes; where money is needed, until when."""
    _write(SPACE_APPROVED, bookings, reason=reason)


def declined_mail(bookings: Sequence[SpaceBooking], *, reason: str) -> None:
    """The house says no, and why."""
    _write(SPACE_DECLINED, bookings, reason=reason)


def changed_mail(bookings: Sequence[SpaceBooking]) -> None:
    """Another time, or other details."""
    _write(SPACE_CHANGED, bookings)


def cancelled_mail(bookings: Sequence[SpaceBooking], *, refunds: Sequence[Refund], is_by_guest: bool) -> None:
    """Called off: what is kept and what goes back. The house is told of what a guest has called off."""
    fee = sum((booking.cancellation_fee or Decimal(0) for booking in bookings), Decimal(0))
    _write(SPACE_CANCELLED, bookings, fee=fee, refunds=refunds, reason=bookings[0].reason)
    if is_by_guest:
        _staff_write(SPACE_CALLED_OFF, bookings, reason=bookings[0].reason)


def expired_mail(booking: SpaceBooking, *, was: str) -> None:
    """Nobody answered, or nobody paid. A hold of some minutes ends without a word."""
    if was != SpaceBookingStatus.HELD:
        _write(SPACE_EXPIRED, [booking])


def no_show_mail(booking: SpaceBooking) -> None:
    """Nobody came; what is kept."""
    _write(SPACE_NO_SHOW, [booking], fee=booking.cancellation_fee or Decimal(0))


def reminder_mail(booking: SpaceBooking) -> None:
    """It begins soon."""
    _write(SPACE_REMINDER, [booking])


def refunded_mail(bookings: Sequence[SpaceBooking], *, refunds: Sequence[Refund]) -> None:
    """More was paid than is due."""
    _write(SPACE_REFUNDED, bookings, refunds=refunds)


def _write(kind: str, bookings: Sequence[SpaceBooking], **more: Any) -> None:
    first = bookings[0]
    notification_enqueue(
        type=kind,
        recipient=first.guest_email,
        context=_context(bookings, url=space_booking_url(first), **more),
        dedup_key=_key(kind, first),
        language=first.language,
        user=first.user,
        property_id=first.property_id,
        phone=str(first.guest_phone),
    )


def _staff_write(kind: str, bookings: Sequence[SpaceBooking], **more: Any) -> None:
    first = bookings[0]
    url = settings.SITE_URL + reverse("admin:space_booking", args=[first.reference])
    context = _context(bookings, url=url, **more)
    people = property_people(first.property_id, roles=TOLD_ROLES)
    for recipient, user in recipients(people, first.property.email):
        notification_enqueue(
            type=kind,
            recipient=recipient,
            user=user,
            language=language_of(user),
            property_id=first.property_id,
            context=context,
            dedup_key=f"{_key(kind, first)}:{user.pk if user else 'house'}",
        )


def _key(kind: str, booking: SpaceBooking) -> str:
    return f"{kind}:{booking.pk}:{booking.version}"


def _context(
    bookings: Sequence[SpaceBooking],
    *,
    url: str,
    reason: str = "",
    fee: Decimal = Decimal(0),
    refunds: Sequence[Refund] = (),
) -> SpaceContext:
    """What every message holds. One query where something is charged, and one for wishes of equipment.

    What is only asked for, or was declined, is not charged: nothing of it is due.
    """
    first = bookings[0]
    names = dict(first.space.equipment.values_list("code", "name")) if first.equipment else {}
    place = [part for part in (first.space.building, first.space.floor) if part]
    total = sum((booking.total for booking in bookings), Decimal(0))
    due = Decimal(0)
    if first.folio_id is not None and first.stay_id is None:
        due = max(folio_money(folio_id=first.folio_id).balance, Decimal(0))
    refund = sum((one.amount for one in refunds), Decimal(0))
    until = first.hold_expires_at

    def money(amount: Decimal) -> str:
        return str(round_money(amount, first.currency))

    return {
        "reference": first.reference,
        "guest_name": first.guest_name,
        "url": url,
        "property": property_context(first.property),
        "space": first.space.name,
        "place": ", ".join(place),
        "times": [
            {
                "start": booking.start.isoformat(),
                "end": booking.end.isoformat(),
                "reference": booking.reference,
            }
            for booking in bookings
        ],
        "persons": first.persons,
        "purpose": first.purpose,
        "equipment": [names.get(code, code) for code in first.equipment],
        "currency": first.currency,
        "total": money(total),
        "due": money(due),
        "stay_reference": first.stay.reference if first.stay else "",
        "reason": reason,
        "until": until.isoformat() if until else None,
        "fee": money(fee),
        "refund": money(refund),
        "needs_check_in": bool(first.terms.get("needs_check_in")),
        "no_show_minutes": int(first.terms.get("no_show_minutes") or 0),
    }
