"""What is put aside at a guest's bank: taken or released by staff."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.scoping import PropertyScopedAdmin
from core.admin import form_page, form_refused
from core.exceptions import DomainError, Unavailable
from core.money import format_money
from payments.models import Payment, PaymentStatus
from payments.services import (
    payment_capture,
    payment_capture_execute,
    payment_release,
    payment_release_execute,
)

from .forms import CaptureForm, ReleaseForm

WAITING = _("The provider has not answered yet. It is asked again until it does.")
DONE: dict[str, str | Promise] = {
    PaymentStatus.CAPTURED: _("%(amount)s was taken."),
    PaymentStatus.CANCELLED: _("What was put aside is released."),
}


class CapturingAdmin(PropertyScopedAdmin):
    """Adds taking and releasing to the admin of payments."""

    def get_urls(self) -> list[URLPattern]:
        return [
            path(
                f"<int:payment_id>/{name}/",
                self.admin_site.admin_view(view),
                name=f"payments_payment_{name}",
            )
            for name, view in (("capture", self.capture), ("release", self.release))
        ] + super().get_urls()

    def may_capture(self, request: HttpRequest, payment: Payment | None) -> bool:
        """Whether the user may take or release what is put aside for a payment, and something is."""
        return (
            payment is not None
            and payment.status == PaymentStatus.AUTHORIZED
            and self.operation_allowed(request, "payment_capture", payment)
        )

    def capture(self, request: HttpRequest, payment_id: int) -> HttpResponse:
        """Take all or part of it; the rest is released."""
        payment = self.payment_for(request, payment_id, operation="payment_capture")
        form = CaptureForm(request.POST or None, currency=payment.currency, amount=payment.amount)

        def decide() -> Payment:
            payment_capture(payment_id=payment_id, amount=form.cleaned_data["amount"])
            return payment_capture_execute(payment_id=payment_id)

        return self._page(request, payment, form, decide, title=_("Take the money"), label=_("Take"))

    def release(self, request: HttpRequest, payment_id: int) -> HttpResponse:
        """Let go of it."""
        payment = self.payment_for(request, payment_id, operation="payment_capture")
        form = ReleaseForm({} if request.method == "POST" else None)

        def decide() -> Payment:
            payment_release(payment_id=payment_id)
            return payment_release_execute(payment_id=payment_id)

        title = _("Release what the guest's bank has put aside")
        return self._page(request, payment, form, decide, title=title, label=_("Release"))

    def payment_for(self, request: HttpRequest, payment_id: int, *, operation: str) -> Payment:
        """The payment, for somebody who may do this with it."""
        payment: Payment | None = self.get_queryset(request).filter(pk=payment_id).first()
        if payment is None:
            raise Http404
        if not self.operation_allowed(request, operation, payment):
            raise PermissionDenied
        return payment

    def _page(
        self,
        request: HttpRequest,
        payment: Payment,
        form: Any,
        decide: Callable[[], Payment],
        *,
        title: str | Promise,
        label: str | Promise,
    ) -> HttpResponse:
        if request.method == "POST" and form.is_valid():
            try:
                ended = decide()
            except Unavailable:
                self.message_user(request, WAITING, messages.WARNING)
                return redirect(self.change_url(payment.pk))
            except DomainError as error:
                form_refused(form, error)
            else:
                text = gettext(str(DONE.get(ended.status, WAITING)))
                amount = format_money(ended.amount, ended.currency)
                self.message_user(request, text.replace("%(amount)s", amount), messages.SUCCESS)
                return redirect(self.change_url(payment.pk))
        return form_page(self, request, form=form, title=title, submit_label=label, original=payment)
