"""Money: the folio (an append-only ledger), payments, refunds, and what providers told us."""

from __future__ import annotations

from decimal import Decimal

import pghistory
import pgtrigger
from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.models import TimeStampedModel
from core.money import MoneyField

from .querysets import FolioQuerySet, PaymentQuerySet


class Folio(TimeStampedModel):
    """The account of one stay. What its guest owes is the sum of its entries."""

    property = models.ForeignKey(
        "inventory.Property", models.PROTECT, related_name="folios", verbose_name=_("property")
    )
    currency = models.CharField(_("currency"), max_length=3)

    objects = FolioQuerySet.as_manager()

    class Meta:
        verbose_name = _("folio")
        verbose_name_plural = _("folios")
        ordering = ("-id",)

    def __str__(self) -> str:
        return str(_("Folio %(number)s") % {"number": self.pk})


class EntryKind(models.TextChoices):
    CHARGE = "charge", _("charge")
    TAX = "tax", _("tax")
    FEE = "fee", _("fee")
    REVERSAL = "reversal", _("reversal of charges")
    PAYMENT = "payment", _("payment")
    REFUND = "refund", _("refund")


class FolioEntry(models.Model):
    """One line of the ledger. Charges, taxes, fees and refunds are positive, payments and reversals negative."""

    folio = models.ForeignKey(Folio, models.PROTECT, related_name="entries", verbose_name=_("folio"))
    kind = models.CharField(_("kind"), max_length=20, choices=EntryKind)
    description = models.CharField(_("description"), max_length=200)
    stay_date = models.DateField(_("stay date"), null=True, blank=True)
    amount = MoneyField(_("amount"))
    payment = models.ForeignKey(
        "Payment", models.PROTECT, null=True, blank=True, related_name="entries", verbose_name=_("payment")
    )
    refund = models.ForeignKey(
        "Refund", models.PROTECT, null=True, blank=True, related_name="entries", verbose_name=_("refund")
    )
    dedup_key = models.CharField(
        _("dedup key"),
        max_length=80,
        unique=True,
        null=True,
        blank=True,
        help_text=_("Each effect is posted once."),
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
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    class Meta:
        verbose_name = _("folio entry")
        verbose_name_plural = _("folio entries")
        ordering = ("folio", "id")
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=EntryKind.values), name="folio_entry_kind_known"),
            models.CheckConstraint(
                condition=(Q(kind__in=("charge", "tax", "fee", "refund"), amount__gte=0))
                | Q(kind__in=("payment", "reversal"), amount__lte=0),
                name="folio_entry_sign_fits_kind",
            ),
            models.CheckConstraint(
                condition=(Q(kind="payment") & Q(payment__isnull=False))
                | (Q(kind="refund") & Q(refund__isnull=False))
                | ~Q(kind__in=("payment", "refund")),
                name="folio_entry_money_has_source",
            ),
        )
        triggers = (pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),)

    def __str__(self) -> str:
        return f"{self.description}: {self.amount}"


class PaymentStatus(models.TextChoices):
    CREATED = "created", _("created")
    REQUIRES_ACTION = "requires_action", _("waiting for the guest")
    PROCESSING = "processing", _("in progress at the provider")
    GUARANTEED = "guaranteed", _("guaranteed, paid at the property")
    CAPTURED = "captured", _("paid")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")


_P = PaymentStatus

OPEN_PAYMENT_STATUSES = (_P.CREATED, _P.REQUIRES_ACTION, _P.PROCESSING)

PAYMENT_TRANSITIONS: tuple[tuple[PaymentStatus, PaymentStatus], ...] = (
    (_P.CREATED, _P.REQUIRES_ACTION),
    (_P.CREATED, _P.PROCESSING),
    (_P.CREATED, _P.GUARANTEED),
    (_P.CREATED, _P.CAPTURED),
    (_P.CREATED, _P.FAILED),
    (_P.CREATED, _P.CANCELLED),
    (_P.REQUIRES_ACTION, _P.PROCESSING),
    (_P.REQUIRES_ACTION, _P.CAPTURED),
    (_P.REQUIRES_ACTION, _P.FAILED),
    (_P.REQUIRES_ACTION, _P.CANCELLED),
    (_P.PROCESSING, _P.REQUIRES_ACTION),
    (_P.PROCESSING, _P.CAPTURED),
    (_P.PROCESSING, _P.FAILED),
    (_P.PROCESSING, _P.CANCELLED),
    (_P.FAILED, _P.CAPTURED),  # money that moved after all is money that moved
    (_P.CANCELLED, _P.CAPTURED),
)
"""The one table of what a payment's state may become; a trigger made from it refuses the rest."""


class PaymentPurpose(models.TextChoices):
    DEPOSIT = "deposit", _("deposit")
    TOTAL = "total", _("total")
    BALANCE = "balance", _("balance")


class PaymentMethod(models.TextChoices):
    CARD = "card", _("card")
    CASH = "cash", _("cash")
    TRANSFER = "transfer", _("bank transfer")


