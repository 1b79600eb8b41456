"""The books of the embedded sandbox provider."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.money import MoneyField


class SandboxIntent(models.Model):
    """The books of the embedded sandbox provider: what "the bank" knows, apart from what we know.

    The rest of Vacancy reads it only through ``payments.gateways.sandbox``.
    """

    class State(models.TextChoices):
        REQUIRES_ACTION = "requires_action", _("requires action")
        PROCESSING = "processing", _("processing")
        SUCCEEDED = "succeeded", _("succeeded")
        DECLINED = "declined", _("declined")
        CANCELLED = "cancelled", _("cancelled")

    reference = models.CharField(max_length=40, unique=True)
    idempotency_key = models.CharField(max_length=80, unique=True)
    scenario = models.CharField(max_length=20)
    state = models.CharField(max_length=20, choices=State)
    amount = MoneyField()
    amount_refunded = MoneyField(default=Decimal(0))
    currency = models.CharField(max_length=3)
    return_url = models.CharField(max_length=500, blank=True)
    event_due_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("sandbox intent")
        verbose_name_plural = _("sandbox intents")
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(amount_refunded__gte=0) & Q(amount_refunded__lte=F("amount")),
                name="sandbox_refunds_at_most_amount",
            ),
        )

    def __str__(self) -> str:
        return self.reference


class SandboxRefund(models.Model):
    """A refund in the sandbox provider's books; the idempotency key makes a repeated call harmless."""

    intent = models.ForeignKey(
        SandboxIntent, models.CASCADE, related_name="refunds", verbose_name=_("intent")
    )
    reference = models.CharField(max_length=40, unique=True)
    idempotency_key = models.CharField(max_length=80, unique=True)
    amount = MoneyField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("sandbox refund")
        verbose_name_plural = _("sandbox refunds")
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.reference
