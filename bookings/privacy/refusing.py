"""Why somebody cannot be erased yet: a stay that is ahead or goes on, and money that is open."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.privacy import Person, Refusal, refuses
from bookings.models import Booking, SpaceBooking
from bookings.space_transitions import OCCUPYING_STATUSES, SpaceBookingStatus
from bookings.transitions import BookingStatus
from payments.models import (
    OPEN_DISPUTE_STATUSES,
    OPEN_PAYMENT_STATUSES,
    Dispute,
    Payment,
    PaymentStatus,
    Refund,
    RefundStatus,
)
from payments.selectors import folio_balances

from .finding import BOOKING, SPACE

A_DAY = timedelta(days=1)
"""Somewhere in the world it is still yesterday."""


@refuses
def stays_ahead(person: Person, at: datetime) -> list[Refusal]:
    """Stays and spaces that are kept for the person, ahead or going on."""
    ahead = (
        Q(status=BookingStatus.HELD, hold_expires_at__gt=at)
        | Q(status=BookingStatus.CONFIRMED, departure__gte=(at - A_DAY).date())
        | Q(status=BookingStatus.CHECKED_IN)
    )
    stays = Booking.objects.filter(ahead, pk__in=person.keys(BOOKING)).order_by("arrival")
    lasting = Q(status=SpaceBookingStatus.CHECKED_IN) | Q(status__in=OCCUPYING_STATUSES, end__gte=at)
    waiting = Q(status=SpaceBookingStatus.REQUESTED, hold_expires_at__gt=at)
    spaces = SpaceBooking.objects.filter(lasting | waiting, pk__in=person.keys(SPACE)).order_by("start")
    references = [*stays.values_list("reference", flat=True), *spaces.values_list("reference", flat=True)]
    if not references:
        return []
    sentence = _("A stay is ahead or goes on: %(references)s.") % {"references": ", ".join(references)}
    return [Refusal("stay_ahead", sentence)]


@refuses
def money_open(person: Person, _at: datetime) -> list[Refusal]:
    """Bills that are not settled, and payments, refunds and disputes that nobody knows the end of."""
    found = []
    folios = person.keys("payments.folio")
    if any(folio_balances(folio_ids=sorted(folios)).values()):
        found.append(Refusal("money_owed", _("A bill is not settled.")))
    payments = person.keys("payments.payment")
    moving = [*OPEN_PAYMENT_STATUSES, PaymentStatus.AUTHORIZED]
    if (
        Payment.objects.filter(pk__in=payments, status__in=moving).exists()
        or Refund.objects.filter(payment__in=payments, status=RefundStatus.PENDING).exists()
        or Dispute.objects.filter(payment__in=payments, status__in=OPEN_DISPUTE_STATUSES).exists()
    ):
        found.append(Refusal("payment_open", _("A payment, a refund or a dispute is not over.")))
    return found
