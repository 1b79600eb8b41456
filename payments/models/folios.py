"""The folio: an append-only ledger of what a stay costs and what was paid for it."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.audit import audited
from core.models import TimeStampedModel
from core.money import MoneyField
from payments.querysets import FolioQuerySet


@audited(property_path="property", summed_up=True)
class Folio(TimeStampedModel):
    """The account of one stay. What its guest owes is the sum of its entries."""

    property = models.ForeignKey(
        "inventory.Property", models.PROTECT, related_name="folios", verbose_name=_("property")
    )
    currency = models.CharField(_("currency"), max_length=3)
    is_collective = models.BooleanField(
        _("collective"),
        default=False,
        db_default=False,
        editable=False,
        help_text=_("Payments for several stays pass through it; its balance is always zero."),
    )
    title = models.CharField(
        _("title"),
        max_length=120,
        blank=True,
        default="",
        db_default="",
        help_text=_("Whose account it is, where it is not that of one stay: a group's or a company's."),
    )

    objects = FolioQuerySet.as_manager()

    class Meta:
        verbose_name = _("folio")
        verbose_name_plural = _("folios")
        ordering = ("-id",)

    def __str__(self) -> str:
        number = str(_("Folio %(number)s") % {"number": self.pk})
        return f"{number} · {self.title}" if self.title else number


class EntryKind(models.TextChoices):
    CHARGE = "charge", _("charge")
    TAX = "tax", _("tax")
    FEE = "fee", _("fee")
    REVERSAL = "reversal", _("reversal of charges")
    PAYMENT = "payment", _("payment")
    REFUND = "refund", _("refund")
    REFUND_RETURNED = "refund_returned", _("refund that came back")
    DISPUTE = "dispute", _("withdrawn by the guest's bank")
    DISPUTE_RETURNED = "dispute_returned", _("returned by the guest's bank")
    TRANSFER = "transfer", _("passed on to a stay")


@audited(property_path="folio__property", parent="folio", summed_up=True)
class FolioEntry(models.Model):
    """One line of the ledger. Charges, taxes, fees, refunds and disputed money are positive, the others negative."""

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
    dispute = models.ForeignKey(
        "Dispute", models.PROTECT, null=True, blank=True, related_name="entries", verbose_name=_("dispute")
    )
    taxes = models.JSONField(
        _("taxes"),
        null=True,
        blank=True,
        help_text=_(
            "What of the amount is tax: name, percent and amount of each. Empty: as the house taxes its rooms."
        ),
    )
    extra = models.ForeignKey(
        "inventory.Extra",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="entries",
        verbose_name=_("extra"),
    )
    quantity = models.PositiveIntegerField(_("quantity"), default=1, db_default=1)
    reverses = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reversed_by",
        verbose_name=_("takes off"),
        help_text=_("The charge that this reversal takes off, or moves to another folio."),
    )
    moved_from = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="moved_to",
        verbose_name=_("moved from"),
        help_text=_("The charge of another folio that came here."),
    )
    part_of = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="parts",
        verbose_name=_("part of"),
        help_text=_("The charge that this tax was added to."),
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
                condition=(
                    Q(kind__in=("charge", "tax", "fee", "refund", "dispute", "transfer"), amount__gte=0)
                )
                | Q(kind__in=("payment", "reversal", "refund_returned", "dispute_returned"), amount__lte=0),
                name="folio_entry_sign_fits_kind",
            ),
            models.CheckConstraint(
                condition=(Q(kind="payment") & Q(payment__isnull=False))
                | (Q(kind__in=("refund", "refund_returned")) & Q(refund__isnull=False))
                | (Q(kind__in=("dispute", "dispute_returned")) & Q(dispute__isnull=False))
                | ~Q(kind__in=("payment", "refund", "refund_returned", "dispute", "dispute_returned")),
                name="folio_entry_money_has_source",
            ),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="folio_entry_quantity_positive"),
            models.CheckConstraint(
                condition=Q(reverses__isnull=True) | Q(kind="reversal"),
                name="folio_entry_reverses_as_reversal",
            ),
        )
        triggers = (pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),)

    def __str__(self) -> str:
        return f"{self.description}: {self.amount}"
