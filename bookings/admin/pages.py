"""The pages that ask before something happens to a booking."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.scoping import PropertyScopedAdmin, actor_of
from bookings.exceptions import FeeChanged
from bookings.models import Booking
from bookings.selectors import cancellation_preview
from bookings.services import booking_cancel
from core.admin import form_page, form_refused
from core.exceptions import DomainError
from core.money import round_money

from .forms import CancelForm
from .operations import OPERATIONS_BY_NAME
from .returning import next_of
from .telling import tell_done


class BookingPages(PropertyScopedAdmin):
    """Operations with one booking."""

    def operation(self, request: HttpRequest, booking_id: int, name: str) -> HttpResponse:
        """Ask, then do one operation of the table."""
        operation = OPERATIONS_BY_NAME.get(name)
        if operation is None:
            raise Http404
        booking = self.booking_for(request, booking_id, operation.permission)
        form, back = forms.Form(request.POST or None), next_of(request)
        if request.method == "POST":
            try:
                operation.run(booking_id, actor_of(request))
            except DomainError as error:
                self.message_user(request, str(error), messages.ERROR)
            else:
                tell_done(request, operation, booking, next_url=back)
            return redirect(back or self.change_url(booking_id))
        return form_page(
            self,
            request,
            form=form,
            title=operation.label,
            submit_label=operation.label,
            original=booking,
            template="admin/bookings/booking/operation.html",
            context={"question": operation.question, **({"cancel_url": back} if back else {})},
        )

    def cancel(self, request: HttpRequest, booking_id: int) -> HttpResponse:
        """Show what cancelling costs, then cancel at exactly that price, or for nothing."""
        booking = self.booking_for(request, booking_id, "booking_cancel")
        may_waive = self.operation_allowed(request, "booking_fee_waive", booking)
        preview = cancellation_preview(booking=booking)
        fee = round_money(preview.fee, booking.currency)
        form: Any = CancelForm(request.POST or None, may_waive=may_waive, initial={"expected_fee": fee})
        if request.method == "POST" and form.is_valid():
            try:
                self._cancel(request, booking, form.cleaned_data)
            except FeeChanged as error:
                preview = cancellation_preview(booking=booking)
                fee = round_money(preview.fee, booking.currency)
                form.data = {**form.data.dict(), "expected_fee": str(fee)}
                form_refused(form, error)
            except DomainError as error:
                form_refused(form, error)
            else:
                text = gettext("%(booking)s is cancelled.") % {"booking": booking}
                self.message_user(request, text, messages.SUCCESS)
                return redirect(self.change_url(booking_id))
        return form_page(
            self,
            request,
            form=form,
            title=_("Cancel the booking"),
            submit_label=_("Cancel the booking"),
            original=booking,
            template="admin/bookings/booking/cancel.html",
            context={"preview": preview},
        )

    def _cancel(self, request: HttpRequest, booking: Booking, values: dict[str, Any]) -> None:
        waive_fee = values.get("waive_fee", False)
        booking_cancel(
            booking_id=booking.pk,
            actor=actor_of(request),
            expected_fee=None if waive_fee else values["expected_fee"],
            reason=values["reason"],
            waive_fee=waive_fee,
        )

    def booking_for(self, request: HttpRequest, booking_id: int, permission: str) -> Booking:
        """The booking, if the user may do this with it. Raises 404 for one they may not see."""
        booking: Booking | None = self.get_queryset(request).filter(pk=booking_id).first()
        if booking is None:
            raise Http404
        if not self.operation_allowed(request, permission, booking):
            raise PermissionDenied
        return booking
