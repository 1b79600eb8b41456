"""Telling staff that a guest's bank wants money back."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from accounts.models import StaffRole
from accounts.selectors import property_people
from bookings.models import Booking
from core.money import round_money
from notifications.contexts import property_context
from notifications.services import notification_enqueue
from notifications.types import PAYMENT_DISPUTED
from payments.models import OPEN_DISPUTE_STATUSES, Dispute
from payments.selectors import dispute_get

from .mails.house import language_of, recipients

TOLD_ROLES = (StaffRole.MANAGER, StaffRole.FINANCE)


def dispute_tell(*, dispute_id: int) -> None:
    """Write to managers and finance of a dispute's state, while it can be answered.

    One durable transaction. The same state is written of once, however often this is called.
    """
    with transaction.atomic(durable=True):
        dispute = dispute_get(dispute_id=dispute_id)
        house = dispute.payment.folio.property
        booking = Booking.objects.filter(folio_id=dispute.payment.folio_id).only("reference").first()
        reference = booking.reference if booking is not None else ""
        if dispute.status not in OPEN_DISPUTE_STATUSES:
            return
        for recipient, user in recipients(property_people(house.pk, roles=TOLD_ROLES), house.email):
            notification_enqueue(
                type=PAYMENT_DISPUTED,
                recipient=recipient,
                user=user,
                language=language_of(user),
                property_id=house.pk,
                context={
                    "property": property_context(house),
                    "reference": reference,
                    "amount": _amount(dispute),
                    "currency": dispute.currency,
                    "reason": dispute.reason,
                    "due_by": dispute.due_by.isoformat() if dispute.due_by else None,
                    "manage_url": settings.SITE_URL
                    + reverse("admin:payments_dispute_change", args=[dispute.pk]),
                },
                dedup_key=f"{PAYMENT_DISPUTED}:{dispute.pk}:{dispute.status}:{user.pk if user else 'house'}",
            )


def _amount(dispute: Dispute) -> str:
    return str(round_money(dispute.amount, dispute.currency))
