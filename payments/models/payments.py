"""Payments: attempts to move money from a guest to the property."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.audit import audited
from core.models import TimeStampedModel
from core.money import MoneyField, format_money
from payments.querysets import PaymentQuerySet

from .folios import Folio


class PaymentStatus(models.TextChoices):
    CREATED = "created", _("created")
    REQUIRES_ACTION = "requires_action", _("waiting for the guest")
    PROCESSING = "processing", _("in progress at the provider")
    GUARANTEED = "guaranteed", _("guaranteed, paid at the property")
    AUTHORIZED = "authorized", _("authorised, not taken yet")
    CAPTURED = "captured", _("paid")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")


class PaymentFlag(models.TextChoices):
    """What finance should look at."""

    AMOUNT_MISMATCH = "amount_mismatch", _("the provider took another amount")
    CURRENCY_MISMATCH = "currency_mismatch", _("the provider took another currency")
    AUTHORIZATION_LAPSED = "authorization_lapsed", _("what was put aside has lapsed")
    REFUND_FAILED = "refund_failed", _("a refund did not reach the guest")
    REFUNDED_ELSEWHERE = "refunded_elsewhere", _("money was given back at the provider, not here")
    DISPUTE_CURRENCY = "dispute_currency", _("disputed in another currency")


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
    (_P.CREATED, _P.AUTHORIZED),
    (_P.REQUIRES_ACTION, _P.AUTHORIZED),
    (_P.PROCESSING, _P.AUTHORIZED),
    (_P.AUTHORIZED, _P.PROCESSING),
    (_P.AUTHORIZED, _P.CAPTURED),
    (_P.AUTHORIZED, _P.CANCELLED),
    (_P.FAILED, _P.AUTHORIZED),
    (_P.CANCELLED, _P.AUTHORIZED),
    (_P.FAILED, _P.CAPTURED),  # money that moved after all is money that moved
    (_P.CANCELLED, _P.CAPTURED),
)
"""The one table of what a payment's state may become; a trigger made from it refuses the rest."""


class PaymentPurpose(models.TextChoices):
    DEPOSIT = "deposit", _("deposit")
    TOTAL = "total", _("total")
    BALANCE = "balance", _("balance")
    CHANGE = "change", _("change of the stay")


class PaymentMethod(models.TextChoices):
    CARD = "card", _("card")
    CASH = "cash", _("cash")
    TRANSFER = "transfer", _("bank transfer")


@audited(
    property_path="folio__property",
    parent="folio",
    secrets=["idempotency_key", "provider_session", "redirect_url"],
    summed_up=True,
)
class Payment(TimeStampedModel):
    """One attempt to move money from a guest to the property through a gateway."""

    folio = models.ForeignKey(Folio, models.PROTECT, related_name="payments", verbose_name=_("folio"))
    collective = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="shares",
        verbose_name=_("part of the collective payment"),
        help_text=_("The one charge at the provider of which this is the share of one stay."),
    )
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
    provider_session = models.CharField(
        _("provider's page"),
        max_length=120,
        db_default="",
        blank=True,
        help_text=_("Reference of the page where the guest pays, while the payment itself has none yet."),
    )
    authorized_amount = MoneyField(
        _("authorised amount"),
        null=True,
        blank=True,
        help_text=_("What the guest's bank has put aside; less of it may be taken."),
    )
    redirect_url = models.CharField(_("where the guest confirms"), max_length=2000, blank=True)
    failure_code = models.CharField(_("failure code"), max_length=60, blank=True)
    flag = models.CharField(
        _("flag"),
        max_length=60,
        choices=PaymentFlag.choices,
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
            models.CheckConstraint(
                condition=~Q(status="authorized") | Q(authorized_amount__isnull=False),
                name="payment_authorized_has_amount",
            ),
            models.CheckConstraint(
                condition=Q(authorized_amount__isnull=True) | Q(amount__lte=F("authorized_amount")),
                name="payment_takes_at_most_authorized",
            ),
        )
        indexes = (
            # a user's payments
            models.Index(fields=("user", "status"), name="payment_user_status"),
            # payments_reconcile: only what is still open
            models.Index(
                fields=("created_at",),
                name="payment_open",
                condition=Q(status__in=("created", "requires_action", "processing")),
            ),
            # payments_reconcile: authorisations that are about to lapse
            models.Index(fields=("expires_at",), name="payment_authorized", condition=Q(status="authorized")),
            # events about a provider's page
            models.Index(
                fields=("provider_session",), name="payment_session", condition=~Q(provider_session="")
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
        return f"{format_money(self.amount, self.currency)} · {self.get_status_display()}"
