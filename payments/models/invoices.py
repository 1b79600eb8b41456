"""Invoices: numbered without gaps, written once, corrected by credit notes only."""

from __future__ import annotations

import builtins
from decimal import Decimal

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.audit import audited
from core.money import MoneyField

from .folios import Folio, FolioEntry


class InvoiceKind(models.TextChoices):
    INVOICE = "invoice", _("invoice")
    CREDIT_NOTE = "credit_note", _("credit note")


_COUNTED_BY_ONE = """
IF NEW.last_number <> OLD.last_number + 1 THEN
    RAISE EXCEPTION 'a series counts by one'
          USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_series_counts_by_one';
END IF;
IF (NEW.property_id, NEW.kind, NEW.year, NEW.prefix)
   IS DISTINCT FROM (OLD.property_id, OLD.kind, OLD.year, OLD.prefix) THEN
    RAISE EXCEPTION 'a series stays what it is'
          USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_series_fixed';
END IF;
RETURN NEW;
"""

_NO_NUMBER_WITHOUT_INVOICE = """
IF NEW.last_number > 0 AND NOT EXISTS (
    SELECT 1 FROM payments_invoice WHERE series_id = NEW.id AND sequence = NEW.last_number
) THEN
    RAISE EXCEPTION 'a number was counted and no invoice has it'
          USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_number_is_used';
END IF;
RETURN NULL;
"""

_NEXT_NUMBER_ONLY = """
IF NEW.sequence IS DISTINCT FROM (SELECT last_number FROM payments_invoiceseries WHERE id = NEW.series_id) THEN
    RAISE EXCEPTION 'an invoice has the number that its series has just counted'
          USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_number_is_next';
END IF;
RETURN NEW;
"""


@audited(property_path="property")
class InvoiceSeries(models.Model):
    """The numbers of a property's invoices, or of its credit notes, in one year: 1, 2, 3 and no gap.

    A row, not a database sequence: it is locked and counted in the transaction that writes the invoice, so that one
    that is rolled back leaves no hole.
    """

    property = models.ForeignKey(
        "inventory.Property",
        models.PROTECT,
        related_name="invoice_series",
        db_index=False,
        verbose_name=_("property"),
    )
    kind = models.CharField(_("kind"), max_length=12, choices=InvoiceKind)
    year = models.PositiveSmallIntegerField(_("year"))
    prefix = models.CharField(_("prefix"), max_length=12, blank=True)
    last_number = models.PositiveIntegerField(_("last number"), default=0)

    class Meta:
        verbose_name = _("series of invoices")
        verbose_name_plural = _("series of invoices")
        ordering = ("property", "year", "kind", "prefix")
        constraints = (
            models.UniqueConstraint(
                fields=("property", "kind", "year", "prefix"), name="invoice_series_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=InvoiceKind.values), name="invoice_series_kind_known"
            ),
        )
        triggers = (
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="counts_by_one", when=pgtrigger.Before, operation=pgtrigger.Update, func=_COUNTED_BY_ONE
            ),
            pgtrigger.Trigger(
                name="no_gap",
                when=pgtrigger.After,
                timing=pgtrigger.Deferred,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=_NO_NUMBER_WITHOUT_INVOICE,
            ),
        )

    def __str__(self) -> str:
        return f"{self.prefix}{self.year} {self.get_kind_display()}"


@audited(property_path="property", parent="folio")
class Invoice(models.Model):
    """A document as it was issued: everything on it is a snapshot, and the database lets nobody change it.

    ``house``, ``recipient``, ``stay``, ``lines``, ``breakdown`` and ``payments`` hold what is printed; amounts are
    strings at the currency's digits. A credit note has negative amounts; ``cancels`` names the invoice that it takes
    back as a whole. ``paid`` is what of the folio's money stands against this document.
    """

    property = models.ForeignKey(
        "inventory.Property",
        models.PROTECT,
        related_name="invoices",
        db_index=False,
        verbose_name=_("property"),
    )
    folio = models.ForeignKey(Folio, models.PROTECT, related_name="invoices", verbose_name=_("folio"))
    series = models.ForeignKey(
        InvoiceSeries, models.PROTECT, related_name="invoices", db_index=False, verbose_name=_("series")
    )
    sequence = models.PositiveIntegerField(_("number in the series"))
    number = models.CharField(_("number"), max_length=40)
    kind = models.CharField(_("kind"), max_length=12, choices=InvoiceKind, default=InvoiceKind.INVOICE)
    cancels = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="cancelled_by",
        verbose_name=_("takes back"),
    )
    issued_at = models.DateTimeField(_("issued at"))
    issued_on = models.DateField(_("date"), help_text=_("On the calendar of the property."))
    language = models.CharField(_("language"), max_length=10)
    currency = models.CharField(_("currency"), max_length=3)
    recipient_name = models.CharField(_("recipient"), max_length=200, blank=True)
    recipient = models.JSONField(_("recipient as printed"), default=dict)
    house = models.JSONField(_("house as printed"), default=dict)
    stay = models.JSONField(_("stay as printed"), default=dict)
    lines = models.JSONField(_("lines"), default=list)
    breakdown = models.JSONField(_("taxes by rate"), default=list)
    payments = models.JSONField(_("payments"), default=list)
    net = MoneyField(_("net"))
    tax = MoneyField(_("tax"))
    total = MoneyField(_("total"))
    paid = MoneyField(_("paid"), default=0)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    dedup_key = models.CharField(max_length=120, unique=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("created by"),
    )

    class Meta:
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        ordering = ("-issued_at", "-id")
        constraints = (
            models.UniqueConstraint(fields=("series", "sequence"), name="invoice_number_once"),
            models.UniqueConstraint(fields=("property", "number"), name="invoice_printed_number_once"),
            models.CheckConstraint(condition=Q(kind__in=InvoiceKind.values), name="invoice_kind_known"),
            models.CheckConstraint(condition=Q(sequence__gte=1), name="invoice_number_positive"),
            models.CheckConstraint(condition=Q(total=F("net") + F("tax")), name="invoice_total_adds_up"),
            models.CheckConstraint(
                condition=Q(kind="invoice", total__gte=0, cancels__isnull=True)
                | Q(kind="credit_note", total__lte=0),
                name="invoice_sign_fits_kind",
            ),
        )
        indexes = (
            # invoices of a house by date (admin list, exports)
            models.Index(fields=("property", "issued_on"), name="invoice_property_date"),
        )
        triggers = (
            pgtrigger.Protect(name="immutable", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="number_is_next",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=_NEXT_NUMBER_ONLY,
            ),
        )

    def __str__(self) -> str:
        return self.number

    @builtins.property
    def due(self) -> Decimal:
        """What of the document is still to be paid."""
        return self.total - self.paid


@audited(property_path="invoice__property", parent="invoice")
class InvoicedEntry(models.Model):
    """A folio's entry that stands on an invoice that counts. A credit note sets its entries free again."""

    entry = models.OneToOneField(
        FolioEntry, models.PROTECT, primary_key=True, related_name="invoiced", verbose_name=_("entry")
    )
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="entries", verbose_name=_("invoice"))

    class Meta:
        verbose_name = _("invoiced entry")
        verbose_name_plural = _("invoiced entries")

    def __str__(self) -> str:
        return f"{self.invoice_id}: {self.entry_id}"
