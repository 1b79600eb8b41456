"""The page on which somebody checks out: the folio, what is left to pay, the invoice."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.scoping import actor_of
from bookings.models import Booking
from bookings.selectors.leaving import Leaving, leaving_of
from bookings.services import Departure, booking_depart
from core.admin import form_refused
from core.exceptions import DomainError
from core.staff_pages import staff_page

from .desk_forms import CheckOutForm
from .operations import OPERATIONS_BY_NAME
from .pages import BookingPages
from .returning import next_of, with_next
from .telling import tell_done, tell_invoice


class CheckOutPages(BookingPages):
    """Checking out."""

    def check_out_page(self, request: HttpRequest, booking_id: int) -> HttpResponse:
        """Show the folio and what is open, then settle it and check out."""
        booking = self.booking_for(request, booking_id, "booking_check_out")
        leaving = leaving_of(booking=booking)
        form = self._form(request, booking, leaving)
        if request.method == "POST" and form.is_valid():
            try:
                left = self._depart(request, booking, form)
            except DomainError as error:
                form_refused(form, error)
                form.key_renew()
                leaving = leaving_of(booking=booking)
            else:
                back = next_of(request)
                tell_done(request, OPERATIONS_BY_NAME["check-out"], booking, next_url=back)
                if left.invoice is not None:
                    tell_invoice(request, left.invoice)
                return redirect(back or self.change_url(booking_id))
        context = {
            "title": _("Check out"),
            "booking": booking,
            "form": form,
            "leaving": leaving,
            "statement": leaving.statement,
            "currency": booking.currency,
            "leave_early_url": self._leave_early_url(request, booking, leaving),
            "back": next_of(request) or self.change_url(booking_id),
        }
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
        template = "admin/bookings/booking/check_out.html"
        return staff_page(request, template, context, site=self.admin_site, status=status)

    def _form(self, request: HttpRequest, booking: Booking, leaving: Leaving) -> CheckOutForm:
        data: Any = request.POST if request.method == "POST" else None
        may_leave_open = self.operation_allowed(request, "booking_check_out_unsettled", booking)
        return CheckOutForm(data, booking=booking, leaving=leaving, may_leave_open=may_leave_open)

    def _leave_early_url(self, request: HttpRequest, booking: Booking, leaving: Leaving) -> str:
        """Where the stay is shortened first; empty where there is nothing to shorten."""
        nights = (booking.departure - booking.arrival).days
        if (
            not leaving.nights_left
            or nights < 2
            or not self.operation_allowed(request, "booking_change", booking)
        ):
            return ""
        url = reverse("admin:bookings_booking_leave_early", args=[booking.pk])
        return with_next(url, request.get_full_path())

    def _depart(self, request: HttpRequest, booking: Booking, form: CheckOutForm) -> Departure:
        return booking_depart(
            booking_id=booking.pk,
            actor=actor_of(request),
            key=form.cleaned_data["key"],
            payment=form.payment(),
            recipient=form.recipient(),
            is_on_invoice=form.is_on_invoice(),
            reason=form.why_open(),
        )
