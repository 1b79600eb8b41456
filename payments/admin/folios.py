"""The ledger, to be read, and money taken at the desk."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.scoping import actor_of
from core.admin import ReadOnlyAdmin, form_page, form_refused
from core.exceptions import DomainError
from core.money import format_money
from inventory.admin.filters import PropertyFilter
from payments.models import Folio
from payments.selectors import folio_get, folio_statement, invoices_of_folio, payments_for_folio
from payments.services import payment_record

from .forms import PaymentForm
from .posting_pages import PostingPages, folio_home, folio_tools


@admin.register(Folio)
class FolioAdmin(ReadOnlyAdmin, PostingPages):
    list_display = ("id", "title", "property", "balance_shown", "created_at")
    list_filter = (PropertyFilter,)
    list_select_related = ("property",)
    search_fields = ("=id", "booking__reference", "title")
    fields = ("property", "title", "currency", "balance_shown", "created_at")
    ordering = ("-id",)
    change_form_template = "admin/payments/folio/change_form.html"

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Folio]:
        rows: Any = super().get_queryset(request)
        return rows.with_balance()

    @admin.display(description=_("owed by the guest"))
    def balance_shown(self, folio: Any) -> str:
        return format_money(folio.balance, folio.currency)

    def get_urls(self) -> list[URLPattern]:
        record = path(
            "<int:folio_id>/record/",
            self.admin_site.admin_view(self.record),
            name="payments_folio_record",
        )
        return [record, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show the statement and the payments below."""
        folio = self.get_object(request, object_id)
        context: dict[str, Any] = {}
        if folio is not None:
            context = {
                "statement": folio_statement(folio_id=folio.pk),
                "payments": payments_for_folio(folio_id=folio.pk),
                "currency": folio.currency,
                "folio_tools": folio_tools(request, folio),
                "invoices": list(invoices_of_folio(folio_id=folio.pk)),
                "may_reverse": self.operation_allowed(request, "folio_reverse", folio),
            }
        return super().change_view(request, object_id, form_url, context | (extra_context or {}))

    def record(self, request: HttpRequest, folio_id: int) -> HttpResponse:
        """Record money taken at the desk."""
        found = self.get_queryset(request).filter(pk=folio_id).first()
        if found is None:
            raise Http404
        if not self.operation_allowed(request, "payment_record", found):
            raise PermissionDenied
        folio: Any = folio_get(folio_id=folio_id)
        owed = max(folio.balance, 0)
        form = PaymentForm(request.POST or None, currency=folio.currency, amount=owed)
        if request.method == "POST" and form.is_valid():
            values = form.cleaned_data
            try:
                payment = payment_record(
                    folio_id=folio_id,
                    method=values["method"],
                    amount=values["amount"],
                    currency=folio.currency,
                    idempotency_key=f"desk:{folio_id}:{values['key']}",
                    actor=actor_of(request),
                )
            except DomainError as error:
                form_refused(form, error)
            else:
                text = gettext("%(amount)s was recorded.")
                amount = format_money(payment.amount, payment.currency)
                self.message_user(request, text % {"amount": amount}, messages.SUCCESS)
                return redirect(folio_home(folio))
        return form_page(
            self,
            request,
            form=form,
            title=_("Record a payment"),
            submit_label=_("Record"),
            original=folio,
            context={"cancel_url": folio_home(folio)},
        )
