"""What a missed signal or an outage left behind."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F, Q, Sum

from bookings.models import Booking
from bookings.transitions import BookingStatus
from payments.models import PaymentStatus

LOOK_BACK_DAYS = 90


def holds_expired(*, at: datetime, limit: int) -> list[int]:
    """Ids of holds whose time is over, the longest over first. One query."""
    return list(
        Booking.objects.hold_expired(at=at)
        .order_by("hold_expires_at", "pk")
        .values_list("pk", flat=True)[:limit]
    )


def bookings_unsettled(*, at: datetime) -> list[int]:
    """Ids of bookings that money has come for and that do not show it. Two queries.

    Held or expired with a payment captured, authorised or guaranteed; a change that waits although money has come
    since, or for longer than it may; or more paid, in the last 90 days, than charged.
    """
    unconfirmed = (
        Q(status=BookingStatus.HELD, folio__payments__status=PaymentStatus.CAPTURED)
        | Q(
            status__in=(BookingStatus.HELD, BookingStatus.EXPIRED),
            arrival__gte=at.date(),
            folio__payments__status__in=(PaymentStatus.GUARANTEED, PaymentStatus.AUTHORIZED),
        )
        | Q(
            Q(pending_change__expires_at__lte=at)
            | Q(
                folio__payments__status__in=(PaymentStatus.CAPTURED, PaymentStatus.AUTHORIZED),
                folio__payments__updated_at__gte=F("pending_change__created_at"),
            ),
            pending_change__isnull=False,
        )
    )
    ids = set(Booking.objects.filter(unconfirmed).order_by().values_list("pk", flat=True))
    paid_lately = Booking.objects.filter(
        folio__payments__status=PaymentStatus.CAPTURED,
        folio__payments__captured_at__gte=at - timedelta(days=LOOK_BACK_DAYS),
    )
    overpaid = (
        Booking.objects.filter(pk__in=paid_lately.order_by().values("pk"))
        .annotate(balance=Sum("folio__entries__amount"))
        .filter(balance__lt=0)
    )
    return sorted(ids | set(overpaid.order_by().values_list("pk", flat=True)))
