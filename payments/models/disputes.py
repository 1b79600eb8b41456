"""Disputes: a guest asks their bank for the money back, and the bank takes it while it looks into it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.audit import audited
from core.models import TimeStampedModel
from core.money import MoneyField, format_money

from .payments import Payment


class DisputeStatus(models.TextChoices):
    INQUIRY = "inquiry", _("inquiry, nothing withdrawn")
    NEEDS_RESPONSE = "needs_response", _("needs a response")
    UNDER_REVIEW = "under_review", _("under review")
    WON = "won", _("won")
    LOST = "lost", _("lost")
    CLOSED = "closed", _("closed")


OPEN_DISPUTE_STATUSES = (DisputeStatus.INQUIRY, DisputeStatus.NEEDS_RESPONSE, DisputeStatus.UNDER_REVIEW)


@audited(property_path="payment__folio__property", parent="payment")
class Dispute(TimeStampedModel):
    """One dispute of a payment, as the provider tells it. What the bank has withdrawn stands in the folio."""

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="disputes", verbose_name=_("payment"))
    provider_reference = models.CharField(_("provider's reference"), max_length=120, unique=True)
    amount = MoneyField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    reason = models.CharField(_("reason"), max_length=60, blank=True)
    status = models.CharField(_("status"), max_length=20, choices=DisputeStatus)
    due_by = models.DateTimeField(_("answer due by"), null=True, blank=True)
    opened_at = models.DateTimeField(_("opened at"))
    withdrawn_at = models.DateTimeField(_("money withdrawn at"), null=True, blank=True)
    returned_at = models.DateTimeField(_("money returned at"), null=True, blank=True)

    class Meta:
        verbose_name = _("dispute")
        verbose_name_plural = _("disputes")
        ordering = ("-opened_at", "-id")
        constraints = (
            models.CheckConstraint(condition=Q(status__in=DisputeStatus.values), name="dispute_status_known"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="dispute_amount_positive"),
            models.CheckConstraint(
                condition=Q(returned_at__isnull=True) | Q(withdrawn_at__isnull=False),
                name="dispute_returned_was_withdrawn",
            ),
        )

    def __str__(self) -> str:
        return f"{format_money(self.amount, self.currency)} · {self.get_status_display()}"
