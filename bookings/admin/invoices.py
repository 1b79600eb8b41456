"""Invoices: issued from a folio, found, downloaded, mailed, taken back. Here, because payments send no mails."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.scoping import PropertyScopedAdmin, actor_of
from bookings.services.invoicing import invoice_send
from core.admin import ReadOnlyAdmin, form_page, form_refused
from core.exceptions import DomainError
from core.long_lists import objects_of
from core.money import format_money
from core.tabular import Column, Table, table_csv, table_xlsx
from inventory.admin.filters import PropertyFilter
from payments.admin.posting_pages import entry_label, folio_home
from payments.documents import invoice_file_name, invoice_pdf
from payments.models import Folio, Invoice, InvoiceKind
from payments.selectors import entries_open
from payments.services import invoice_cancel, invoice_issue
from payments.subjects import folio_subject

from .invoice_forms import CancelInvoiceForm, InvoiceForm, SendForm

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EXPORT_ROWS_MAX = 20_000


@admin.register(Invoice)
class InvoiceAdmin(ReadOnlyAdmin, PropertyScopedAdmin):
    """Everything that was issued. Nothing of it can be changed."""

    list_display = (
        "number",
        "property",
        "kind",
        "issued_on",
        "recipient_name",
        "total_shown",
        "due_shown",
        "state",
    )
    list_filter = (PropertyFilter, "kind", "issued_on")
    list_select_related = ("property", "cancelled_by")
    search_fields = ("number", "recipient_name", "=folio__booking__reference")
    ordering = ("-id",)
    sortable_by = ("issued_on",)
    actions = ("export_csv", "export_xlsx")
    change_form_template = "admin/payments/invoice/change_form.html"
    fields = (
        "number",
        "kind",
        "issued_at",
        "recipient_name",
        "net_shown",
        "tax_shown",
        "total_shown",
        "paid_shown",
        "due_shown",
        "folio",
        "cancels",
        "reason",
        "created_by",
    )

    @admin.display(description=_("net"))
    def net_shown(self, invoice: Invoice) -> str:
        return format_money(invoice.net, invoice.currency)

    @admin.display(description=_("tax"))
    def tax_shown(self, invoice: Invoice) -> str:
        return format_money(invoice.tax, invoice.currency)

    @admin.display(description=_("total"), ordering="total")
    def total_shown(self, invoice: Invoice) -> str:
        return format_money(invoice.total, invoice.currency)

    @admin.display(description=_("paid"))
    def paid_shown(self, invoice: Invoice) -> str:
        return format_money(invoice.paid, invoice.currency)

    @admin.display(description=_("left to pay"))
    def due_shown(self, invoice: Invoice) -> str:
        return format_money(invoice.due, invoice.currency)

    @admin.display(description=_("state"))
    def state(self, invoice: Invoice) -> str:
        note = getattr(invoice, "cancelled_by", None)
        return gettext("taken back by %(number)s") % {"number": note.number} if note else ""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("issue/<int:folio_id>/", view(self.issue), name="payments_invoice_issue"),
            path("<int:invoice_id>/pdf/", view(self.pdf), name="payments_invoice_pdf"),
            path("<int:invoice_id>/send/", view(self.send), name="payments_invoice_send"),
            path("<int:invoice_id>/cancel/", view(self.cancel), name="payments_invoice_cancel"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show what is printed, and what can be done with it."""
        invoice = self.get_object(request, object_id)
        context: dict[str, Any] = {}
        if invoice is not None:
            live = invoice.kind == InvoiceKind.INVOICE and not hasattr(invoice, "cancelled_by")
            context = {
                "may_send": self.operation_allowed(request, "invoice_issue", invoice),
                "may_cancel": live and self.operation_allowed(request, "invoice_cancel", invoice),
                "folio_url": folio_home(invoice.folio),
            }
        return super().change_view(request, object_id, form_url, context | (extra_context or {}))

    def pdf(self, request: HttpRequest, invoice_id: int) -> HttpResponse:
        """The document."""
        invoice = self._invoice(request, invoice_id, None)
        response = HttpResponse(invoice_pdf(invoice), content_type="application/pdf")
        response["Content-Disposition"] = f'inline; filename="{invoice_file_name(invoice)}"'
        return response

    def issue(self, request: HttpRequest, folio_id: int) -> HttpResponse:
        """Choose what goes on it and to whom; everything is chosen at first."""
        folio = Folio.objects.filter(pk=folio_id).first()
        folio_admin: Any = self.admin_site._registry[Folio]
        if folio is None or not folio_admin.get_queryset(request).filter(pk=folio_id).exists():
            raise Http404
        if not self.operation_allowed(request, "invoice_issue", folio):
            raise PermissionDenied
        choices = [
            (entry.pk, entry_label(entry, folio.currency)) for entry in entries_open(folio_id=folio_id)
        ]
        subject = folio_subject(folio_id)
        form = InvoiceForm(request.POST or None, choices=choices, subject=subject)
        home = folio_home(folio)

        def act() -> str:
            invoice = invoice_issue(
                folio_id=folio_id,
                recipient=form.recipient(),
                actor=actor_of(request),
                key=form.cleaned_data["key"],
                entry_ids=form.cleaned_data["entries"],
            )
            if form.cleaned_data["send"]:
                invoice_send(invoice_id=invoice.pk, actor=actor_of(request), key="issued")
            text = gettext("%(number)s over %(amount)s was issued.")
            return text % {"number": invoice, "amount": format_money(invoice.total, invoice.currency)}

        return self._page(
            request,
            form,
            act,
            title=_("Issue an invoice"),
            label=_("Issue"),
            home=home,
            context={"subject": subject},
        )

    def send(self, request: HttpRequest, invoice_id: int) -> HttpResponse:
        """Mail it."""
        invoice = self._invoice(request, invoice_id, "invoice_issue")
        form = SendForm(request.POST or None, initial={"email": invoice.recipient.get("email", "")})

        def act() -> str:
            values = form.cleaned_data
            invoice_send(
                invoice_id=invoice_id, actor=actor_of(request), key=values["key"], email=values["email"]
            )
            return gettext("%(number)s is on its way to %(email)s.") % {
                "number": invoice,
                "email": values["email"],
            }

        return self._page(
            request, form, act, title=_("Send by e-mail"), label=_("Send"), home=self.change_url(invoice_id),
            original=invoice,
        )  # fmt: skip

    def cancel(self, request: HttpRequest, invoice_id: int) -> HttpResponse:
        """Take it back by a credit note."""
        invoice = self._invoice(request, invoice_id, "invoice_cancel")
        form = CancelInvoiceForm(request.POST or None)

        def act() -> str:
            values = form.cleaned_data
            note = invoice_cancel(
                invoice_id=invoice_id, reason=values["reason"], actor=actor_of(request), key=values["key"]
            )
            return gettext("%(note)s takes %(number)s back.") % {"note": note, "number": invoice}

        return self._page(
            request, form, act, title=_("Write a credit note"), label=_("Write a credit note"),
            home=self.change_url(invoice_id), original=invoice,
        )  # fmt: skip

    @admin.action(description=_("Export as CSV"))
    def export_csv(self, request: HttpRequest, queryset: models.QuerySet[Invoice]) -> StreamingHttpResponse:
        response = StreamingHttpResponse(
            table_csv(invoice_table(queryset)), content_type="text/csv; charset=utf-8"
        )
        response["Content-Disposition"] = 'attachment; filename="invoices.csv"'
        return response

    @admin.action(description=_("Export as XLSX"))
    def export_xlsx(self, request: HttpRequest, queryset: models.QuerySet[Invoice]) -> HttpResponse:
        response = HttpResponse(table_xlsx(invoice_table(queryset)), content_type=XLSX)
        response["Content-Disposition"] = 'attachment; filename="invoices.xlsx"'
        return response

    def _invoice(self, request: HttpRequest, invoice_id: int, operation: str | None) -> Invoice:
        """The invoice, if the user may do this with it. Raises 404 for one they may not see."""
        rows: Any = self.get_queryset(request)
        invoice: Invoice | None = rows.select_related("cancels").filter(pk=invoice_id).first()
        if invoice is None:
            raise Http404
        if operation is not None and not self.operation_allowed(request, operation, invoice):
            raise PermissionDenied
        return invoice

    def _page(
        self,
        request: HttpRequest,
        form: Any,
        act: Callable[[], str],
        *,
        title: str | Promise,
        label: str | Promise,
        home: str,
        original: Invoice | None = None,
        context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if request.method == "POST" and form.is_valid():
            try:
                self.message_user(request, act(), messages.SUCCESS)
            except DomainError as error:
                form_refused(form, error)
            else:
                return redirect(home)
        return form_page(
            self,
            request,
            form=form,
            title=title,
            submit_label=label,
            original=original,
            context={"cancel_url": home, **(context or {})},
        )


def invoice_table(invoices: models.QuerySet[Invoice]) -> Table:
    """Invoices as a table: a line each, with net, tax and total. One query."""
    columns = [
        Column("number", _("Number")),
        Column("kind", _("Kind")),
        Column("date", _("Date"), "date"),
        Column("property", _("Property")),
        Column("recipient", _("Recipient")),
        Column("booking", _("Booking")),
        Column("net", _("Net"), "money"),
        Column("tax", _("Tax"), "money"),
        Column("total", _("Total"), "money"),
        Column("paid", _("Paid"), "money"),
        Column("currency", _("Currency")),
    ]
    rows = invoices.select_related("property").order_by("issued_at", "pk")[:EXPORT_ROWS_MAX]
    return Table(
        columns=columns,
        rows=(
            (
                invoice.number,
                invoice.get_kind_display(),
                invoice.issued_on,
                invoice.property.name,
                invoice.recipient_name,
                invoice.stay.get("reference", ""),
                invoice.net,
                invoice.tax,
                invoice.total,
                invoice.paid,
                invoice.currency,
            )
            for invoice in objects_of(rows, size=500)
        ),
    )
