"""Refunds: money on its way back."""

from __future__ import annotations

from decimal import Decimal

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.audit import audited
from core.models import TimeStampedModel
from core.money import MoneyField

from .payments import Payment


class RefundStatus(models.TextChoices):
    PENDING = "pending", _("pending")
    SUCCEEDED = "succeeded", _("refunded")
    FAILED = "failed", _("failed")


REFUND_TRANSITIONS: tuple[tuple[RefundStatus, RefundStatus], ...] = (
    (RefundStatus.PENDING, RefundStatus.SUCCEEDED),
    (RefundStatus.PENDING, RefundStatus.FAILED),
    (RefundStatus.SUCCEEDED, RefundStatus.FAILED),  # the guest's bank sent it back
)
"""The one table of what a refund's state may become; a trigger made from it refuses the rest."""


@audited(property_path="payment__folio__property", parent="payment", secrets=["idempotency_key"])
class Refund(TimeStampedModel):
    """Money on its way back to a guest, all or part of one payment."""

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="refunds", verbose_name=_("payment"))
    amount = MoneyField(_("amount"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    status = models.CharField(_("status"), max_length=20, choices=RefundStatus, default=RefundStatus.PENDING)
    idempotency_key = models.CharField(_("idempotency key"), max_length=80, unique=True)
    provider_reference = models.CharField(_("provider's reference"), max_length=120, blank=True)
    failure_code = models.CharField(_("failure code"), max_length=60, blank=True)
    made_again = MoneyField(
        _("made again"),
        default=Decimal(0),
        db_default=Decimal(0),
        help_text=_("What of a failed refund was asked for anew, by another one."),
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("created by"),
    )
    succeeded_at = models.DateTimeField(_("refunded at"), null=True, blank=True)

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        ordering = ("-created_at", "-id")
        constraints = (
            models.CheckConstraint(condition=Q(status__in=RefundStatus.values), name="refund_status_known"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_amount_positive"),
            models.CheckConstraint(
                condition=Q(made_again=0) | Q(status="failed", made_again__gt=0, made_again__lte=F("amount")),
                name="refund_made_again_if_failed",
            ),
        )
        indexes = (
            models.Index(fields=("created_at",), name="refund_pending", condition=Q(status="pending")),
        )
        triggers = (
            pgtrigger.FSM(
                name="status_transitions",
                field="status",
                transitions=[(source.value, target.value) for source, target in REFUND_TRANSITIONS],
            ),
        )

    def __str__(self) -> str:
        return f"{self.amount} · {self.get_status_display()}"
