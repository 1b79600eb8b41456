"""The page on which staff change a stay: everything at once, with the price before it is done."""

from __future__ import annotations

import secrets
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.scoping import actor_of
from bookings.change_pages import compared_amounts, compared_rows
from bookings.forms import ChangeConfirmForm, StaffChangeForm
from bookings.models import Booking
from bookings.selectors.changes import changes_of_booking
from bookings.services import booking_change, change_preview, change_withdraw
from core.exceptions import DomainError
from core.staff_pages import staff_page
from inventory.selectors import catalogue_get

from .pages import BookingPages
from .returning import next_of
from .telling import tell


class ChangePages(BookingPages):
    """Changing dates, room type, rate plan, party and price."""

    def change_stay_page(self, request: HttpRequest, booking_id: int) -> HttpResponse:
        """Ask what the stay is to become and show what that comes to; POST does exactly that.

        Everything may stand in the address (``arrival``, ``departure``, ``room_type`` …), so that a chart opens it with
        what was dragged. ``next`` is where to go afterwards.
        """
        booking = self.booking_for(request, booking_id, "booking_change")
        given = request.POST if request.method == "POST" else request.GET
        form = StaffChangeForm(
            given,
            booking=booking,
            catalogue=catalogue_get(property_id=booking.property_id),
            may_waive=self.operation_allowed(request, "booking_fee_waive", booking),
        )
        error: DomainError | None = None
        if request.method == "POST":
            try:
                if self._change_done(request, booking, form):
                    return redirect(next_of(request) or self.change_url(booking_id))
            except DomainError as refused:
                error = refused
                booking = self.booking_for(request, booking_id, "booking_change")
        context = self._change_context(request, booking, form) | {"error": error}
        is_wrong = error is not None or (form.is_asked and form.errors)
        status = HTTPStatus.UNPROCESSABLE_ENTITY if is_wrong else HTTPStatus.OK
        if error is not None:
            status = HTTPStatus(error.http_status)
        template = "admin/bookings/booking/change_stay.html"
        return staff_page(request, template, context, site=self.admin_site, status=status)

    def _change_done(self, request: HttpRequest, booking: Booking, form: StaffChangeForm) -> bool:
        """Do what was confirmed and say so; False if there is something to correct."""
        if "withdraw" in request.POST:
            change_withdraw(booking_id=booking.pk)
            tell(request, gettext("%(booking)s stays as it is.") % {"booking": booking})
            return True
        confirmed = ChangeConfirmForm(request.POST)
        if not (form.is_valid() and confirmed.is_valid()):
            return False
        agreed = confirmed.cleaned_data
        changed = booking_change(
            booking_id=booking.pk,
            change=form.change(),
            expected_total=agreed["expected_total"],
            expected_fee=agreed["expected_fee"],
            expected_version=agreed["version"],
            actor=actor_of(request),
            as_staff=True,
            key=agreed["key"],
        )
        text = gettext("%(booking)s is changed.")
        if changed.pending_change_id is not None:
            text = gettext("%(booking)s is changed once the guest has paid.")
        tell(request, text % {"booking": booking})
        return True

    def _change_context(
        self, request: HttpRequest, booking: Booking, form: StaffChangeForm
    ) -> dict[str, Any]:
        context: dict[str, Any] = {
            "title": _("Change the stay"),
            "booking": booking,
            "form": form,
            "pending_change": booking.pending_change,
            "changes": changes_of_booking(booking=booking),
            "key": secrets.token_urlsafe(24),
            "back": next_of(request) or self.change_url(booking.pk),
        }
        if form.is_asked and form.is_valid():
            wanted = form.change()
            preview = change_preview(booking=booking, change=wanted, actor=actor_of(request), as_staff=True)
            context |= {
                "preview": preview,
                "rows": compared_rows(booking, wanted, names=form.names),
                "amounts": compared_amounts(booking, preview),
            }
        return context
