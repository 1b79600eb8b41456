"""What a missed event, a crash or a silent provider left open, the oldest first. Ids and instants alone."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from payments.models import Payment, PaymentStatus, Refund, RefundStatus, WebhookEvent


def events_open(*, limit: int) -> list[int]:
    """Events that nobody has worked off. One query."""
    rows = WebhookEvent.objects.filter(processed_at=None).order_by("received_at", "id")
    return list(rows.values_list("pk", flat=True)[:limit])


def payments_open(*, before: datetime, limit: int) -> list[tuple[int, datetime | None]]:
    """Payments begun before an instant that are open and that nobody was busy with since, with their expiry. One query.

    Shares of a collective payment follow it, and flagged ones wait for finance.
    """
    nobody_at_it = Q(attempted_at=None) | Q(attempted_at__lte=before)
    rows = Payment.objects.open().filter(nobody_at_it, created_at__lte=before, flag="", collective=None)
    return list(rows.order_by("created_at", "id").values_list("pk", "expires_at")[:limit])


def authorizations_over(*, at: datetime, limit: int) -> list[int]:
    """Authorised payments whose time is over. One query."""
    rows = Payment.objects.filter(status=PaymentStatus.AUTHORIZED, expires_at__lte=at, flag="")
    return list(rows.order_by("expires_at", "id").values_list("pk", flat=True)[:limit])


def refunds_waiting(*, before: datetime, limit: int) -> list[int]:
    """Refunds asked for before an instant that the provider has not made. One query."""
    rows = Refund.objects.filter(status=RefundStatus.PENDING, created_at__lte=before)
    return list(rows.order_by("created_at", "id").values_list("pk", flat=True)[:limit])


def payment_named(*, gateway: str, reference: str) -> int | None:
    """The payment that a provider means by its own number or by that of its page. One query."""
    named = Q(provider_reference=reference) | Q(provider_session=reference)
    return Payment.objects.filter(named, gateway=gateway).values_list("pk", flat=True).first()