@pghistory.track()
class Payment(TimeStampedModel):
    """One attempt to move money from a guest to the property through a gateway."""

    folio = models.ForeignKey(Folio, models.PROTECT, related_name="payments", verbose_name=_("folio"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="payments",
        db_index=False,
        verbose_name=_("user"),
    )
    gateway = models.CharField(_("gateway"), max_length=20)
    method = models.CharField(_("method"), max_length=20, choices=PaymentMethod, default=PaymentMethod.CARD)
    purpose = models.CharField(_("purpose"), max_length=20, choices=PaymentPurpose)
    amount = MoneyField(_("amount"), validators=[MinValueValidator(0)])
    currency = models.CharField(_("currency"), max_length=3)
    status = models.CharField(
        _("status"), max_length=20, choices=PaymentStatus, default=PaymentStatus.CREATED
    )
    idempotency_key = models.CharField(
        _("idempotency key"), max_length=80, unique=True, help_text=_("Also the provider's key.")
    )
    provider_reference = models.CharField(_("provider's reference"), max_length=120, blank=True)
    redirect_url = models.CharField(_("where the guest confirms"), max_length=500, blank=True)
    failure_code = models.CharField(_("failure code"), max_length=60, blank=True)
    flag = models.CharField(
        _("flag"),
        max_length=60,
        blank=True,
        help_text=_("Something for finance to look at, such as a wrong amount."),
    )
    attempted_at = models.DateTimeField(
        _("sent to the provider at"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("Whoever sets it is the one who starts the payment; empty while nothing was sent."),
    )
    expires_at = models.DateTimeField(_("expires at"), null=True, blank=True)
    captured_at = models.DateTimeField(_("captured at"), null=True, blank=True)

    objects = PaymentQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ("-created_at", "-id")
        constraints = (
            models.CheckConstraint(condition=Q(status__in=PaymentStatus.values), name="payment_status_known"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="payment_amount_not_negative"),
            models.CheckConstraint(
                condition=~Q(status="captured") | Q(captured_at__isnull=False),
                name="payment_captured_has_time",
            ),
            models.UniqueConstraint(
                fields=("gateway", "provider_reference"),
                condition=~Q(provider_reference=""),
                name="payment_provider_reference_unique",
            ),
        )
        indexes = (
            # payments by state, newest first (admin, finance)
            models.Index(fields=("status", "created_at"), name="payment_status_created"),
            # a user's payments
            models.Index(fields=("user", "status"), name="payment_user_status"),
            # payments_reconcile: only what is still open
            models.Index(
                fields=("created_at",),
                name="payment_open",
                condition=Q(status__in=("created", "requires_action", "processing")),
            ),
        )
        triggers = (
            pgtrigger.FSM(
                name="status_transitions",
                field="status",
                transitions=[(source.value, target.value) for source, target in PAYMENT_TRANSITIONS],
            ),
        )

    def __str__(self) -> str:
        return f"{self.amount} {self.currency} · {self.get_status_display()}"


class RefundStatus(models.TextChoices):
    PENDING = "pending", _("pending")
    SUCCEEDED = "succeeded", _("refunded")
    FAILED = "failed", _("failed")


@pghistory.track()
class Refund(TimeStampedModel):
    """Money on its way back to a guest, all or part of one payment."""

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="refunds", verbose_name=_("payment"))
    amount = MoneyField(_("amount"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    status = models.CharField(_("status"), max_length=20, choices=RefundStatus, default=RefundStatus.PENDING)
    idempotency_key = models.CharField(_("idempotency key"), max_length=80, unique=True)
    provider_reference = models.CharField(_("provider's reference"), max_length=120, blank=True)
    failure_code = models.CharField(_("failure code"), max_length=60, blank=True)
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
        )
        indexes = (
            models.Index(fields=("created_at",), name="refund_pending", condition=Q(status="pending")),
        )
        triggers = (
            pgtrigger.FSM(
                name="status_transitions",
                field="status",
                transitions=[("pending", "succeeded"), ("pending", "failed")],
            ),
        )

    def __str__(self) -> str:
        return f"{self.amount} · {self.get_status_display()}"


class WebhookEvent(models.Model):
    """An event of a payment provider, stored once, processed by re-reading the provider's state."""

    gateway = models.CharField(_("gateway"), max_length=20)
    event_id = models.CharField(_("event id"), max_length=120)
    type = models.CharField(_("type"), max_length=80)
    provider_reference = models.CharField(_("provider's reference"), max_length=120, blank=True)
    payload = models.JSONField(_("payload"))
    received_at = models.DateTimeField(_("received at"), auto_now_add=True)
    processed_at = models.DateTimeField(_("processed at"), null=True, blank=True)
    error = models.CharField(_("error"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("provider event")
        verbose_name_plural = _("provider events")
        ordering = ("-received_at", "-id")
        constraints = (models.UniqueConstraint(fields=("gateway", "event_id"), name="webhook_event_once"),)
        indexes = (
            # payments_reconcile: events that came but were not processed
            models.Index(
                fields=("received_at",), name="webhook_event_open", condition=Q(processed_at__isnull=True)
            ),
        )

    def __str__(self) -> str:
        return f"{self.type} {self.event_id}"


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
