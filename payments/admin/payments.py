"""Payments and refunds, to be read; refunds are given by a form of their own."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.scoping import PropertyScopedAdmin, PropertyScopedInline, actor_of
from core.admin import ReadOnlyAdmin, ReadOnlyInline, form_page, form_refused
from core.exceptions import DomainError
from core.money import format_money
from inventory.admin.filters import PropertyFilter
from payments.models import Payment, PaymentStatus, Refund, RefundStatus
from payments.selectors import payment_refundable
from payments.services import payment_flag_clear, refund_create, refund_execute

from .captures import CapturingAdmin
from .disputes import DisputeInline
from .forms import FlagForm, RefundForm

REFUND_TOLD = {
    RefundStatus.SUCCEEDED: (messages.SUCCESS, _("%(amount)s was given back.")),
    RefundStatus.PENDING: (
        messages.WARNING,
        _("%(amount)s is on its way: the provider has not answered yet."),
    ),
    RefundStatus.FAILED: (messages.ERROR, _("The provider refused to give %(amount)s back.")),
}


class RefundInline(ReadOnlyInline, PropertyScopedInline):
    model = Refund
    related = ("created_by",)
    fields = ("amount", "reason", "status", "created_by", "created_at", "succeeded_at", "failure_code")


@admin.register(Payment)
class PaymentAdmin(ReadOnlyAdmin, CapturingAdmin):
    property_path = "folio__property"
    list_display = ("id", "money", "status", "gateway", "method", "purpose", "folio", "flag", "created_at")
    list_filter = (PropertyFilter, "status", "gateway", "method", ("flag", admin.EmptyFieldListFilter))
    list_select_related = ("folio",)
    search_fields = ("=id", "provider_reference", "=folio__booking__reference")
    ordering = ("-id",)
    inlines = (RefundInline, DisputeInline)
    change_form_template = "admin/payments/payment/change_form.html"
    fields = (
        "folio",
        "money",
        "status",
        "gateway",
        "method",
        "purpose",
        "user",
        "provider_reference",
        "authorized_amount",
        "failure_code",
        "flag",
        "created_at",
        "captured_at",
        "expires_at",
    )

    @admin.display(description=_("amount"), ordering="amount")
    def money(self, payment: Payment) -> str:
        return format_money(payment.amount, payment.currency)

    def get_urls(self) -> list[URLPattern]:
        refund = path(
            "<int:payment_id>/refund/",
            self.admin_site.admin_view(self.refund),
            name="payments_payment_refund",
        )
        flag = path(
            "<int:payment_id>/flag/",
            self.admin_site.admin_view(self.flag_clear),
            name="payments_payment_flag",
        )
        return [refund, flag, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Offer the refund where there is something to give back."""
        payment = self.get_object(request, object_id)
        may_refund = (
            payment is not None
            and payment.status == PaymentStatus.CAPTURED
            and self.operation_allowed(request, "payment_refund", payment)
            and payment_refundable(payment_id=payment.pk) > 0
        )
        context = {
            "may_refund": may_refund,
            "may_capture": self.may_capture(request, payment),
            "may_clear_flag": payment is not None
            and payment.flag
            and self.operation_allowed(request, "payment_flag_clear", payment),
            **(extra_context or {}),
        }
        return super().change_view(request, object_id, form_url, context)

    def flag_clear(self, request: HttpRequest, payment_id: int) -> HttpResponse:
        """Take the flag off what somebody has looked at."""
        payment = self.payment_for(request, payment_id, operation="payment_flag_clear")
        form = FlagForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            payment_flag_clear(payment_id=payment_id)
            self.message_user(request, _("The flag is taken off."), messages.SUCCESS)
            return redirect(self.change_url(payment_id))
        title = capfirst(payment.get_flag_display() or gettext("no flag"))
        return form_page(
            self, request, form=form, title=title, submit_label=_("Take the flag off"), original=payment
        )

    def refund(self, request: HttpRequest, payment_id: int) -> HttpResponse:
        """Give back all or part of a payment."""
        payment = self.payment_for(request, payment_id, operation="payment_refund")
        refundable = payment_refundable(payment_id=payment_id)
        form = RefundForm(request.POST or None, currency=payment.currency, amount=refundable)
        if request.method == "POST" and form.is_valid():
            try:
                refund = self._refund(request, payment, form.cleaned_data)
            except DomainError as error:
                form_refused(form, error)
            else:
                level, text = REFUND_TOLD[RefundStatus(refund.status)]
                amount = format_money(refund.amount, payment.currency)
                self.message_user(request, gettext(str(text)) % {"amount": amount}, level)
                return redirect(self.change_url(payment_id))
        return form_page(
            self, request, form=form, title=_("Refund"), submit_label=_("Give back"), original=payment
        )

    def _refund(self, request: HttpRequest, payment: Payment, values: dict[str, Any]) -> Refund:
        refund = refund_create(
            payment_id=payment.pk,
            amount=values["amount"],
            reason=values["reason"],
            idempotency_key=f"desk:{payment.pk}:{values['key']}",
            actor=actor_of(request),
            is_another_try=True,
        )
        return refund_execute(refund_id=refund.pk)


@admin.register(Refund)
class RefundAdmin(ReadOnlyAdmin, PropertyScopedAdmin):
    property_path = "payment__folio__property"
    list_display = ("id", "money", "status", "payment", "reason", "created_by", "created_at")
    list_filter = (PropertyFilter, "status")
    list_select_related = ("payment", "created_by")
    search_fields = ("=id", "provider_reference", "reason")
    ordering = ("-id",)
    fields = (
        "payment",
        "money",
        "reason",
        "status",
        "provider_reference",
        "failure_code",
        "created_by",
        "created_at",
        "succeeded_at",
    )

    @admin.display(description=_("amount"), ordering="amount")
    def money(self, refund: Refund) -> str:
        return format_money(refund.amount, refund.payment.currency)
