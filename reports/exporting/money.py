"""More lists that can be exported: folios and invoices."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.tabular import Kind
from payments.models import Folio, Invoice, InvoiceKind

from .lists import admin_rows
from .sources import ExportColumn, ExportSource, export_source_register

export_source_register(
    ExportSource(
        key="folios",
        label=_("Folios"),
        model="payments.folio",
        rows=admin_rows(Folio),
        columns=(
            ExportColumn("pk", _("Number"), Kind.INT),
            ExportColumn("property__name", _("Property")),
            ExportColumn("title", _("Title")),
            ExportColumn("booking__reference", _("Booking")),
            ExportColumn("booking__guest_name", _("Guest")),
            ExportColumn("currency", _("Currency")),
            ExportColumn("balance", _("Still to pay"), Kind.MONEY),
            ExportColumn("created_at", _("Created"), Kind.DATETIME),
        ),
    )
)
export_source_register(
    ExportSource(
        key="invoices",
        label=_("Invoices"),
        model="payments.invoice",
        rows=admin_rows(Invoice),
        columns=(
            ExportColumn("number", _("Number")),
            ExportColumn("property__name", _("Property")),
            ExportColumn("kind", _("Kind"), words=dict(InvoiceKind.choices)),
            ExportColumn("issued_on", _("Date"), Kind.DATE),
            ExportColumn("recipient_name", _("Recipient")),
            ExportColumn("folio__booking__reference", _("Booking")),
            ExportColumn("folio_id", _("Folio"), Kind.INT),
            ExportColumn("net", _("Net"), Kind.MONEY),
            ExportColumn("tax", _("Tax"), Kind.MONEY),
            ExportColumn("total", _("Total"), Kind.MONEY),
            ExportColumn("paid", _("Paid"), Kind.MONEY),
            ExportColumn("currency", _("Currency")),
            ExportColumn("cancels__number", _("Takes back")),
        ),
    )
)
